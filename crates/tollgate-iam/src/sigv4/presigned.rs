//! Signatures in the query.

use std::borrow::Cow;

use super::ALGORITHM;
use super::credentials::MAX_SESSION_TOKEN_BYTES;
use super::error::SignatureError;
use super::percent;
use super::split::split;

/// The shortest life of a presigned request.
pub const MIN_EXPIRES_SECONDS: u32 = 1;
/// The longest life of a presigned request: seven days.
pub const MAX_EXPIRES_SECONDS: u32 = 604_800;

pub(crate) const SIGNATURE: &str = "X-Amz-Signature";
pub(crate) const SECURITY_TOKEN: &str = "X-Amz-Security-Token";

/// In the order in which the service names those that are missing; the token may be.
const NAMES: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    SIGNATURE,
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
    "X-Amz-Expires",
    SECURITY_TOKEN,
];
const REQUIRED: usize = 6;

/// The parameters of a query that belong to a signature, before any is looked at.
#[derive(Debug, Default)]
pub(crate) struct QueryParameters<'a> {
    values: [Option<Cow<'a, [u8]>>; NAMES.len()],
    /// Whether a name differs from one of ours in case.
    misspelt: bool,
}

impl<'a> QueryParameters<'a> {
    /// Finds them. Names are compared after decoding, so that none hides behind an escape.
    pub(crate) fn find(query: &'a str) -> Result<Self, SignatureError> {
        let mut found = Self::default();
        let mut seen = [false; NAMES.len()];
        // Ours start with an X, be it escaped.
        let may_be_ours = |pair: &&[u8]| matches!(pair.first(), Some(b'X' | b'x' | b'%'));
        for pair in pairs(query).filter(may_be_ours) {
            let (name, value) = name_and_value(pair);
            let name = decoded(name);
            let known = NAMES
                .iter()
                .position(|it| it.as_bytes().eq_ignore_ascii_case(&name));
            let Some(index) = known else {
                continue;
            };
            // Whoever reads the request next may take the other one: CVE-2022-2385.
            if std::mem::replace(&mut seen[index], true) {
                return Err(SignatureError::Duplicate { name: NAMES[index] });
            }
            if NAMES[index].as_bytes() == &*name {
                found.values[index] = Some(decoded(value));
            } else {
                found.misspelt = true;
            }
        }
        Ok(found)
    }

    pub(crate) fn any(&self) -> bool {
        self.misspelt || self.values.iter().any(Option::is_some)
    }

    pub(crate) const fn has_session_token(&self) -> bool {
        self.values[REQUIRED].is_some()
    }

    /// The signature's parameters, if the query has all of them.
    pub(crate) fn presigned(self) -> Result<QuerySignature<'a>, SignatureError> {
        let [algorithm, credential, signature, ..] = &self.values;
        let unsigned = algorithm.is_none() && credential.is_none() && signature.is_none();
        if unsigned || self.misspelt {
            return Err(SignatureError::MissingAuthenticationToken);
        }
        let missing = |value: &Option<Cow<'_, [u8]>>| value.as_ref().is_none_or(|it| it.is_empty());
        let missing: Vec<&'static str> = (0..REQUIRED)
            .filter(|&index| missing(&self.values[index]))
            .map(|index| NAMES[index])
            .collect();
        if !missing.is_empty() {
            return Err(SignatureError::MissingQueryParameters { names: missing });
        }
        let [
            algorithm,
            credential,
            signature,
            signed_headers,
            date,
            expires,
            token,
        ] = self.values.map(text);
        if algorithm != ALGORITHM {
            return Err(SignatureError::UnsupportedAlgorithm {
                algorithm: algorithm.into(),
            });
        }
        if token.len() > MAX_SESSION_TOKEN_BYTES {
            return Err(SignatureError::TooLong {
                what: SECURITY_TOKEN,
                limit: MAX_SESSION_TOKEN_BYTES,
            });
        }
        Ok(QuerySignature {
            credential,
            signed_headers,
            signature,
            date,
            expires: expires_in(&expires)?,
            session_token: Some(token).filter(|token| !token.is_empty()),
        })
    }
}

/// The parameters of a signature in the query, decoded.
#[derive(Debug)]
pub(crate) struct QuerySignature<'a> {
    pub(crate) credential: Cow<'a, str>,
    pub(crate) signed_headers: Cow<'a, str>,
    pub(crate) signature: Cow<'a, str>,
    pub(crate) date: Cow<'a, str>,
    pub(crate) expires: u32,
    pub(crate) session_token: Option<Cow<'a, str>>,
}

/// The pairs of a query as they are written.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = &[u8]> {
    split(query.as_bytes(), b'&').filter(|pair| !pair.is_empty())
}

/// The halves of a pair; a name without a value has an empty one.
pub(crate) fn name_and_value(pair: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'=', pair) {
        None => (pair, b""),
        Some(at) => (&pair[..at], &pair[at + 1..]),
    }
}

fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if text.contains(&b'%') {
        Cow::Owned(percent::decode(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// Bytes that are no text equal nothing that is expected here, whatever stands for them.
fn text(value: Option<Cow<'_, [u8]>>) -> Cow<'_, str> {
    match value {
        None => Cow::Borrowed(""),
        Some(Cow::Borrowed(bytes)) => String::from_utf8_lossy(bytes),
        Some(Cow::Owned(bytes)) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn expires_in(text: &str) -> Result<u32, SignatureError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits);
    seconds
        .filter(|seconds| (MIN_EXPIRES_SECONDS..=MAX_EXPIRES_SECONDS).contains(seconds))
        .ok_or_else(|| SignatureError::InvalidExpires {
            expires: text.into(),
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUERY: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=c%2Fd&X-Amz-Date=t\
        &X-Amz-Expires=300&X-Amz-SignedHeaders=host%3Bx&X-Amz-Signature=s";

    fn parse(query: &str) -> Result<QuerySignature<'_>, SignatureError> {
        QueryParameters::find(query)?.presigned()
    }

    #[test]
    fn parameters_are_decoded() {
        let parsed = parse(QUERY).unwrap();
        assert_eq!(parsed.credential, "c/d");
        assert_eq!(parsed.signed_headers, "host;x");
        assert_eq!(parsed.expires, 300);
        assert_eq!(parsed.session_token, None);
        let query = format!("{QUERY}&X-Amz-Security-Token=a%2Bb%3D");
        assert_eq!(parse(&query).unwrap().session_token.unwrap(), "a+b=");
    }

    #[test]
    fn doubles_are_refused_even_if_escaped_or_of_another_case() {
        for double in [
            "X-Amz-Signature=t",
            "x-amz-signature=t",
            "X%2DAmz-Signature=t",
            "X-Amz-Date",
        ] {
            for query in [format!("{QUERY}&{double}"), format!("{double}&{QUERY}")] {
                let refused = parse(&query).unwrap_err();
                assert!(
                    matches!(refused, SignatureError::Duplicate { .. }),
                    "{query}"
                );
            }
        }
    }

    #[test]
    fn a_name_in_another_case_is_no_signature() {
        let query = QUERY.replace("X-Amz-Credential", "x-amz-credential");
        let refused = parse(&query).unwrap_err();
        assert_eq!(refused, SignatureError::MissingAuthenticationToken);
        assert!(QueryParameters::find(&query).unwrap().any());
    }

    #[test]
    fn missing_parameters_are_named() {
        let refused = parse("X-Amz-Signature=s&X-Amz-Date=&a=b").unwrap_err();
        let names = [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-SignedHeaders",
            "X-Amz-Date",
            "X-Amz-Expires",
        ];
        let names = names.map(|it| format!("AWS query-string parameters must include '{it}'. "));
        let expected = names.concat() + "Re-examine the query-string parameters.";
        assert_eq!(refused.to_string(), expected);
        let unsigned = parse("X-Amz-Date=20260301T120000Z").unwrap_err();
        assert_eq!(unsigned, SignatureError::MissingAuthenticationToken);
    }

    #[test]
    fn a_life_is_between_a_second_and_a_week() {
        for (expires, fits) in [
            ("1", true),
            ("604800", true),
            ("0", false),
            ("604801", false),
            ("-1", false),
            ("%2B300", false),
            ("5m", false),
            ("99999999999", false),
        ] {
            let query = QUERY.replace("=300", &format!("={expires}"));
            let parsed = parse(&query);
            assert_eq!(parsed.is_ok(), fits, "{expires}");
            if let Err(refused) = parsed {
                assert!(matches!(refused, SignatureError::InvalidExpires { .. }));
            }
        }
    }

    #[test]
    fn other_algorithms_and_long_tokens_are_refused() {
        let query = QUERY.replace("SHA256", "SHA1");
        let refused = parse(&query).unwrap_err().to_string();
        assert_eq!(refused, "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.");
        let token = "t".repeat(MAX_SESSION_TOKEN_BYTES + 1);
        let query = format!("{QUERY}&X-Amz-Security-Token={token}");
        let refused = parse(&query).unwrap_err();
        assert!(matches!(refused, SignatureError::TooLong { .. }));
    }

    proptest! {
        #[test]
        fn no_query_breaks_the_parser(query in "(&?(X-Amz-(Algorithm|Credential|Date|Expires|\
            SignedHeaders|Signature|Security-Token))?=?(AWS4-HMAC-SHA256|[0-9]{1,7}|%?\\PC{0,5}))\
            {0,9}") {
            if let Ok(parsed) = parse(&query) {
                prop_assert!((1..=604_800).contains(&parsed.expires));
            }
        }
    }
}
