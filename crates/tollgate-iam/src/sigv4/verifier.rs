//! The server's side.

use std::sync::LazyLock;
use std::time::Duration;

use super::TERMINATOR;
use super::canonical::{CanonicalRequest, Form, PathStyle};
use super::claim::Claim;
use super::credential::Credential;
use super::credentials::{IssuedKey, SecretAccessKey, SessionToken};
use super::error::{Mismatch, ScopeFaults, SignatureError};
use super::key::SigningKey;
use super::key_cache::KeyCache;
use super::parameters::{Parameters, Place};
use super::payload::PayloadHash;
use super::presigned::SECURITY_TOKEN;
use super::principal::Authenticated;
use super::request::SignableRequest;
use super::signed_headers::{PAYLOAD_HASH, SignedHeaders};
use super::string_to_sign::StringToSign;
use super::timestamp::Timestamp;

/// How far a client's clock may differ from the server's: five minutes, as observed on Amazon API
/// Gateway. Other services of AWS allow fifteen.
pub const ALLOWED_SKEW: Duration = Duration::from_secs(300);

/// Signs for keys that do not exist, so that an unknown id takes as long as a wrong signature.
static NO_SECRET: LazyLock<SecretAccessKey> = LazyLock::new(|| SecretAccessKey::new(""));

/// Verifies the signatures of requests to one service in one region.
///
/// Derived keys are kept, [`MAX_CACHED_KEYS`](super::MAX_CACHED_KEYS) at most, so that a verifier is
/// to be made once and shared. See the [module's documentation](super) for an example.
#[derive(Debug)]
pub struct Verifier {
    region: Box<str>,
    service: Box<str>,
    allowed_skew_seconds: u32,
    path_style: PathStyle,
    session_token_unsigned: bool,
    keys: KeyCache,
}

impl Verifier {
    /// A verifier for `execute-api`, the service of APIs, in this region.
    #[must_use]
    pub fn new(region: impl Into<Box<str>>) -> Self {
        Self {
            region: region.into(),
            service: "execute-api".into(),
            allowed_skew_seconds: whole_seconds(ALLOWED_SKEW),
            path_style: PathStyle::default(),
            session_token_unsigned: false,
            keys: KeyCache::default(),
        }
    }

    /// Verifies for another service, by its name in credential scopes.
    #[must_use]
    pub fn with_service(mut self, service: impl Into<Box<str>>) -> Self {
        self.service = service.into();
        self
    }

    /// Lets clocks differ by so many whole seconds.
    #[must_use]
    pub const fn with_allowed_skew(mut self, skew: Duration) -> Self {
        self.allowed_skew_seconds = whole_seconds(skew);
        self
    }

    /// Takes paths to be signed in this style.
    #[must_use]
    pub const fn with_path_style(mut self, path_style: PathStyle) -> Self {
        self.path_style = path_style;
        self
    }

    /// Leaves the session token of presigned requests out of the signature, as a few services
    /// do whose clients add it afterwards.
    #[must_use]
    pub const fn with_session_token_unsigned(mut self) -> Self {
        self.session_token_unsigned = true;
        self
    }

    /// Reads the signature of a request and what it covers, and checks what needs no secret:
    /// parameters, scope and time.
    ///
    /// # Errors
    ///
    /// Any [`SignatureError`] but those about keys and the signature itself.
    pub fn claim(
        &self,
        request: &SignableRequest<'_>,
        now: Timestamp,
    ) -> Result<Claim, SignatureError> {
        let parameters = Parameters::read(request)?;
        let signed_headers = &parameters.signed_headers;
        if !signed_headers.has_host() {
            return Err(SignatureError::HostNotSigned);
        }
        self.check_scope(&parameters)?;
        self.check_time(&parameters, now)?;
        let in_query = matches!(parameters.place, Place::Query { .. });
        let form = Form {
            path_style: self.path_style,
            signed_headers,
            without: (in_query && self.session_token_unsigned).then_some(SECURITY_TOKEN),
        };
        let canonical = CanonicalRequest::new(request, form);
        let (stated_hash, is_one) = stated_hash(request, signed_headers);
        let can_be_right =
            signed_headers.arrived_canonical() && canonical.has_all_headers() && is_one;
        Ok(Claim {
            credential: parameters.credential,
            signature: parameters.signature.filter(|_| can_be_right),
            time: parameters.time,
            session_token: parameters.session_token,
            stated_hash: stated_hash.map(Into::into),
            request: canonical,
            now,
        })
    }

    /// Verifies a claim against the body's hash and the key that it names; `None` where no key has
    /// that id.
    ///
    /// The signature is computed in every case.
    ///
    /// # Errors
    ///
    /// [`SignatureError::UnknownAccessKey`], [`SignatureError::WrongSessionToken`],
    /// [`SignatureError::Mismatch`] and, only after the signature has proved right,
    /// [`SignatureError::ExpiredToken`].
    pub fn verify(
        &self,
        mut claim: Claim,
        payload: &PayloadHash,
        key: Option<&IssuedKey>,
    ) -> Result<Authenticated, SignatureError> {
        let key = key.filter(|key| key.credentials().access_key_id() == claim.access_key_id());
        let scope = claim.credential.scope();
        let to_sign = StringToSign::new(&claim.time, scope, &claim.request.finish(payload));
        let expected = self
            .signing_key(&claim.credential, key)
            .sign(&to_sign.parts());
        let matches = claim
            .signature
            .is_some_and(|signature| signature.is(&expected))
            && is_stated(&claim, payload);

        let key = key.ok_or(SignatureError::UnknownAccessKey)?;
        let issued = key.credentials().session_token();
        if !same_token(claim.session_token.as_ref(), issued) {
            return Err(SignatureError::WrongSessionToken);
        }
        if !matches {
            return Err(SignatureError::Mismatch(Box::new(Mismatch {
                string_to_sign: to_sign.text(),
                canonical_request: claim.request.into_text(),
            })));
        }
        if key
            .credentials()
            .expires()
            .is_some_and(|end| end <= claim.now)
        {
            return Err(SignatureError::ExpiredToken);
        }
        Ok(key.caller().clone())
    }

    fn check_scope(&self, parameters: &Parameters<'_>) -> Result<(), SignatureError> {
        let Parameters {
            credential, time, ..
        } = parameters;
        let right = credential.region() == &*self.region
            && credential.service() == &*self.service
            && credential.terminator() == TERMINATOR
            && credential.date().as_bytes() == &time.as_bytes()[..8];
        if right {
            return Ok(());
        }
        let unlike = |part: &str, expected: &str| (part != expected).then(|| part.into());
        Err(SignatureError::Scope(Box::new(ScopeFaults {
            region: unlike(credential.region(), &self.region),
            expected_service: unlike(&self.service, credential.service()),
            terminator: unlike(credential.terminator(), TERMINATOR),
            date: unlike(credential.date(), time.date()).map(|date| (date, time.moment())),
        })))
    }

    fn check_time(
        &self,
        parameters: &Parameters<'_>,
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        let signed = parameters.time.moment();
        let latest = now.later(self.allowed_skew_seconds);
        if signed > latest {
            return Err(SignatureError::NotYetCurrent {
                signed,
                latest,
                now,
                allowed_seconds: self.allowed_skew_seconds,
            });
        }
        let allowed_seconds = match parameters.place {
            Place::Header => self.allowed_skew_seconds,
            Place::Query { expires } => expires,
        };
        let earliest = now.earlier(allowed_seconds);
        if signed < earliest {
            return Err(SignatureError::Expired {
                signed,
                earliest,
                now,
                allowed_seconds,
            });
        }
        Ok(())
    }

    fn signing_key(&self, credential: &Credential, key: Option<&IssuedKey>) -> SigningKey {
        // All unknown ids share one entry: they must not drive out the keys in use.
        let (name, secret) = match key {
            Some(key) => (credential.key_and_date(), key.credentials().secret()),
            None => (credential.no_key_and_date(), &*NO_SECRET),
        };
        self.keys.get_or_derive(name, secret, || {
            SigningKey::derive(secret, credential.date(), &self.region, &self.service)
        })
    }
}

/// The hash that a client states of its body, and signs; and whether it states no other.
fn stated_hash<'a>(
    request: &SignableRequest<'a>,
    signed_headers: &SignedHeaders<'_>,
) -> (Option<&'a [u8]>, bool) {
    if !signed_headers.has_payload_hash() {
        return (None, true);
    }
    let mut values = request.values(PAYLOAD_HASH).map(<[u8]>::trim_ascii);
    let stated = values.next();
    (stated, values.all(|other| Some(other) == stated))
}

/// Whether the hash that a client states of its body, and signs, is that of the body.
///
/// `UNSIGNED-PAYLOAD` never is: it is for S3 alone, and would let a body be exchanged under a
/// valid signature.
fn is_stated(claim: &Claim, payload: &PayloadHash) -> bool {
    let is_it = |stated: &[u8]| stated == payload.hex().as_bytes();
    claim.stated_hash.as_deref().is_none_or(is_it)
}

fn same_token(claimed: Option<&SessionToken>, issued: Option<&SessionToken>) -> bool {
    match (claimed, issued) {
        (None, None) => true,
        (Some(claimed), Some(issued)) => claimed.matches(issued),
        _ => false,
    }
}

const fn whole_seconds(duration: Duration) -> u32 {
    // More than a century is as good as for ever.
    if duration.as_secs() > u32::MAX as u64 {
        u32::MAX
    } else {
        duration.as_secs() as u32
    }
}
