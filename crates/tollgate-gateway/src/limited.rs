//! Bodies passed on as they arrive, within a limit.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::collect::Unreadable;

pin_project! {
    /// A body that breaks off where it passes a limit.
    pub(crate) struct Limited<B> {
        #[pin]
        body: B,
        remaining: u64,
        outcome: Outcome,
    }
}

/// What became of a [`Limited`] body, for who passed it on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome(Arc<OnceLock<Unreadable>>);

impl Outcome {
    /// Why the body broke off, if it did.
    pub(crate) fn failure(&self) -> Option<Unreadable> {
        self.0.get().copied()
    }
}

impl<B> Limited<B> {
    pub(crate) fn new(body: B, limit: usize) -> (Self, Outcome) {
        let outcome = Outcome::default();
        let limited = Self {
            body,
            remaining: limit as u64,
            outcome: outcome.clone(),
        };
        (limited, outcome)
    }

    /// A body of any size.
    pub(crate) fn without_trailers(body: B) -> Self {
        Self {
            body,
            remaining: u64::MAX,
            outcome: Outcome::default(),
        }
    }
}

impl<B: Body> Body for Limited<B> {
    type Data = Bytes;
    type Error = Unreadable;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Unreadable>>> {
        let this = self.project();
        let Some(frame) = ready!(this.body.poll_frame(cx)) else {
            return Poll::Ready(None);
        };
        let data = frame
            .map_err(|_| Unreadable::Broken(()))
            // Trailers have no say in a message that is passed on.
            .map(|frame| frame.into_data().ok())
            .and_then(|data| {
                let Some(mut data) = data else {
                    return Ok(Bytes::new());
                };
                let length = data.remaining();
                *this.remaining = this
                    .remaining
                    .checked_sub(length as u64)
                    .ok_or(Unreadable::TooLarge)?;
                Ok(data.copy_to_bytes(length))
            });
        Poll::Ready(Some(data.map(Frame::data).inspect_err(|failure| {
            // The first failure is the one that counts.
            this.outcome.0.get_or_init(|| *failure);
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    #[tokio::test]
    async fn bodies_break_off_at_the_limit() {
        for (parts, passed, failure) in [
            (&[Ok("ab"), Ok("cd")][..], "abcd", None),
            (
                &[Ok("ab"), Ok("cd"), Ok("e")],
                "abcd",
                Some(Unreadable::TooLarge),
            ),
            (&[Ok("ab"), Err(())], "ab", Some(Unreadable::Broken(()))),
        ] {
            let frame =
                |part: &Result<&'static str, ()>| part.map(|text| Frame::data(Bytes::from(text)));
            let body = StreamBody::new(stream::iter(parts.iter().map(frame).collect::<Vec<_>>()));
            let (mut limited, outcome) = Limited::new(body, 4);
            let mut seen = Vec::new();
            let mut error = None;
            while let Some(frame) = limited.frame().await {
                match frame {
                    Ok(frame) => seen.extend_from_slice(&frame.into_data().unwrap()),
                    Err(found) => {
                        error = Some(found);
                        break;
                    }
                }
            }
            assert_eq!((&*seen, error), (passed.as_bytes(), failure), "{parts:?}");
            assert_eq!(outcome.failure(), failure, "{parts:?}");
        }
    }
}
