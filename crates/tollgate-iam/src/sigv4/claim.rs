//! What a request says about its signature, before any secret is at hand.

use super::authorization::Authorization;
use super::credential::Credential;
use super::credentials::{MAX_SESSION_TOKEN_BYTES, SessionToken};
use super::error::SignatureError;
use super::presigned::QueryParameters;
use super::request::SignableRequest;
use super::signature::Signature;
use super::signed_headers::SignedHeaders;
use super::timestamp::{Timestamp, TimestampText};

/// Bytes that the path and the query of a request may have together: as many as the `http` crate
/// takes.
pub const MAX_TARGET_BYTES: usize = 65_534;

/// A signature that was read and fits this service and time, but is not verified.
///
/// Nothing in it may be believed yet: the id tells which key to look up, no more.
#[derive(Clone, Debug)]
pub struct Claim {
    pub(crate) credential: Credential,
    pub(crate) signed_headers: SignedHeaders,
    /// `None` where it is none by its length.
    pub(crate) signature: Option<Signature>,
    pub(crate) time: TimestampText,
    pub(crate) session_token: Option<SessionToken>,
    /// The time at which the claim was looked at.
    pub(crate) now: Timestamp,
    pub(crate) place: Place,
}

/// Where a signature stands, and so how long it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Header,
    Query { expires: u32 },
}

impl Claim {
    /// The id of the key that is said to have signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.credential.access_key_id()
    }

    /// When the request is said to have been signed.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.time.moment()
    }

    /// Reads the one signature that a request may have.
    pub(crate) fn read(
        request: &SignableRequest<'_>,
        now: Timestamp,
    ) -> Result<Self, SignatureError> {
        if request.path().len() + request.query().len() > MAX_TARGET_BYTES {
            return Err(SignatureError::TooLong {
                what: "The request's target",
                limit: MAX_TARGET_BYTES,
            });
        }
        let authorization = single(request, "Authorization")?;
        let query = QueryParameters::find(request.query())?;
        match authorization {
            Some(_) if query.any() => Err(SignatureError::BothForms),
            Some(authorization) => Self::read_headers(request, authorization, now),
            None => Self::read_query(request, query, now),
        }
    }

    fn read_headers(
        request: &SignableRequest<'_>,
        authorization: &[u8],
        now: Timestamp,
    ) -> Result<Self, SignatureError> {
        let amz_date = single(request, "X-Amz-Date")?;
        let date = match amz_date {
            Some(date) => Some(date),
            None => single(request, "Date")?,
        };
        let parameters = Authorization::parse(authorization, date.is_some())?;
        let date = date.unwrap_or_default().trim_ascii();
        let time = if amz_date.is_some() {
            TimestampText::from_basic(date)
        } else {
            TimestampText::from_date_header(date)
        };
        let session_token = single(request, "X-Amz-Security-Token")?;
        if session_token.is_some_and(|token| token.len() > MAX_SESSION_TOKEN_BYTES) {
            return Err(SignatureError::TooLong {
                what: "X-Amz-Security-Token",
                limit: MAX_SESSION_TOKEN_BYTES,
            });
        }
        let session_token = session_token.map(<[u8]>::trim_ascii);
        let session_token = session_token.filter(|token| !token.is_empty());
        let session_token = session_token.map(String::from_utf8_lossy);
        let credential = Credential::parse(parameters.credential)?;
        let signed_headers = SignedHeaders::parse(parameters.signed_headers)?;
        Ok(Self {
            credential,
            signed_headers,
            signature: Signature::new(parameters.signature),
            time: time.ok_or_else(|| malformed(date))?,
            session_token: session_token.as_deref().map(SessionToken::new),
            now,
            place: Place::Header,
        })
    }

    fn read_query(
        request: &SignableRequest<'_>,
        query: QueryParameters<'_>,
        now: Timestamp,
    ) -> Result<Self, SignatureError> {
        let in_header = request.values("X-Amz-Security-Token").next().is_some();
        if query.has_session_token() && in_header {
            return Err(SignatureError::Duplicate {
                name: "X-Amz-Security-Token",
            });
        }
        let parameters = query.presigned()?;
        let credential = Credential::parse(&parameters.credential)?;
        let signed_headers = SignedHeaders::parse(&parameters.signed_headers)?;
        let date = parameters.date.as_bytes();
        let time = TimestampText::from_basic(date).ok_or_else(|| malformed(date))?;
        Ok(Self {
            credential,
            signed_headers,
            signature: Signature::new(&parameters.signature),
            time,
            session_token: parameters.session_token.as_deref().map(SessionToken::new),
            now,
            place: Place::Query {
                expires: parameters.expires,
            },
        })
    }
}

/// The value of a header that must not be there twice.
fn single<'a>(
    request: &SignableRequest<'a>,
    name: &'static str,
) -> Result<Option<&'a [u8]>, SignatureError> {
    let mut values = request.values(name);
    let value = values.next();
    if values.next().is_some() {
        return Err(SignatureError::Duplicate { name });
    }
    Ok(value)
}

fn malformed(date: &[u8]) -> SignatureError {
    // No more than what could have been a date is shown.
    let date: String = String::from_utf8_lossy(date).chars().take(64).collect();
    SignatureError::MalformedDate { date: date.into() }
}
