//! The responses of the layers' services.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError, Rejection};

pin_project! {
    /// The response of a [`Staged`](crate::Staged) service.
    #[must_use = "futures do nothing unless polled"]
    pub struct StagedFuture<F> {
        #[pin]
        state: StagedState<F>,
    }
}

pin_project! {
    #[project = StagedProjection]
    enum StagedState<F> {
        Refused { response: Option<Response<Body>> },
        Called { #[pin] future: F },
    }
}

impl<F> StagedFuture<F> {
    pub(super) fn refused(rejection: Rejection) -> Self {
        let response = Some(rejection.into_response());
        Self {
            state: StagedState::Refused { response },
        }
    }

    pub(super) const fn called(future: F) -> Self {
        Self {
            state: StagedState::Called { future },
        }
    }
}

impl<F, R, E> Future for StagedFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StagedProjection::Refused { response } => response
                .take()
                .map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
            StagedProjection::Called { future } => {
                let response = ready!(future.poll(cx))?;
                Poll::Ready(Ok(response.map(Body::stream)))
            }
        }
    }
}

impl<F> fmt::Debug for StagedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StagedFuture").finish_non_exhaustive()
    }
}

pin_project! {
    /// The response of a [`Canary`](crate::Canary) service.
    #[must_use = "futures do nothing unless polled"]
    pub struct CanaryFuture<F, G> {
        #[pin]
        state: CanaryState<F, G>,
    }
}

pin_project! {
    #[project = CanaryProjection]
    enum CanaryState<F, G> {
        Inner { #[pin] future: F },
        Canary { #[pin] future: G },
    }
}

impl<F, G> CanaryFuture<F, G> {
    pub(super) const fn inner(future: F) -> Self {
        Self {
            state: CanaryState::Inner { future },
        }
    }

    pub(super) const fn canary(future: G) -> Self {
        Self {
            state: CanaryState::Canary { future },
        }
    }
}

impl<F: Future, G: Future<Output = F::Output>> Future for CanaryFuture<F, G> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project().state.project() {
            CanaryProjection::Inner { future } => future.poll(cx),
            CanaryProjection::Canary { future } => future.poll(cx),
        }
    }
}

impl<F, G> fmt::Debug for CanaryFuture<F, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanaryFuture").finish_non_exhaustive()
    }
}
