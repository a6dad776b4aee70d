//! The response of the layer.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response, request, response};
use http_body_util::combinators::Collect;
use http_body_util::{BodyExt as _, Collected, Limited};
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError, Rejection};
use tower_service::Service;

use super::exchange::Exchange;

pin_project! {
    /// The response of a [`Templated`](crate::Templated) service.
    #[must_use = "futures do nothing unless polled"]
    pub struct TemplateFuture<S, B, R>
    where
        S: Service<Request<Body>>,
        B: http_body::Body,
        B::Error: Into<BoxError>,
        R: http_body::Body,
        R::Error: Into<BoxError>,
    {
        #[pin]
        state: State<S, B, R, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B, R, F>
    where
        B: http_body::Body,
        B::Error: Into<BoxError>,
        R: http_body::Body,
        R::Error: Into<BoxError>,
    {
        ReadingRequest {
            #[pin]
            body: Collect<Limited<B>>,
            asked: Option<(S, request::Parts, Exchange)>,
        },
        Calling {
            #[pin]
            future: F,
            exchange: Option<Exchange>,
        },
        ReadingResponse {
            #[pin]
            body: Collect<Limited<R>>,
            answered: Option<(response::Parts, Exchange)>,
        },
        Done {
            #[pin]
            response: Ready<Response<Body>>,
        },
    }
}

impl<S, B, R> TemplateFuture<S, B, R>
where
    S: Service<Request<Body>>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
    R: http_body::Body,
    R::Error: Into<BoxError>,
{
    pub(super) fn refused(rejection: Rejection) -> Self {
        Self {
            state: State::done(rejection.into_response()),
        }
    }

    pub(super) fn called(future: S::Future, exchange: Exchange) -> Self {
        let exchange = Some(exchange);
        Self {
            state: State::Calling { future, exchange },
        }
    }

    pub(super) fn reading(inner: S, parts: request::Parts, body: B, exchange: Exchange) -> Self {
        Self {
            state: State::ReadingRequest {
                body: Limited::new(body, exchange.limit()).collect(),
                asked: Some((inner, parts, exchange)),
            },
        }
    }
}

impl<S, B, R, F> State<S, B, R, F>
where
    B: http_body::Body,
    B::Error: Into<BoxError>,
    R: http_body::Body,
    R::Error: Into<BoxError>,
{
    fn done(response: Response<Body>) -> Self {
        Self::Done {
            response: ready(response),
        }
    }
}

impl<S, B, R> Future for TemplateFuture<S, B, R>
where
    S: Service<Request<Body>, Response = Response<R>>,
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProjection::ReadingRequest { body, asked } => {
                    let body = ready!(body.poll(cx)).map(Collected::to_bytes);
                    let Some((mut inner, parts, exchange)) = asked.take() else {
                        return Poll::Pending;
                    };
                    match exchange.rewrite_request(parts, body) {
                        Ok(request) => State::Calling {
                            future: inner.call(request),
                            exchange: Some(exchange),
                        },
                        Err(rejection) => State::done(rejection.into_response()),
                    }
                }
                StateProjection::Calling { future, exchange } => {
                    let response = ready!(future.poll(cx))?;
                    let Some(exchange) = exchange.take() else {
                        return Poll::Pending;
                    };
                    let (mut parts, body) = response.into_parts();
                    match exchange.rewrites_response(&mut parts, body.size_hint().lower()) {
                        Ok(true) => State::ReadingResponse {
                            body: Limited::new(body, exchange.limit()).collect(),
                            answered: Some((parts, exchange)),
                        },
                        Ok(false) => State::done(Response::from_parts(parts, Body::stream(body))),
                        Err(rejection) => State::done(rejection.into_response()),
                    }
                }
                StateProjection::ReadingResponse { body, answered } => {
                    let body = ready!(body.poll(cx)).map(Collected::to_bytes);
                    let Some((parts, exchange)) = answered.take() else {
                        return Poll::Pending;
                    };
                    let response = exchange.rewrite_response(parts, body);
                    State::done(response.unwrap_or_else(Rejection::into_response))
                }
                StateProjection::Done { response } => return response.poll(cx).map(Ok),
            };
            state.set(next);
        }
    }
}

impl<S, B, R> fmt::Debug for TemplateFuture<S, B, R>
where
    S: Service<Request<Body>>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
    R: http_body::Body,
    R::Error: Into<BoxError>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemplateFuture").finish_non_exhaustive()
    }
}
