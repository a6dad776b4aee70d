//! The response of all layers of the crate.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError};

use super::headers;
use super::refusal::Refusal;
use super::settings::Pass;

pin_project! {
    /// The response of a [`Gated`](crate::Gated) service.
    #[must_use = "futures do nothing unless polled"]
    pub struct GatedFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Forwarded {
            #[pin]
            future: F,
            pass: Pass,
        },
        Refused {
            #[pin]
            response: Ready<Response<Body>>,
        },
    }
}

impl<F> GatedFuture<F> {
    pub(super) const fn forwarded(future: F, pass: Pass) -> Self {
        Self {
            state: State::Forwarded { future, pass },
        }
    }

    pub(super) fn refused(refusal: Refusal) -> Self {
        Self {
            state: State::Refused {
                response: ready(refusal.into_response()),
            },
        }
    }
}

impl<F, R, E> Future for GatedFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Forwarded { future, pass } => {
                let mut response = ready!(future.poll(cx))?;
                if let Some(standing) = *pass {
                    headers::tell(response.headers_mut(), standing);
                }
                Poll::Ready(Ok(response.map(Body::stream)))
            }
            StateProjection::Refused { response } => response.poll(cx).map(Ok),
        }
    }
}

impl<F> fmt::Debug for GatedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatedFuture").finish_non_exhaustive()
    }
}
