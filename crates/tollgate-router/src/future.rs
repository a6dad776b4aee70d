//! The response of a router.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError, Rejection};
use tower_service::Service;

pin_project! {
    /// The response of a [`Router`](crate::Router).
    pub struct RouterFuture<S, B>
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
        Refused { response: Option<Response<Body>> },
        Waiting { service: S, request: Option<Request<B>> },
        Called { #[pin] future: F },
    }
}

impl<S, B> RouterFuture<S, B>
where
    S: Service<Request<B>>,
{
    pub(crate) fn dispatched(service: S, request: Request<B>) -> Self {
        Self {
            state: State::Waiting {
                service,
                request: Some(request),
            },
        }
    }

    pub(crate) fn refused(rejection: Rejection) -> Self {
        Self {
            state: State::Refused {
                response: Some(rejection.into_response()),
            },
        }
    }
}

impl<S, B, R> Future for RouterFuture<S, B>
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
                StateProjection::Refused { response } => {
                    return response
                        .take()
                        .map_or(Poll::Pending, |response| Poll::Ready(Ok(response)));
                }
                StateProjection::Called { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(Body::stream)));
                }
                StateProjection::Waiting { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    let Some(request) = request.take() else {
                        return Poll::Pending;
                    };
                    service.call(request)
                }
            };
            state.set(State::Called { future });
        }
    }
}

impl<S, B> fmt::Debug for RouterFuture<S, B>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouterFuture").finish_non_exhaustive()
    }
}
