//! Validation in front of an HTTP service.

mod future;
mod service;

use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use tower_layer::Layer;

use crate::RequestValidator;
use crate::limits::MAX_BODY_BYTES;

pub use future::ValidateFuture;
pub use service::Validated;

/// Passes on the requests that a validator finds nothing wrong with, and refuses the others.
///
/// The validator is found for each request, by its head: its path, or what a layer further out has
/// put among its extensions. A request that none is for passes.
///
/// ```
/// use std::sync::Arc;
///
/// use http::{Request, Response, request::Parts};
/// use tollgate_core::{Body, Rejection};
/// use tollgate_validate::{Models, RequestValidator, ValidateLayer};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let models = Models::compile([("Pet", r#"{"type": "object", "required": ["name"]}"#)]);
/// let pet = models.get("Pet").expect("it is there").expect("it can be used");
/// let validator = Arc::new(RequestValidator::new().with_model("application/json", pet.clone()));
/// let layer = ValidateLayer::new(move |request: &Parts| {
///     (request.uri.path() == "/pets").then(|| validator.clone())
/// });
/// let service = layer.layer(service_fn(async |request: Request<Body>| {
///     assert_eq!(request.body().as_bytes(), Some(&br#"{"name": "Rex"}"#[..]));
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from("thanks")))
/// }));
///
/// # futures::executor::block_on(async {
/// let request = Request::post("/pets").body(Body::from(r#"{"name": "Rex"}"#))?;
/// let response = service.clone().oneshot(request).await?;
/// assert_eq!(response.status(), 200);
///
/// let request = Request::post("/pets").body(Body::from(r#"{"name_": "Rex"}"#))?;
/// let response = service.oneshot(request).await?;
/// assert_eq!(response.status(), 400);
/// let rejection = response.extensions().get::<Rejection>().expect("it says why");
/// assert_eq!(rejection.message(), Some("Invalid request body"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok(())
/// # }
/// ```
///
/// # Parameters
///
/// Path parameters are those that a router has put among the request's extensions as
/// [`PathParameters`](tollgate_core::PathParameters); without them, required ones are missing. Names
/// of headers are compared exactly where the server tells how they were spelled, by
/// [`OriginalHeaders`](tollgate_core::OriginalHeaders), and without regard to case elsewhere.
///
/// # Bodies
///
/// A body is read whole if there is a model for its `Content-Type`, up to [`MAX_BODY_BYTES`] or
/// [the limit](Self::with_limit) that is set, and goes on as it came, without trailers. Any other
/// body passes as it streams.
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them, with the typed
/// [`Rejection`](tollgate_core::Rejection) among their extensions. Errors of the service pass.
///
/// | fault | answer |
/// |---|---|
/// | required parameters are missing | 400, `BAD_REQUEST_PARAMETERS` |
/// | the body does not fit its model | 400, `BAD_REQUEST_BODY` |
/// | the body has a `Content-Encoding`, and a model | 415, `UNSUPPORTED_MEDIA_TYPE` |
/// | it has more bytes than the limit, and a model | 413, in plain text |
/// | it broke off | 400 |
#[derive(Clone)]
pub struct ValidateLayer<F> {
    find: F,
    limit: usize,
}

impl<F> ValidateLayer<F>
where
    F: Fn(&Parts) -> Option<Arc<RequestValidator>>,
{
    /// A layer that asks `find` what is checked of a request.
    #[must_use]
    pub const fn new(find: F) -> Self {
        Self {
            find,
            limit: MAX_BODY_BYTES,
        }
    }

    /// Reads at most this many bytes of a body that is to be checked.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }
}

impl<F: Clone, S> Layer<S> for ValidateLayer<F> {
    type Service = Validated<F, S>;

    fn layer(&self, inner: S) -> Validated<F, S> {
        Validated::new(inner, self.find.clone(), self.limit)
    }
}

impl<F> fmt::Debug for ValidateLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidateLayer")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
