//! A time that may pass while nothing happens.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// Since when something is waited for.
///
/// The timer below runs on when the wait is over and is set anew only once it has run out, so that
/// a wait of a connection that is never idle for long costs a reading of the clock.
#[derive(Debug, Default)]
pub(crate) struct Deadline {
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// What was waited for has come.
    pub(crate) fn clear(&mut self) {
        self.since = None;
    }

    /// Whether something is waited for.
    pub(crate) const fn is_running(&self) -> bool {
        self.since.is_some()
    }

    /// Whether what is waited for has not come for so long; the task is woken when that is so.
    pub(crate) fn poll(&mut self, long: Duration, cx: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let at = since + long;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        if timer.deadline() > at {
            timer.as_mut().reset(at);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if timer.deadline() >= at {
                return Poll::Ready(());
            }
            timer.as_mut().reset(at);
        }
        Poll::Pending
    }
}
