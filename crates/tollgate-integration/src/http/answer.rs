//! The body of an answer, and what happens to its connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};
use tollgate_core::BoxError;

use super::connection::Connection;
use super::failure::Failure;
use super::origin::Origin;
use crate::AnswerError;

/// The body of an answer as it arrives.
///
/// Whoever reads it moves its connection along; once it is read to its end, the connection waits for
/// another request. One that is not read to its end is closed.
pub(super) struct Answer {
    incoming: Incoming,
    connection: Option<Connection>,
    origin: Arc<Origin>,
    deadline: Deadline,
}

/// When all of an answer must have arrived.
pub(super) struct Deadline {
    pub(super) at: Instant,
    /// How long that is after the call.
    pub(super) after: Duration,
    /// Made when a reader first has to wait.
    pub(super) timer: Option<Pin<Box<Sleep>>>,
}

impl Answer {
    pub(super) const fn new(
        incoming: Incoming,
        connection: Connection,
        origin: Arc<Origin>,
        deadline: Deadline,
    ) -> Self {
        Self {
            incoming,
            connection: Some(connection),
            origin,
            deadline,
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
        match this.poll_incoming(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if this.incoming.is_end_stream() {
                    this.end(cx);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                Poll::Ready(Some(Err(this.fail(&Failure::Exchange(error)))))
            }
            Poll::Ready(None) => {
                this.end(cx);
                Poll::Ready(None)
            }
            Poll::Pending if this.deadline.is_past(cx) => {
                let failure = Failure::BodyTimeout(this.deadline.after);
                Poll::Ready(Some(Err(this.fail(&failure))))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Deadline {
    pub(super) fn after(after: Duration) -> Self {
        Self {
            at: Instant::now() + after,
            after,
            timer: None,
        }
    }

    fn is_past(&mut self, cx: &mut Context<'_>) -> bool {
        let at = self.at;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        timer.as_mut().poll(cx).is_ready()
    }
}
