//! Why a request is not taken for what its signature says, in the words of the service.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::presigned::{MAX_EXPIRES_SECONDS, MIN_EXPIRES_SECONDS};
use super::timestamp::Timestamp;

/// Why a signature is refused. The text is the message that the client gets.
///
/// The texts are those of the IAM user guide's page "Troubleshoot signed requests for AWS APIs",
/// completed by answers observed on Amazon API Gateway. What the service has no text for is said
/// to be so on its variant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The request has no signature.
    #[error("Missing Authentication Token")]
    MissingAuthenticationToken,
    /// The `Authorization` header has a part that is no pair.
    ///
    /// The header is shown as its hash, as on the service since January 2025: it may hold a token
    /// for somebody else.
    #[error(
        "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 \
         and encoded with Base64): '{authorization_hash}'."
    )]
    NotAPair {
        /// The base64 of the SHA-256 of the header's value.
        authorization_hash: Box<str>,
    },
    /// The `Authorization` header lacks parameters, or the request a date.
    #[error(
        "{parameters}(Hashed with SHA-256 and encoded with Base64) \
         Authorization={authorization_hash}"
    )]
    MissingParameters {
        /// A sentence for each of them, with a blank after it.
        parameters: Box<str>,
        /// The base64 of the SHA-256 of the header's value.
        authorization_hash: Box<str>,
    },
    /// The query has some parameters of a signature, but not all.
    #[error("{}Re-examine the query-string parameters.", sentences(names))]
    MissingQueryParameters {
        /// Those that are missing.
        names: Vec<&'static str>,
    },
    /// The signature is of another algorithm.
    #[error("Unsupported AWS 'algorithm': '{algorithm}'.")]
    UnsupportedAlgorithm {
        /// Its name in the request.
        algorithm: Box<str>,
    },
    /// A parameter of the signature is there twice, be it in another case. The service's answer is
    /// not known.
    #[error("{name} is given more than once.")]
    Duplicate {
        /// Its name.
        name: &'static str,
    },
    /// The `Authorization` header and the query both hold a signature. The service's answer is not
    /// known.
    #[error("Only one of the Authorization header and the query-string may hold a signature.")]
    BothForms,
    /// A part of the request is longer than any that can be right. The service's answer is not
    /// known.
    #[error("{what} is over its limit of {limit}.")]
    TooLong {
        /// Which part.
        what: &'static str,
        /// How many bytes, or names, it may have.
        limit: usize,
    },
    /// The credential has not five parts.
    #[error(
        "Credential must have exactly 5 slash-delimited elements, e.g. \
         keyid/date/region/service/term, got '{credential}'"
    )]
    MalformedCredential {
        /// The credential.
        credential: Box<str>,
    },
    /// The date is not one.
    #[error(
        "Date must be in ISO-8601 'basic format'. Got '{date}'. See \
         http://en.wikipedia.org/wiki/ISO_8601"
    )]
    MalformedDate {
        /// What stands for it.
        date: Box<str>,
    },
    /// The life of a presigned request is none, or longer than a week. The service's text is not
    /// known.
    #[error(
        "X-Amz-Expires must be a number of seconds from {MIN_EXPIRES_SECONDS} to \
         {MAX_EXPIRES_SECONDS}, got '{expires}'."
    )]
    InvalidExpires {
        /// What stands for it.
        expires: Box<str>,
    },
    /// The host is not signed.
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    /// The scope is not that of this service, region and day.
    #[error("{0}")]
    Scope(Box<ScopeFaults>),
    /// The request was signed too long ago.
    #[error("Signature expired: {signed} is now earlier than {earliest} ({now} - {}.)", Span(*allowed_seconds))]
    Expired {
        /// When it was signed.
        signed: Timestamp,
        /// When it should have been signed at the earliest.
        earliest: Timestamp,
        /// The time of the server.
        now: Timestamp,
        /// The age that it may have.
        allowed_seconds: u32,
    },
    /// The request was signed in the future.
    #[error("Signature not yet current: {signed} is still later than {latest} ({now} + {}.)", Span(*allowed_seconds))]
    NotYetCurrent {
        /// When it was signed.
        signed: Timestamp,
        /// When it should have been signed at the latest.
        latest: Timestamp,
        /// The time of the server.
        now: Timestamp,
        /// How far clocks may differ.
        allowed_seconds: u32,
    },
    /// No key has this id.
    #[error("The security token included in the request is invalid.")]
    UnknownAccessKey,
    /// The session token is not the key's. The client cannot tell this from an unknown key.
    #[error("The security token included in the request is invalid.")]
    WrongSessionToken,
    /// The temporary key is of no use any more.
    #[error("The security token included in the request is expired")]
    ExpiredToken,
    /// The signature is not that of this request and key.
    #[error("{0}")]
    Mismatch(Box<Mismatch>),
}

impl SignatureError {
    pub(crate) fn not_a_pair(authorization: &[u8]) -> Self {
        Self::NotAPair {
            authorization_hash: hashed(authorization),
        }
    }

    pub(crate) fn missing(
        names: impl Iterator<Item = &'static str>,
        has_date: bool,
        authorization: &[u8],
    ) -> Self {
        let sentence = |name| format!("Authorization header requires '{name}' parameter. ");
        let mut parameters: String = names.map(sentence).collect();
        if !has_date {
            parameters.push_str(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
                 header. ",
            );
        }
        Self::MissingParameters {
            parameters: parameters.into(),
            authorization_hash: hashed(authorization),
        }
    }

    /// The value of the answer's `x-amzn-ErrorType` header.
    ///
    /// Observed on Amazon API Gateway for a missing, incomplete or wrong signature; for the others
    /// it is that of the common errors of AWS services.
    #[must_use]
    pub const fn error_type(&self) -> &'static str {
        match self {
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::NotAPair { .. }
            | Self::MissingParameters { .. }
            | Self::MissingQueryParameters { .. }
            | Self::UnsupportedAlgorithm { .. }
            | Self::Duplicate { .. }
            | Self::BothForms
            | Self::TooLong { .. }
            | Self::MalformedCredential { .. }
            | Self::MalformedDate { .. } => "IncompleteSignatureException",
            Self::InvalidExpires { .. }
            | Self::HostNotSigned
            | Self::Scope(_)
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::Mismatch(_) => "InvalidSignatureException",
            Self::UnknownAccessKey | Self::WrongSessionToken => "UnrecognizedClientException",
            Self::ExpiredToken => "ExpiredTokenException",
        }
    }
}

/// What is wrong with a credential's scope; all of it is said at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScopeFaults {
    /// The region of the scope, where it is not the server's.
    pub region: Option<Box<str>>,
    /// The service of the server, where the scope is another's.
    pub expected_service: Option<Box<str>>,
    /// The last part of the scope, where it is not `aws4_request`.
    pub terminator: Option<Box<str>>,
    /// The day of the scope and the time of the request, where they are of different days.
    pub date: Option<(Box<str>, Timestamp)>,
}

impl fmt::Display for ScopeFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(region) = &self.region {
            write!(
                f,
                "Credential should be scoped to a valid region, not '{region}'. "
            )?;
        }
        if let Some(service) = &self.expected_service {
            write!(
                f,
                "Credential should be scoped to correct service: '{service}'. "
            )?;
        }
        if let Some(terminator) = &self.terminator {
            write!(
                f,
                "Credential should be scoped with a valid terminator: 'aws4_request', not \
                 '{terminator}'. "
            )?;
        }
        if let Some((scope, time)) = &self.date {
            let text = time.text();
            write!(
                f,
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP: '{scope}' != '{}', from '{time}'. ",
                text.date()
            )?;
        }
        Ok(())
    }
}

/// What the server would have signed, for the client to compare. It holds nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The canonical form of the request that arrived.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.\n\nThe Canonical String for this request should have been\n'{}'\n\nThe \
             String-to-Sign should have been\n'{}'\n",
            self.canonical_request, self.string_to_sign
        )
    }
}

/// Why a request cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The request has no `Host` header, nor an authority to stand for it.
    #[error("request without a host, expected a Host header")]
    NoHost,
    /// The request has a signature, or a part of one.
    #[error("request that has a parameter of a signature already")]
    Signed,
    /// The request has an `X-Amz-Content-Sha256` that is not the body's hash, or two of them.
    #[error("X-Amz-Content-Sha256 is not the hash of the body, expected that or none")]
    PayloadHash,
    /// The life of a presigned request is none, or longer than a week.
    #[error("life of {seconds} seconds, expected {MIN_EXPIRES_SECONDS} to {MAX_EXPIRES_SECONDS}")]
    InvalidExpires {
        /// The life asked for.
        seconds: u32,
    },
}

/// Minutes where they are whole, as the service writes them.
struct Span(u32);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            seconds if seconds % 60 == 0 => write!(f, "{} min", seconds / 60),
            seconds => write!(f, "{seconds} sec"),
        }
    }
}

fn sentences(names: &[&str]) -> String {
    let sentence = |name| format!("AWS query-string parameters must include '{name}'. ");
    names.iter().map(sentence).collect()
}

fn hashed(authorization: &[u8]) -> Box<str> {
    STANDARD.encode(Sha256::digest(authorization)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_the_service_tells_them() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let expired = SignatureError::Expired {
            signed: time("20201027T123008Z"),
            earliest: time("20201027T125507Z"),
            now: time("20201027T130007Z"),
            allowed_seconds: 300,
        };
        assert_eq!(
            expired.to_string(),
            "Signature expired: 20201027T123008Z is now earlier than 20201027T125507Z \
             (20201027T130007Z - 5 min.)"
        );
        let early = SignatureError::NotYetCurrent {
            signed: time("20201027T130513Z"),
            latest: time("20201027T130512Z"),
            now: time("20201027T130007Z"),
            allowed_seconds: 305,
        };
        assert_eq!(
            early.to_string(),
            "Signature not yet current: 20201027T130513Z is still later than 20201027T130512Z \
             (20201027T130007Z + 305 sec.)"
        );
    }

    #[test]
    fn all_faults_of_a_scope_are_told_at_once() {
        let faults = ScopeFaults {
            region: Some("wrong-region".into()),
            expected_service: Some("service".into()),
            terminator: Some("aws5_request".into()),
            date: Some(("foobar".into(), "20150830T122100Z".parse().unwrap())),
        };
        assert_eq!(
            faults.to_string(),
            "Credential should be scoped to a valid region, not 'wrong-region'. Credential should \
             be scoped to correct service: 'service'. Credential should be scoped with a valid \
             terminator: 'aws4_request', not 'aws5_request'. Date in Credential scope does not \
             match YYYYMMDD from ISO-8601 version of date from HTTP: 'foobar' != '20150830', from \
             '20150830T122100Z'. "
        );
    }

    #[test]
    fn an_authorization_is_shown_as_its_hash() {
        // The SHA-256 of the empty text, in base64.
        let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let message = SignatureError::not_a_pair(b"").to_string();
        assert!(
            message.ends_with(&format!("Base64): '{empty}'.")),
            "{message}"
        );
    }
}
