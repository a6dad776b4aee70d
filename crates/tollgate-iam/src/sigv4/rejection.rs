//! Refusals as the gateway knows them.

use http::Response;
use tollgate_core::{Body, GatewayResponseType, RawRejection, Rejection};

use super::error::SignatureError;

impl SignatureError {
    /// Which of the gateway's answers it is.
    ///
    /// The guide has `EXPIRED_TOKEN` for the session's token. Reports disagree about a clock that
    /// is wrong; here it is `INVALID_SIGNATURE`.
    #[must_use]
    pub const fn response_type(&self) -> GatewayResponseType {
        match self {
            Self::MissingAuthenticationToken => GatewayResponseType::MissingAuthenticationToken,
            Self::ExpiredToken => GatewayResponseType::ExpiredToken,
            _ => GatewayResponseType::InvalidSignature,
        }
    }
}

impl From<SignatureError> for Rejection {
    fn from(error: SignatureError) -> Self {
        let rejection = Self::new(error.response_type())
            .with_error_type(error.error_type())
            .with_message(error.to_string());
        match error {
            SignatureError::UnknownAccessKey => rejection.because("no key has this id"),
            SignatureError::WrongSessionToken => {
                rejection.because("the session token is not the one issued with the key")
            }
            _ => rejection,
        }
    }
}

/// Why the layer refuses a request.
#[derive(Debug)]
pub(crate) enum Refusal {
    Signature(SignatureError),
    /// The body is too long, or broke off.
    Body(RawRejection),
}

impl Refusal {
    /// The answer of the gateway, with the typed refusal in its extensions.
    pub(crate) fn into_response(self) -> Response<Body> {
        let rejection = match self {
            Self::Signature(error) => Rejection::from(error),
            Self::Body(raw) => Rejection::raw(raw),
        };
        rejection.into_response()
    }
}

impl From<SignatureError> for Refusal {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error)
    }
}

impl From<RawRejection> for Refusal {
    fn from(raw: RawRejection) -> Self {
        Self::Body(raw)
    }
}
