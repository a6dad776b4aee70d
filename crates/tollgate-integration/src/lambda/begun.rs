//! Bodies of which a part is there already.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tollgate_core::{Body, BoxError};

/// A body behind bytes that come first. Trailers have no say in it.
pub(super) struct Begun {
    first: Option<Bytes>,
    rest: Body,
}

/// The body of these bytes and what follows them.
pub(super) fn begun(first: Bytes, rest: Body) -> Body {
    let first = Some(first).filter(|first| !first.is_empty());
    Body::stream(Begun { first, rest })
}

impl http_body::Body for Begun {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        loop {
            match ready!(Pin::new(&mut this.rest).poll_frame(cx)) {
                Some(Ok(frame)) if !frame.is_data() => {}
                frame => return Poll::Ready(frame),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut size = self.rest.size_hint();
        let first = self.first.as_ref().map_or(0, Bytes::len) as u64;
        if let Some(upper) = size.upper() {
            size.set_upper(upper.saturating_add(first));
        }
        size.set_lower(size.lower().saturating_add(first));
        size
    }
}
