//! What a request says of its signature.

use super::authorization::Authorization;
use super::credential::Credential;
use super::credentials::{MAX_SESSION_TOKEN_BYTES, SessionToken};
use super::error::SignatureError;
use super::header_parameters::HeaderParameters;
use super::presigned::QueryParameters;
use super::request::SignableRequest;
use super::signature::Signature;
use super::signed_headers::SignedHeaders;
use super::timestamp::TimestampText;

/// Bytes that the path and the query of a request may have together: as many as the `http` crate
/// takes.
pub const MAX_TARGET_BYTES: usize = 65_534;

/// The parameters of the one signature that a request has, read but not judged.
#[derive(Debug)]
pub(crate) struct Parameters<'a> {
    pub(crate) credential: Credential,
    pub(crate) signed_headers: SignedHeaders<'a>,
    /// `None` where it is none by its length.
    pub(crate) signature: Option<Signature>,
    pub(crate) time: TimestampText,
    pub(crate) session_token: Option<SessionToken>,
    pub(crate) place: Place,
}

/// Where a signature stands, and so how long it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Header,
    Query { expires: u32 },
}

impl<'a> Parameters<'a> {
    pub(crate) fn read(request: &SignableRequest<'a>) -> Result<Self, SignatureError> {
        if request.path().len() + request.query().len() > MAX_TARGET_BYTES {
            return Err(SignatureError::TooLong {
                what: "The request's target",
                limit: MAX_TARGET_BYTES,
            });
        }
        let headers = HeaderParameters::find(request);
        let authorization = headers.authorization.value()?;
        let query = QueryParameters::find(request.query())?;
        match authorization {
            Some(_) if query.any() => Err(SignatureError::BothForms),
            Some(authorization) => Self::of_headers(authorization, &headers),
            None => Self::of_query(query, &headers),
        }
    }

    fn of_headers(
        authorization: &'a [u8],
        headers: &HeaderParameters<'a>,
    ) -> Result<Self, SignatureError> {
        let amz_date = headers.amz_date.value()?;
        let date = match amz_date {
            Some(date) => Some(date),
            None => headers.date.value()?,
        };
        let parameters = Authorization::parse(authorization, date.is_some())?;
        let date = date.unwrap_or_default().trim_ascii();
        let time = if amz_date.is_some() {
            TimestampText::from_basic(date)
        } else {
            TimestampText::from_date_header(date)
        };
        let session_token = headers.session_token.value()?;
        if session_token.is_some_and(|token| token.len() > MAX_SESSION_TOKEN_BYTES) {
            return Err(SignatureError::TooLong {
                what: "X-Amz-Security-Token",
                limit: MAX_SESSION_TOKEN_BYTES,
            });
        }
        let session_token = session_token.map(<[u8]>::trim_ascii);
        let session_token = session_token.filter(|token| !token.is_empty());
        let session_token = session_token.map(String::from_utf8_lossy);
        Ok(Self {
            credential: Credential::parse(parameters.credential)?,
            signed_headers: SignedHeaders::parse(parameters.signed_headers.into())?,
            signature: Signature::new(parameters.signature),
            time: time.ok_or_else(|| malformed(date))?,
            session_token: session_token.as_deref().map(SessionToken::new),
            place: Place::Header,
        })
    }

    fn of_query(
        query: QueryParameters<'a>,
        headers: &HeaderParameters<'a>,
    ) -> Result<Self, SignatureError> {
        if query.has_session_token() && headers.session_token.is_there() {
            return Err(SignatureError::Duplicate {
                name: "X-Amz-Security-Token",
            });
        }
        let parameters = query.presigned()?;
        let date = parameters.date.as_bytes();
        Ok(Self {
            credential: Credential::parse(&parameters.credential)?,
            signed_headers: SignedHeaders::parse(parameters.signed_headers)?,
            signature: Signature::new(&parameters.signature),
            time: TimestampText::from_basic(date).ok_or_else(|| malformed(date))?,
            session_token: parameters.session_token.as_deref().map(SessionToken::new),
            place: Place::Query {
                expires: parameters.expires,
            },
        })
    }
}

fn malformed(date: &[u8]) -> SignatureError {
    // No more than what could have been a date is shown.
    let date: String = String::from_utf8_lossy(date).chars().take(64).collect();
    SignatureError::MalformedDate { date: date.into() }
}
