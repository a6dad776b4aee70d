//! The body of responses.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

/// An error of any kind, as bodies of foreign types have them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

type Stream = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// A response's body: nothing, bytes at hand, or a stream of them.
///
/// ```
/// use http_body::Body as _;
/// use tollgate_core::Body;
///
/// let body = Body::from("hello");
/// assert_eq!(body.size_hint().exact(), Some(5));
/// assert!(Body::empty().is_end_stream());
/// ```
#[derive(Default)]
pub struct Body(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Full(Bytes),
    Stream(Stream),
}

impl Body {
    /// No bytes at all.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Kind::Empty)
    }

    /// The bytes, if they are at hand; `None` for a stream.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Empty => Some(&[]),
            Kind::Full(bytes) => Some(bytes),
            Kind::Stream(_) => None,
        }
    }

    /// The bytes, if they are at hand; a stream is given back.
    ///
    /// # Errors
    ///
    /// The body itself, where its bytes have yet to arrive.
    pub fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self.0 {
            Kind::Empty => Ok(Bytes::new()),
            Kind::Full(bytes) => Ok(bytes),
            Kind::Stream(_) => Err(self),
        }
    }

    /// Bytes that arrive in their own time.
    pub fn stream<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Kind::Stream(Box::pin(BoxedErrors { body })))
    }
}

pin_project! {
    /// A body with its errors boxed.
    struct BoxedErrors<B> {
        #[pin]
        body: B,
    }
}

impl<B> http_body::Body for BoxedErrors<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.project().body.poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            Self::empty()
        } else {
            Self(Kind::Full(bytes))
        }
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Empty => Poll::Ready(None),
            Kind::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Kind::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Kind::Stream(stream) => stream.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Full(_) => false,
            Kind::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(stream) => stream.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Empty => f.write_str("Body::Empty"),
            Kind::Full(bytes) => write!(f, "Body::Full({} bytes)", bytes.len()),
            Kind::Stream(_) => f.write_str("Body::Stream"),
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    fn read(body: Body) -> Bytes {
        let collected = body.collect();
        let mut collected = std::pin::pin!(collected);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        match collected.as_mut().poll(&mut cx) {
            Poll::Ready(Ok(collected)) => collected.to_bytes(),
            other => panic!("a body at hand is ready at once: {other:?}"),
        }
    }

    #[test]
    fn bodies_give_their_bytes_once() {
        assert_eq!(read(Body::empty()), "");
        assert_eq!(read(Body::from(String::new())), "");
        assert_eq!(read(Body::from("hello")), "hello");
        assert_eq!(read(Body::stream(Body::from("hello"))), "hello");
    }

    #[test]
    fn bytes_at_hand_are_told_from_streams() {
        assert_eq!(Body::empty().try_into_bytes().unwrap(), "");
        assert_eq!(Body::from("hello").try_into_bytes().unwrap(), "hello");
        assert_eq!(Body::from("hello").as_bytes(), Some(&b"hello"[..]));
        assert!(Body::stream(Body::from("hello")).try_into_bytes().is_err());
        assert_eq!(Body::stream(Body::from("hello")).as_bytes(), None);
    }

    #[test]
    fn streams_hint_at_their_own_size() {
        let frames = futures_stream(["a", "b"]);
        let body = Body::stream(StreamBody::new(frames));
        assert_eq!(http_body::Body::size_hint(&body).exact(), None);
        assert_eq!(read(body), "ab");
    }

    fn futures_stream(
        parts: [&'static str; 2],
    ) -> impl futures::Stream<Item = Result<Frame<Bytes>, BoxError>> {
        futures::stream::iter(
            parts.map(|part| Ok(Frame::data(Bytes::from_static(part.as_bytes())))),
        )
    }
}
