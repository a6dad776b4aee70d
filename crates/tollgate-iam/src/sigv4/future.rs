//! The future of the tower face.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::Collect;
use http_body_util::{BodyExt as _, Limited};
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError};
use tower_service::Service;

use super::layer::MAX_BODY_BYTES;
use super::reading::{Reading, TOO_LARGE};
use super::refusal::Refusal;

pin_project! {
    /// The response of a [`SigV4`](super::SigV4) service.
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<Body>>,
        B: http_body::Body,
        B::Error: Into<BoxError>,
    {
        #[pin]
        state: State<S, B, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B, F>
    where
        B: http_body::Body,
        B::Error: Into<BoxError>,
    {
        Refused { response: Option<Response<Body>> },
        Reading { #[pin] body: Collect<Limited<B>>, reading: Option<Reading<S>> },
        Forwarded { #[pin] future: F },
    }
}

impl<S, B> ResponseFuture<S, B>
where
    S: Service<Request<Body>>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    pub(crate) fn refused(refusal: impl Into<Refusal>) -> Self {
        let response = Some(refusal.into().into_response());
        Self {
            state: State::Refused { response },
        }
    }

    pub(crate) fn reading(reading: Reading<S>, body: B) -> Self {
        if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
            return Self::refused(TOO_LARGE);
        }
        Self {
            state: State::Reading {
                body: Limited::new(body, MAX_BODY_BYTES).collect(),
                reading: Some(reading),
            },
        }
    }
}

impl<S, B, R> Future for ResponseFuture<S, B>
where
    S: Service<Request<Body>, Response = Response<R>>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProjection::Refused { response } => {
                    let response = response.take().expect("polled again after its response");
                    return Poll::Ready(Ok(response));
                }
                StateProjection::Forwarded { future } => {
                    return future
                        .poll(cx)
                        .map_ok(|response| response.map(Body::stream));
                }
                StateProjection::Reading { body, reading } => {
                    let body = ready!(body.poll(cx));
                    let reading = reading.take().expect("the body ends once");
                    match reading.finish(body.map(http_body_util::Collected::to_bytes)) {
                        Ok(future) => State::Forwarded { future },
                        Err(refusal) => State::Refused {
                            response: Some(refusal.into_response()),
                        },
                    }
                }
            };
            state.set(next);
        }
    }
}

impl<S, B> fmt::Debug for ResponseFuture<S, B>
where
    S: Service<Request<Body>>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
