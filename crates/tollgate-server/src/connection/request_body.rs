//! Bodies of requests, as long as they keep coming.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tollgate::core::BoxError;

use super::activity::Activity;
use super::deadline::Deadline;

pin_project! {
    /// A body that ends with an error when nothing of it comes for too long.
    pub(crate) struct RequestBody {
        #[pin]
        body: Incoming,
        patience: Duration,
        waiting: Deadline,
        activity: Arc<Activity>,
    }
}

impl RequestBody {
    pub(crate) fn new(body: Incoming, patience: Duration, activity: Arc<Activity>) -> Self {
        Self {
            body,
            patience,
            waiting: Deadline::default(),
            activity,
        }
    }
}

/// Nothing of a body came for too long.
#[derive(Debug)]
struct Stalled;

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body stalled")
    }
}

impl std::error::Error for Stalled {}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        match this.body.poll_frame(cx) {
            Poll::Ready(frame) => {
                this.waiting.clear();
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                ready!(this.waiting.poll(*this.patience, cx));
                this.activity.end();
                Poll::Ready(Some(Err(Stalled.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
