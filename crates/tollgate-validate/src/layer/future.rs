//! The response of the layer.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::combinators::Collect;
use http_body_util::{BodyExt as _, Collected, LengthLimitError, Limited};
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError, RawRejection, Rejection};
use tower_service::Service;

use super::service::content_type;
use crate::RequestValidator;

pin_project! {
    /// The response of a [`Validated`](crate::Validated) service.
    #[must_use = "futures do nothing unless polled"]
    pub struct ValidateFuture<S, B>
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
        Reading {
            #[pin]
            body: Collect<Limited<B>>,
            asked: Option<Asked<S>>,
        },
        Calling {
            #[pin]
            future: F,
        },
        Refused {
            #[pin]
            response: Ready<Response<Body>>,
        },
    }
}

/// What waits for the body.
struct Asked<S> {
    inner: S,
    parts: Parts,
    validator: Arc<RequestValidator>,
    limit: usize,
}

impl<S, B> ValidateFuture<S, B>
where
    S: Service<Request<Body>>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    pub(super) fn refused(rejection: Rejection) -> Self {
        Self {
            state: State::refused(rejection),
        }
    }

    pub(super) fn called(future: S::Future) -> Self {
        Self {
            state: State::Calling { future },
        }
    }

    pub(super) fn reading(
        inner: S,
        parts: Parts,
        body: B,
        validator: Arc<RequestValidator>,
        limit: usize,
    ) -> Self {
        Self {
            state: State::Reading {
                body: Limited::new(body, limit).collect(),
                asked: Some(Asked {
                    inner,
                    parts,
                    validator,
                    limit,
                }),
            },
        }
    }
}

impl<S, B, F> State<S, B, F>
where
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    fn refused(rejection: Rejection) -> Self {
        Self::Refused {
            response: ready(rejection.into_response()),
        }
    }
}

impl<S> Asked<S> {
    /// The body, if nothing is wrong with it.
    fn check(&self, body: Result<Bytes, BoxError>) -> Result<Bytes, Rejection> {
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                let limit = self.limit as u64;
                return Rejection::raw(RawRejection::ContentTooLarge { limit });
            }
            Rejection::raw(RawRejection::BadRequest).because(error.to_string())
        })?;
        let json = || serde_json::from_slice::<serde_json::Value>(&body).ok();
        let content_type = content_type(&self.parts.headers);
        self.validator
            .check_body(content_type, body.is_empty(), json)?;
        Ok(body)
    }
}

impl<S, B, R> Future for ValidateFuture<S, B>
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
                StateProjection::Reading { body, asked } => {
                    let body = ready!(body.poll(cx)).map(Collected::to_bytes);
                    let Some(mut asked) = asked.take() else {
                        return Poll::Pending;
                    };
                    match asked.check(body) {
                        Ok(body) => {
                            let request = Request::from_parts(asked.parts, Body::from(body));
                            State::Calling {
                                future: asked.inner.call(request),
                            }
                        }
                        Err(rejection) => State::refused(rejection),
                    }
                }
                StateProjection::Calling { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(Body::stream)));
                }
                StateProjection::Refused { response } => return response.poll(cx).map(Ok),
            };
            state.set(next);
        }
    }
}

impl<S, B> fmt::Debug for ValidateFuture<S, B>
where
    S: Service<Request<Body>>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidateFuture").finish_non_exhaustive()
    }
}
