//! The client's side.

use std::borrow::Cow;
use std::fmt;

use http::HeaderName;

use super::canonical::{CanonicalRequest, Form, PathStyle};
use super::credentials::Credentials;
use super::error::SigningError;
use super::key::SigningKey;
use super::payload::PayloadHash;
use super::percent;
use super::presigned::{
    MAX_EXPIRES_SECONDS, MIN_EXPIRES_SECONDS, QueryParameters, SECURITY_TOKEN, SIGNATURE,
};
use super::request::SignableRequest;
use super::signed_headers::{PAYLOAD_HASH, SignedHeaders};
use super::string_to_sign::StringToSign;
use super::timestamp::{Timestamp, TimestampText};
use super::{ALGORITHM, TERMINATOR};

/// Headers that are not signed: those of a connection, which proxies change, and those that the
/// SDKs of AWS leave out because proxies rewrite them.
const UNSIGNED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// Signs requests to one service in one region with one key.
///
/// ```
/// use tollgate_iam::sigv4::{Credentials, PayloadHash, SignableRequest, Signer};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
/// let signer = Signer::new(credentials, "us-east-1", "iam");
///
/// let headers = [
///     ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8".as_bytes()),
///     ("Host", "iam.amazonaws.com".as_bytes()),
/// ];
/// let target = "/?Action=ListUsers&Version=2010-05-08";
/// let request = SignableRequest::new("GET", target, headers);
/// let signed = signer.sign(&request, &PayloadHash::of(b""), "20150830T123600Z".parse()?)?;
/// assert_eq!(
///     signed.signature(),
///     "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Signer {
    credentials: Credentials,
    region: Box<str>,
    service: Box<str>,
    path_style: PathStyle,
    session_token_unsigned: bool,
    content_sha256: bool,
}

impl Signer {
    /// A signer of requests to a service, by its name in credential scopes.
    #[must_use]
    pub fn new(
        credentials: Credentials,
        region: impl Into<Box<str>>,
        service: impl Into<Box<str>>,
    ) -> Self {
        Self {
            credentials,
            region: region.into(),
            service: service.into(),
            path_style: PathStyle::default(),
            session_token_unsigned: false,
            content_sha256: false,
        }
    }

    /// Signs paths in this style.
    #[must_use]
    pub const fn with_path_style(mut self, path_style: PathStyle) -> Self {
        self.path_style = path_style;
        self
    }

    /// Sends the session token beside the signature instead of under it, as a few services want.
    #[must_use]
    pub const fn with_session_token_unsigned(mut self) -> Self {
        self.session_token_unsigned = true;
        self
    }

    /// Sends, and signs, the body's hash as `x-amz-content-sha256`, as S3 wants.
    #[must_use]
    pub const fn with_content_sha256(mut self) -> Self {
        self.content_sha256 = true;
        self
    }

    /// The headers that sign a request. All of its own headers are signed but those of a
    /// connection and `User-Agent`.
    ///
    /// # Errors
    ///
    /// [`SigningError`] where the request has no host, a signature, or the hash of another body.
    pub fn sign(
        &self,
        request: &SignableRequest<'_>,
        payload: &PayloadHash,
        at: Timestamp,
    ) -> Result<Signed, SigningError> {
        check_unsigned(request, payload)?;
        let time = at.text();
        let hash = payload.hex();
        let token = self.session_token();
        let mut added = vec![("x-amz-date", time.as_str())];
        if let Some(token) = token.filter(|_| !self.session_token_unsigned) {
            added.push((TOKEN_HEADER, token));
        }
        if self.content_sha256 && request.values(PAYLOAD_HASH).next().is_none() {
            added.push((PAYLOAD_HASH, hash.as_str()));
        }
        let mut with_added = request.clone();
        for &(name, value) in &added {
            with_added.push(name, value.as_bytes());
        }
        let signed_headers = signed_headers(&with_added);
        let scope = self.scope(time.date());
        let made = self.make(&with_added, payload, &signed_headers, &scope, &time);

        let authorization = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={}",
            self.credentials.access_key_id(),
            signed_headers.as_str(),
            made.signature,
        );
        let unsigned_token = token.filter(|_| self.session_token_unsigned);
        added.extend(unsigned_token.map(|token| (TOKEN_HEADER, token)));
        let mut headers: Vec<(&'static str, String)> = added
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        headers.push(("authorization", authorization));
        Ok(Signed { headers, made })
    }

    /// The target, path and query, under which a request can be made by whoever has it, for so
    /// many seconds.
    ///
    /// # Errors
    ///
    /// [`SigningError`] where the request has no host, or a signature, or is to live for less than
    /// a second or more than a week.
    pub fn presign(
        &self,
        request: &SignableRequest<'_>,
        payload: &PayloadHash,
        at: Timestamp,
        expires_seconds: u32,
    ) -> Result<Presigned, SigningError> {
        check_unsigned(request, payload)?;
        if !(MIN_EXPIRES_SECONDS..=MAX_EXPIRES_SECONDS).contains(&expires_seconds) {
            return Err(SigningError::InvalidExpires {
                seconds: expires_seconds,
            });
        }
        let time = at.text();
        let scope = self.scope(time.date());
        let signed_headers = signed_headers(request);
        let credential = format!("{}/{scope}", self.credentials.access_key_id());
        let expires = expires_seconds.to_string();
        let mut query = request.query().to_owned();
        for (name, value) in [
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", time.as_str()),
            ("X-Amz-SignedHeaders", signed_headers.as_str()),
            ("X-Amz-Expires", &expires),
        ] {
            push_pair(&mut query, name, value);
        }
        let token = self.session_token();
        if let Some(token) = token.filter(|_| !self.session_token_unsigned) {
            push_pair(&mut query, SECURITY_TOKEN, token);
        }
        let made = {
            let with_added = request.with_query(&query);
            self.make(&with_added, payload, &signed_headers, &scope, &time)
        };
        if let Some(token) = token.filter(|_| self.session_token_unsigned) {
            push_pair(&mut query, SECURITY_TOKEN, token);
        }
        push_pair(&mut query, SIGNATURE, &made.signature);
        Ok(Presigned {
            target: format!("{}?{query}", request.path()),
            made,
        })
    }

    fn make(
        &self,
        request: &SignableRequest<'_>,
        payload: &PayloadHash,
        signed_headers: &SignedHeaders<'_>,
        scope: &str,
        time: &TimestampText,
    ) -> Made {
        let form = Form {
            path_style: self.path_style,
            signed_headers,
            without: None,
        };
        let mut canonical = CanonicalRequest::new(request, form);
        let to_sign = StringToSign::new(time, scope, &canonical.finish(payload));
        let secret = self.credentials.secret();
        let key = SigningKey::derive(secret, time.date(), &self.region, &self.service);
        Made {
            signature: key.sign(&to_sign.parts()).as_str().to_owned(),
            string_to_sign: to_sign.text(),
            canonical_request: canonical.into_text(),
        }
    }

    fn scope(&self, date: &str) -> String {
        format!("{date}/{}/{}/{TERMINATOR}", self.region, self.service)
    }

    fn session_token(&self) -> Option<&str> {
        Some(self.credentials.session_token()?.as_str())
    }
}

/// The header of a session token.
const TOKEN_HEADER: &str = "x-amz-security-token";

/// A signature in headers.
#[derive(Clone)]
pub struct Signed {
    headers: Vec<(&'static str, String)>,
    made: Made,
}

impl Signed {
    /// The headers to add to the request, `authorization` last; their names are lower case, as the
    /// crate `http` has them.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, &**value))
    }

    /// The signature, in hexadecimal digits.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.made.signature
    }

    /// What was hashed into the string to sign.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        &self.made.canonical_request
    }

    /// What was signed.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.made.string_to_sign
    }
}

/// A signature in the query.
#[derive(Clone)]
pub struct Presigned {
    target: String,
    made: Made,
}

impl Presigned {
    /// The path and the query to send the request to, with the host and the headers that were
    /// signed.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The signature, in hexadecimal digits.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.made.signature
    }

    /// What was hashed into the string to sign.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        &self.made.canonical_request
    }

    /// What was signed.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.made.string_to_sign
    }
}

/// Both hold what lets anybody make the request.
macro_rules! hide {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}
hide!(Signed);
hide!(Presigned);

/// A signature and the texts on its way.
#[derive(Clone)]
struct Made {
    signature: String,
    canonical_request: String,
    string_to_sign: String,
}

fn check_unsigned(
    request: &SignableRequest<'_>,
    payload: &PayloadHash,
) -> Result<(), SigningError> {
    let ours = ["authorization", "x-amz-date", "x-amz-security-token"];
    let in_headers = ours
        .iter()
        .any(|name| request.values(name).next().is_some());
    let in_query = QueryParameters::find(request.query()).map_or(true, |found| found.any());
    if in_headers || in_query {
        return Err(SigningError::Signed);
    }
    if request.values("host").next().is_none() {
        return Err(SigningError::NoHost);
    }
    // Whoever verifies compares the header with the body, and knows one header only.
    let mut hashes = request.values(PAYLOAD_HASH);
    let is_told = |hash| hash == payload.hex().as_str().as_bytes();
    if hashes.next().is_some_and(|hash| !is_told(hash)) || hashes.next().is_some() {
        return Err(SigningError::PayloadHash);
    }
    Ok(())
}

fn signed_headers(request: &SignableRequest<'_>) -> SignedHeaders<'static> {
    // What is no name of a header never arrives, and could stand for two names in the list.
    let signed = |name: &&str| {
        HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| !UNSIGNED.contains(&name.as_str()))
    };
    SignedHeaders::of(request.headers().map(|(name, _)| name).filter(signed))
}

fn push_pair(query: &mut String, name: &str, value: &str) {
    let mut encoded = Vec::with_capacity(value.len());
    percent::encode(&mut encoded, value.as_bytes());
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(&encoded_text(&encoded));
}

fn encoded_text(encoded: &[u8]) -> Cow<'_, str> {
    // Encoding leaves nothing but ASCII.
    String::from_utf8_lossy(encoded)
}
