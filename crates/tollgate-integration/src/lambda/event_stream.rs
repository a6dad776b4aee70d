//! What Lambda's own API streams: messages of the type `application/vnd.amazon.eventstream`.

mod message;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame};
use serde::Deserialize;
use tollgate_core::{Body, BoxError};

use self::message::{Decoder, Message};
use super::StreamFailure;

/// The media type.
pub(super) const MEDIA_TYPE: &[u8] = b"application/vnd.amazon.eventstream";

/// Frames that are read at a time without a byte of the function's in them.
///
/// Whoever sends more of them than can be read would else keep the task from all that it does besides.
const MOST_AT_A_TIME: usize = 16;

/// The bytes that a function streams, out of the messages that carry them (`InvokeWithResponseStream`
/// of the Lambda API reference): the body of a [`RemoteFunction`](super::RemoteFunction)'s answer.
///
/// It ends with an error, such as a [`StreamFailure`], where the function has failed, a message is none,
/// or the last one is missing. A message may have 16 MB.
pub struct EventStream {
    /// `None` once it has ended, in whatever way.
    messages: Option<Body>,
    decoder: Decoder,
}

/// What a message tells.
enum Told {
    Piece(Bytes),
    End(Result<(), StreamFailure>),
    /// What nobody here knows has no meaning.
    Nothing,
}

/// The last message of a stream.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InvokeComplete {
    error_code: Option<String>,
    error_details: Option<String>,
}

impl EventStream {
    /// The bytes in these messages.
    #[must_use]
    pub fn new(messages: Body) -> Self {
        Self {
            messages: Some(messages),
            decoder: Decoder::default(),
        }
    }

    fn end<T>(
        &mut self,
        end: Result<(), BoxError>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<T, BoxError>>> {
        if let Some(mut messages) = self.messages.take()
            && end.is_ok()
        {
            // Its connection can be used again if nothing follows.
            drop(Pin::new(&mut messages).poll_frame(cx));
        }
        Poll::Ready(end.err().map(Err))
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream")
    }
}

impl Told {
    fn of(message: Message) -> Self {
        match (message.kind.as_str(), message.name.as_str()) {
            ("event", "PayloadChunk") => Self::Piece(message.payload),
            ("event", "InvokeComplete") => Self::End(completed(&message.payload)),
            ("event", _) => Self::Nothing,
            (_, name) => Self::End(Err(StreamFailure::new(
                name,
                String::from_utf8_lossy(&message.payload),
            ))),
        }
    }
}

fn completed(payload: &[u8]) -> Result<(), StreamFailure> {
    // What is no object says nothing of an error.
    let told = serde_json::from_slice::<InvokeComplete>(payload).ok();
    match told.and_then(|told| Some((told.error_code?, told.error_details))) {
        Some((code, details)) if !code.is_empty() => {
            Err(StreamFailure::new(code, details.unwrap_or_default()))
        }
        _ => Ok(()),
    }
}

impl http_body::Body for EventStream {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let mut read = 0;
        loop {
            let Some(messages) = &mut this.messages else {
                return Poll::Ready(None);
            };
            match this.decoder.next() {
                Ok(Some(message)) => match Told::of(message) {
                    Told::Piece(piece) if !piece.is_empty() => {
                        return Poll::Ready(Some(Ok(Frame::data(piece))));
                    }
                    Told::End(end) => return this.end(end.map_err(BoxError::from), cx),
                    Told::Piece(_) | Told::Nothing => continue,
                },
                Ok(None) => {}
                Err(malformed) => return this.end(Err(malformed.into()), cx),
            }
            if read == MOST_AT_A_TIME {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            read += 1;
            match ready!(Pin::new(messages).poll_frame(cx)) {
                Some(Ok(frame)) => this.decoder.push(&frame.into_data().unwrap_or_default()),
                Some(Err(error)) => return this.end(Err(error), cx),
                None => {
                    let reason = "the stream ended without its last message";
                    let failure = StreamFailure::new("Runtime.TruncatedResponse", reason);
                    return this.end(Err(failure.into()), cx);
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.messages.is_none()
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt as _, StreamExt as _};
    use http_body_util::{BodyExt as _, StreamBody};

    use super::message::encoded;
    use super::*;

    fn event(name: &str, payload: &[u8]) -> Vec<u8> {
        encoded(
            &[(":message-type", "event"), (":event-type", name)],
            payload,
        )
    }

    /// What arrives of a stream, and why it breaks off if it does.
    async fn read(messages: Vec<Vec<u8>>, piece: usize) -> (String, Option<String>) {
        let bytes = messages.concat();
        let frames: Vec<_> = bytes
            .chunks(piece)
            .map(|piece| Ok::<_, BoxError>(Frame::data(Bytes::copy_from_slice(piece))))
            .collect();
        let body = Body::stream(StreamBody::new(futures::stream::iter(frames)));
        let mut stream = EventStream::new(body);
        let mut read = Vec::new();
        while let Some(frame) = stream.frame().await {
            match frame {
                Ok(frame) => read.extend_from_slice(frame.data_ref().unwrap()),
                Err(error) => {
                    assert!(stream.frame().await.is_none());
                    return (String::from_utf8(read).unwrap(), Some(error.to_string()));
                }
            }
        }
        (String::from_utf8(read).unwrap(), None)
    }

    #[tokio::test]
    async fn others_get_their_turn_between_empty_pieces() {
        let empty = Bytes::from(event("PayloadChunk", b""));
        let more = event("PayloadChunk", b"a");
        let frame = |bytes| Ok::<_, BoxError>(Frame::data(bytes));
        let empty = futures::stream::repeat(empty).take(100);
        let frames = empty.chain(futures::stream::iter([more.into()]));
        let mut stream = EventStream::new(Body::stream(StreamBody::new(frames.map(frame))));
        assert!(stream.frame().now_or_never().is_none());
        let piece = stream.frame().await.unwrap().unwrap();
        assert_eq!(piece.into_data().unwrap(), "a");
    }

    #[tokio::test]
    async fn pieces_come_out_of_messages() {
        let chunk = |text: &str| event("PayloadChunk", text.as_bytes());
        let exception = encoded(
            &[(":message-type", "exception"), (":exception-type", "Oops")],
            b"{}",
        );
        let mut broken = chunk("c");
        *broken.last_mut().unwrap() ^= 1;
        let oops = br#"{"ErrorCode":"Unhandled","ErrorDetails":"no luck"}"#;
        let complete = || event("InvokeComplete", b"{}");
        for (messages, expected, failure) in [
            (
                vec![chunk("a"), chunk(""), chunk("bc"), complete()],
                "abc",
                None,
            ),
            (vec![complete(), chunk("a")], "", None),
            (vec![event("InvokeComplete", b"?")], "", None),
            (vec![event("SomethingNew", b"x"), complete()], "", None),
            (
                vec![chunk("a"), event("InvokeComplete", oops)],
                "a",
                Some("Unhandled: no luck"),
            ),
            (vec![chunk("a")], "a", Some("Runtime.TruncatedResponse")),
            (vec![], "", Some("Runtime.TruncatedResponse")),
            (
                vec![chunk("a"), chunk("b")[..9].to_vec()],
                "a",
                Some("Runtime.TruncatedResponse"),
            ),
            (
                vec![chunk("a"), exception, complete()],
                "a",
                Some("Oops: {}"),
            ),
            (vec![chunk("a"), broken, complete()], "a", Some("checksum")),
        ] {
            for piece in [1, 7, 1_000] {
                let (read, said) = read(messages.clone(), piece).await;
                assert_eq!(read, expected, "{failure:?}");
                match (said, failure) {
                    (None, None) => {}
                    (Some(said), Some(failure)) => assert!(said.contains(failure), "{said}"),
                    (said, failure) => panic!("{said:?}, not {failure:?}"),
                }
            }
        }
    }
}
