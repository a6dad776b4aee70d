//! The service of all layers of the crate.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use tollgate_core::{Body, BoxError};
use tower_service::Service;

use super::future::GatedFuture;
use super::refusal::Refusal;
use super::settings::Pass;

/// What a layer decides of a request.
pub(super) trait Gate: Send + Sync {
    fn pass(&self, request: &mut Parts) -> Result<Pass, Refusal>;
}

/// What [`ThrottleLayer`](crate::ThrottleLayer) and the other layers make of a service.
///
/// Clones share the layer's limits.
#[derive(Clone)]
pub struct Gated<S> {
    gate: Arc<dyn Gate>,
    inner: S,
}

impl<S> Gated<S> {
    pub(super) fn new(inner: S, gate: Arc<dyn Gate>) -> Self {
        Self { gate, inner }
    }
}

impl<S, B, R> Service<Request<B>> for Gated<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = GatedFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        match self.gate.pass(&mut parts) {
            Ok(pass) => {
                let request = Request::from_parts(parts, body);
                GatedFuture::forwarded(self.inner.call(request), pass)
            }
            Err(refusal) => GatedFuture::refused(refusal),
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for Gated<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gated")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
