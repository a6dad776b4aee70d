//! Refusals as the gateway knows them.

use tollgate_core::{GatewayResponseType, Rejection};

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
