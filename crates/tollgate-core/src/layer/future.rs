//! The response of the layer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, Response, header};
use pin_project_lite::pin_project;

use super::Settings;
use crate::gateway_responses::ERROR_TYPE;
use crate::{Body, BoxError, Moment, Rejection, add_request_ids};

/// Headers of a refusal that say something of its old body, or of its old words.
const OF_OLD_WORDS: [HeaderName; 10] = [
    header::ACCEPT_RANGES,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    ERROR_TYPE,
];

/// A request as it came to the layer.
pub(super) struct Arrival {
    request: Parts,
    received_at: Moment,
    settings: Settings,
}

impl Arrival {
    pub(super) fn new(request: Parts, settings: Settings) -> Self {
        Self {
            request,
            received_at: settings.contexts.now(),
            settings,
        }
    }

    /// The response to a refused request.
    fn refuse(self, rejection: &Rejection) -> Response<Body> {
        let contexts = &self.settings.contexts;
        let mut context = contexts.make_at(self.received_at, self.request);
        context.error = rejection.error_context();
        let mut response = self.settings.responses.respond(rejection, &context);
        let ids = (context.request_id, context.extended_request_id);
        add_request_ids(response.headers_mut(), ids);
        response
    }
}

pin_project! {
    /// The response of a [`Reworded`](crate::Reworded) service.
    #[must_use = "futures do nothing unless polled"]
    pub struct RewordedFuture<F> {
        #[pin]
        inner: F,
        arrival: Option<Arrival>,
    }
}

impl<F> RewordedFuture<F> {
    pub(super) const fn new(inner: F, arrival: Arrival) -> Self {
        Self {
            inner,
            arrival: Some(arrival),
        }
    }
}

impl<F, R, E> Future for RewordedFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(cx))?;
        let rejection = response.extensions().get::<Rejection>();
        let reworded = rejection
            .zip(this.arrival.take())
            .map(|(rejection, arrival)| arrival.refuse(rejection));
        Poll::Ready(Ok(match reworded {
            Some(reworded) => replace(response, reworded),
            None => response.map(Body::stream),
        }))
    }
}

/// A refusal in other words; what is not about these stays.
fn replace<R>(refusal: Response<R>, reworded: Response<Body>) -> Response<Body> {
    let (mut parts, _) = refusal.into_parts();
    let (words, body) = reworded.into_parts();
    parts.status = words.status;
    for name in OF_OLD_WORDS {
        parts.headers.remove(name);
    }
    for (name, value) in &words.headers {
        // A response that has as many headers as it can have goes without.
        drop(parts.headers.try_insert(name, value.clone()));
    }
    Response::from_parts(parts, body)
}

impl<F> fmt::Debug for RewordedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RewordedFuture").finish_non_exhaustive()
    }
}
