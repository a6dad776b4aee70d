//! An answer that arrives while the function still runs.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use tokio::sync::{mpsc, oneshot};

use crate::lambda::StreamFailure;

/// Bytes of a streamed answer: Lambda's 200 MB.
pub(super) const LARGEST_STREAM: u64 = 200 * 1024 * 1024;
/// Pieces that may wait for whoever reads the answer.
const PIECES_WAITING: usize = 8;
/// Trailers by which a function says that its answer is incomplete ("Implementing response streaming
/// in a custom runtime" in the Lambda developer guide).
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// How a stream ended.
pub(super) type StreamEnd = Result<(), StreamFailure>;

/// The bytes of a streamed answer, as they arrive.
///
/// Whether it is whole is told apart from the bytes, so that one which breaks off, for whatever
/// reason, never looks like one that has ended.
#[derive(Debug)]
pub(super) struct Streamed {
    pieces: mpsc::Receiver<Bytes>,
    end: Option<oneshot::Receiver<StreamEnd>>,
}

/// A stream, who fills it, and who says how it ended.
pub(super) fn stream() -> (Streamed, mpsc::Sender<Bytes>, oneshot::Sender<StreamEnd>) {
    let (sender, pieces) = mpsc::channel(PIECES_WAITING);
    let (ender, end) = oneshot::channel();
    let end = Some(end);
    (Streamed { pieces, end }, sender, ender)
}

/// What a function says in the trailers of its answer.
pub(super) fn failure_of_trailers(trailers: &HeaderMap) -> Option<StreamFailure> {
    let error_type = trailers.get(ERROR_TYPE)?;
    let body = trailers
        .get(ERROR_BODY)
        .map_or(&b""[..], |body| body.as_bytes());
    let body = BASE64_STANDARD.decode(body).unwrap_or_default();
    Some(StreamFailure::new(
        String::from_utf8_lossy(error_type.as_bytes()),
        String::from_utf8_lossy(&body),
    ))
}

/// It ended before it was whole.
pub(super) fn broken_off() -> StreamFailure {
    StreamFailure::new("Runtime.TruncatedResponse", "the function is gone")
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = StreamFailure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StreamFailure>>> {
        if let Some(piece) = ready!(self.pieces.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let Some(end) = &mut self.end else {
            return Poll::Ready(None);
        };
        let ended = ready!(Pin::new(end).poll(cx));
        self.end = None;
        let failure = ended.unwrap_or_else(|_| Err(broken_off())).err();
        Poll::Ready(failure.map(Err))
    }
}
