//! The service of the layer.

use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tollgate_core::{Body, BoxError};
use tower_service::Service;

use super::Settings;
use super::exchange::Exchange;
use super::future::TemplateFuture;

/// What [`TemplateLayer`](crate::TemplateLayer) makes of a service.
#[derive(Clone, Debug)]
pub struct Templated<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S> Templated<S> {
    pub(super) const fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }
}

impl<S, B, R> Service<Request<B>> for Templated<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = TemplateFuture<S, B, R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let exchange = Exchange::new(Arc::clone(&self.settings), &parts);
        match exchange.rewrites_request(&parts, body.size_hint().lower()) {
            Ok(false) => {
                let request = exchange.pass_request(parts, Body::stream(body));
                TemplateFuture::called(self.inner.call(request), exchange)
            }
            Ok(true) => {
                // The body is read first: the service that was ready goes along, and its clone
                // waits for the next request.
                let clone = self.inner.clone();
                let ready = mem::replace(&mut self.inner, clone);
                TemplateFuture::reading(ready, parts, body, exchange)
            }
            Err(rejection) => TemplateFuture::refused(rejection),
        }
    }
}
