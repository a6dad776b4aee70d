//! The services of the layers.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use tollgate_core::{Body, BoxError, CanaryRequest};
use tower_service::Service;

use super::canary::Choice;
use super::stage::Stages;
use super::{CanaryFuture, StagedFuture};

/// What [`StageLayer`](crate::StageLayer) makes of a service.
#[derive(Clone, Debug)]
pub struct Staged<S> {
    inner: S,
    stages: Stages,
}

impl<S> Staged<S> {
    pub(super) const fn new(inner: S, stages: Stages) -> Self {
        Self { inner, stages }
    }
}

impl<S, B, R> Service<Request<B>> for Staged<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = StagedFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.stages.enter(&mut request) {
            Ok(()) => StagedFuture::called(self.inner.call(request)),
            Err(rejection) => StagedFuture::refused(rejection),
        }
    }
}

/// What [`CanaryLayer`](crate::CanaryLayer) makes of a service.
#[derive(Debug)]
pub struct Canary<S, C> {
    inner: S,
    canary: C,
    choice: Choice,
    /// Whether the canary was found to be ready for the next request.
    is_canary_ready: bool,
}

impl<S, C> Canary<S, C> {
    pub(super) const fn new(inner: S, canary: C, choice: Choice) -> Self {
        Self {
            inner,
            canary,
            choice,
            is_canary_ready: false,
        }
    }
}

/// A clone must become ready itself.
impl<S: Clone, C: Clone> Clone for Canary<S, C> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.canary.clone(), self.choice.clone())
    }
}

impl<S, C, B> Service<Request<B>> for Canary<S, C>
where
    S: Service<Request<B>>,
    C: Service<Request<B>, Response = S::Response, Error = S::Error>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CanaryFuture<S::Future, C::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        // A canary that nobody is sent to must not hold up the others.
        if !self.is_canary_ready && !self.choice.is_never() {
            ready!(self.canary.poll_ready(cx))?;
            self.is_canary_ready = true;
        }
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        // The share may have grown since the canary was left alone.
        let is_canary = self.is_canary_ready && self.choice.is_canary(&parts);
        parts.extensions.insert(CanaryRequest(is_canary));
        let request = Request::from_parts(parts, body);
        if is_canary {
            self.is_canary_ready = false;
            CanaryFuture::canary(self.canary.call(request))
        } else {
            CanaryFuture::inner(self.inner.call(request))
        }
    }
}
