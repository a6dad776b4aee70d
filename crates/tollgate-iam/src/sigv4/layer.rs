//! The configuration of the tower face.

use std::fmt;
use std::sync::Arc;

use tollgate_core::Clock;
use tower_layer::Layer;

use super::credentials::CredentialsSource;
use super::service::SigV4;
use super::verifier::Verifier;

/// Bytes that the body of a signed request may have: the payload limit of Amazon API Gateway.
pub const MAX_BODY_BYTES: usize = 10_485_760;

/// Lets only requests with a verified signature through to any HTTP service.
///
/// The body is read whole, since its hash is signed. The inner service gets it at hand, and finds
/// the caller as [`Authenticated`](super::Authenticated) in the request's extensions. The request
/// is otherwise as it came, with its `Authorization` header; what of it goes on to a backend is for
/// the inner service to say.
///
/// A refusal is a response, with the body that Amazon API Gateway gives, and has a
/// [`Rejection`](tollgate_core::Rejection) in its extensions. Errors of the inner service pass.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// use tollgate_core::{Body, ManualClock};
/// use tollgate_iam::sigv4::{Authenticated, SigV4Layer, Verifier};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// let hello = service_fn(async |request: http::Request<Body>| {
///     let caller = request.extensions().get::<Authenticated>();
///     let caller = caller.map(|caller| caller.principal().arn().to_owned());
///     Ok::<_, std::convert::Infallible>(http::Response::new(Body::from(caller.unwrap_or_default())))
/// });
/// let no_keys = HashMap::new();
/// let clock = Arc::new(ManualClock::default());
/// let app = SigV4Layer::new(Verifier::new("us-east-1"), no_keys, clock).layer(hello);
///
/// # futures::executor::block_on(async {
/// let response = app.oneshot(http::Request::new(Body::empty())).await?;
/// assert_eq!(response.status(), 403);
/// assert_eq!(response.headers()["x-amzn-errortype"], "MissingAuthenticationTokenException");
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SigV4Layer {
    settings: Arc<Settings>,
}

impl SigV4Layer {
    /// A layer that finds keys in this source and the time on this clock.
    pub fn new(
        verifier: Verifier,
        credentials: impl CredentialsSource + 'static,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let settings = Settings {
            verifier,
            credentials: Box::new(credentials),
            clock,
        };
        Self {
            settings: Arc::new(settings),
        }
    }
}

impl<S> Layer<S> for SigV4Layer {
    type Service = SigV4<S>;

    fn layer(&self, inner: S) -> SigV4<S> {
        SigV4::new(inner, Arc::clone(&self.settings))
    }
}

/// What all services of a layer share.
pub(crate) struct Settings {
    pub(crate) verifier: Verifier,
    pub(crate) credentials: Box<dyn CredentialsSource>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl fmt::Debug for Settings {
    /// A source of keys need not be printable, and had better not be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("verifier", &self.verifier)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
