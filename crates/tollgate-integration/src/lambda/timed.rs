//! Streamed answers within the time that their callers give them.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tollgate_core::{Body, BoxError, GatewayResponseType, Rejection};

use crate::AnswerError;
use crate::patience::{Over, Patience};

/// An answer that breaks off where its function takes too long.
pub(super) struct Timed {
    /// `None` once it has broken off: nothing is kept of what nobody waits for.
    answer: Option<Body>,
    patience: Patience,
}

impl Timed {
    pub(super) const fn new(answer: Body, patience: Patience) -> Self {
        Self {
            answer: Some(answer),
            patience,
        }
    }
}

fn error(over: Over) -> AnswerError {
    let (what, time) = match over {
        Over::Whole(whole) => ("no whole answer", whole),
        Over::Idle(idle) => ("nothing of its answer", idle),
    };
    let reason = format!("the function: {what} within {} ms", time.as_millis());
    AnswerError::new(Rejection::new(GatewayResponseType::IntegrationTimeout).because(reason))
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let Some(answer) = &mut this.answer else {
            return Poll::Ready(None);
        };
        let over = match Pin::new(answer).poll_frame(cx) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(frame) => match this.patience.rewarded() {
                Ok(()) => return Poll::Ready(frame),
                Err(over) => over,
            },
            Poll::Pending => ready!(this.patience.poll_end(cx)),
        };
        this.answer = None;
        Poll::Ready(Some(Err(error(over).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.answer.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let answer = self.answer.as_ref();
        answer.map_or_else(SizeHint::default, Body::size_hint)
    }
}
