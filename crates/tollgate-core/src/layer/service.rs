//! The service of the layer.

use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::Settings;
use super::future::{Arrival, RewordedFuture};
use crate::{Body, BoxError};

/// What [`GatewayResponseLayer`](crate::GatewayResponseLayer) makes of a service.
#[derive(Clone, Debug)]
pub struct Reworded<S> {
    inner: S,
    settings: Settings,
}

impl<S> Reworded<S> {
    pub(super) const fn new(inner: S, settings: Settings) -> Self {
        Self { inner, settings }
    }
}

impl<S, B, R> Service<Request<B>> for Reworded<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = RewordedFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The inner service takes the head along, so what templates may ask of it is kept here.
        let (parts, body) = request.into_parts();
        let arrival = Arrival::new(parts.clone(), self.settings.clone());
        let request = Request::from_parts(parts, body);
        RewordedFuture::new(self.inner.call(request), arrival)
    }
}
