//! The body of an answer, and what happens to its connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tollgate_core::BoxError;

use super::connection::Connection;
use super::failure::Failure;
use super::origin::Origin;
use crate::AnswerError;
use crate::patience::{Over, Patience};

/// The body of an answer as it arrives.
///
/// Whoever reads it moves its connection along; once it is read to its end, the connection waits for
/// another request. One that is not read to its end is closed.
pub(super) struct Answer {
    incoming: Incoming,
    connection: Option<Connection>,
    origin: Arc<Origin>,
    patience: Patience,
}

impl Answer {
    pub(super) const fn new(
        incoming: Incoming,
        connection: Connection,
        origin: Arc<Origin>,
        patience: Patience,
    ) -> Self {
        Self {
            incoming,
            connection: Some(connection),
            origin,
            patience,
        }
    }

    fn poll_incoming(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        match &mut self.connection {
            None => Poll::Pending,
            Some(connection) => {
                connection.drive(cx);
                Pin::new(&mut self.incoming).poll_frame(cx)
            }
        }
    }

    /// Closes the connection.
    fn fail(&mut self, failure: &Failure) -> BoxError {
        self.connection = None;
        AnswerError::new(failure.to_rejection(&self.origin.to_string())).into()
    }

    /// Lets the connection wait for another request, if it can.
    fn end(&mut self, cx: &mut Context<'_>) {
        if let Some(mut connection) = self.connection.take()
            && connection.is_free(cx)
        {
            self.origin.keep(connection);
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let frame = match this.poll_incoming(cx) {
            Poll::Ready(frame) => match this.patience.rewarded() {
                Err(over) if frame.is_some() => Err(over),
                _ => Ok(frame),
            },
            Poll::Pending => Err(ready!(this.patience.poll_end(cx))),
        };
        let frame = match frame {
            Ok(frame) => frame,
            Err(over) => {
                let failure = match over {
                    Over::Whole(whole) => Failure::BodyTimeout(whole),
                    Over::Idle(idle) => Failure::Idle(idle),
                };
                return Poll::Ready(Some(Err(this.fail(&failure))));
            }
        };
        if this.incoming.is_end_stream() {
            this.end(cx);
        }
        let failed = |error| this.fail(&Failure::Exchange(error));
        Poll::Ready(frame.map(|frame| frame.map_err(failed)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
