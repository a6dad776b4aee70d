//! The response of all layers of the crate.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError};
use tower_service::Service;

use super::service::Judging;

pin_project! {
    /// The response of a [`Gated`](crate::Gated) service.
    #[must_use = "futures do nothing unless polled"]
    pub struct GatedFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B, F> {
        Judging { judging: Judging, held: Option<(B, S)> },
        Forwarded { #[pin] future: F },
    }
}

impl<S: Service<Request<B>>, B> GatedFuture<S, B> {
    pub(super) const fn judging(judging: Judging, body: B, inner: S) -> Self {
        Self {
            state: State::Judging {
                judging,
                held: Some((body, inner)),
            },
        }
    }
}

impl<S, B, R> Future for GatedFuture<S, B>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let future = match state.as_mut().project() {
                StateProjection::Forwarded { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(Body::stream)));
                }
                StateProjection::Judging { judging, held } => {
                    let parts = match ready!(judging.as_mut().poll(cx)) {
                        Ok(parts) => parts,
                        Err(rejection) => return Poll::Ready(Ok(rejection.into_response())),
                    };
                    let (body, mut inner) = held.take().expect("a caller is judged once");
                    inner.call(Request::from_parts(parts, body))
                }
            };
            state.set(State::Forwarded { future });
        }
    }
}

impl<S: Service<Request<B>>, B> fmt::Debug for GatedFuture<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatedFuture").finish_non_exhaustive()
    }
}
