//! What the variables of a template are made of.

use std::fmt;

use http::{StatusCode, request, response};
use tollgate_core::{GatewayResponseType, RawRejection, Rejection};

/// A request or a response whose body is to be rewritten.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub(super) request: &'a request::Parts,
    pub(super) response: Option<&'a response::Parts>,
    pub(super) body: &'a str,
}

impl<'a> Message<'a> {
    /// The head of the request, as it came to the layer.
    #[must_use]
    pub fn request(self) -> &'a request::Parts {
        self.request
    }

    /// The head of the response; `None` while it is the request that is rewritten.
    #[must_use]
    pub fn response(self) -> Option<&'a response::Parts> {
        self.response
    }

    /// The body, of the response if there is one, else of the request.
    #[must_use]
    pub fn body(self) -> &'a str {
        self.body
    }

    /// The body as a value read from JSON, with lists that print as JSON.
    ///
    /// # Errors
    ///
    /// [`malformed`](Self::malformed) where it is no JSON, as an empty body is not.
    #[cfg(feature = "json")]
    pub fn json(self) -> Result<crate::Value<'a>, Rejection> {
        crate::Value::from_json_str(self.body).map_err(|error| self.malformed(error))
    }

    /// The refusal of a message whose body is not as expected: 400 for a request, 502 for a response.
    /// Clients do not see the reason.
    #[must_use]
    pub fn malformed(self, reason: impl fmt::Display) -> Rejection {
        match self.response {
            None => Rejection::raw(RawRejection::BadRequest),
            Some(_) => bad_gateway(),
        }
        .because(reason.to_string())
    }
}

/// The refusal of a response that cannot be rewritten.
pub(super) fn bad_gateway() -> Rejection {
    Rejection::new(GatewayResponseType::IntegrationFailure).with_status(StatusCode::BAD_GATEWAY)
}
