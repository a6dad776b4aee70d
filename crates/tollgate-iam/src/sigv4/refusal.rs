//! Refusals of the tower face.

use http::Response;
use tollgate_core::{Body, RawRejection, Rejection};

use super::error::SignatureError;

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
