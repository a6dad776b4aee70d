//! The service of all layers of the crate.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::request::Parts;
use http::{Request, Response};
use tollgate_core::{Body, BoxError, Rejection};
use tower_service::Service;

use super::future::GatedFuture;

/// What a gate makes of the head of a request: the head, with what is known of the caller.
pub(super) type Judging = BoxFuture<'static, Result<Parts, Rejection>>;

/// What a layer decides of a request.
pub(super) trait Gate: Send + Sync {
    fn judge(self: Arc<Self>, request: Parts) -> Judging;
}

/// What [`AuthorizerLayer`](crate::AuthorizerLayer) and the other layers make of a service.
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
    S: Service<Request<B>, Response = Response<R>> + Clone,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = GatedFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        // The caller is judged first: the service that was ready goes along, and its clone waits for
        // the next request.
        let clone = self.inner.clone();
        let inner = mem::replace(&mut self.inner, clone);
        GatedFuture::judging(Arc::clone(&self.gate).judge(parts), body, inner)
    }
}

impl<S: fmt::Debug> fmt::Debug for Gated<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gated")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
