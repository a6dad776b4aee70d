//! The service of the tower face.

use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tollgate_core::{Body, BoxError};
use tower_service::Service;

use super::future::ResponseFuture;
use super::layer::Settings;
use super::reading::Reading;
use super::request::SignableRequest;
use super::timestamp::Timestamp;

/// What [`SigV4Layer`](super::SigV4Layer) makes of a service.
#[derive(Clone, Debug)]
pub struct SigV4<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S> SigV4<S> {
    pub(crate) const fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }
}

impl<S, B, R> Service<Request<B>> for SigV4<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone,
    B: http_body::Body,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let now = Timestamp::from_unix(self.settings.clock.now().unix());
        let view = SignableRequest::from(&parts);
        match self.settings.verifier.claim(&view, now) {
            Err(error) => ResponseFuture::refused(error),
            Ok(claim) => {
                // The body is read first: the service that was ready goes along, and its clone
                // waits for the next request.
                let clone = self.inner.clone();
                ResponseFuture::reading(
                    Reading {
                        inner: mem::replace(&mut self.inner, clone),
                        settings: Arc::clone(&self.settings),
                        parts,
                        claim,
                    },
                    body,
                )
            }
        }
    }
}
