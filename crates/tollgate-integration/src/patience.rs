//! How long an endpoint may keep its callers waiting.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep};

/// The time that an endpoint has for its answer, and for each part of one that is streamed.
///
/// It runs while somebody waits for the endpoint, and not while the client takes its time to read. A
/// stream, whose parts have a time of their own, ends when its time is over all the same: its next
/// part may always be there already.
pub(crate) struct Patience {
    whole: Duration,
    left: Duration,
    stream: Option<Stream>,
    wait: Option<Wait>,
}

/// An answer that is passed on part by part.
struct Stream {
    idle: Duration,
    ends: Instant,
}

struct Wait {
    since: Instant,
    over: Over,
    timer: Pin<Box<Sleep>>,
}

/// Which time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// That of the whole answer.
    Whole(Duration),
    /// That between two parts.
    Idle(Duration),
}

impl Patience {
    /// What is left of it once the head of an answer is there; none of its parts may take longer than
    /// `idle`.
    pub(crate) fn after_head(whole: Duration, called: Instant, idle: Option<Duration>) -> Self {
        Self {
            whole,
            left: whole.saturating_sub(called.elapsed()),
            stream: idle.map(|idle| Stream {
                idle,
                ends: called + whole,
            }),
            wait: None,
        }
    }

    /// The endpoint gave something.
    ///
    /// # Errors
    ///
    /// It is a stream whose time is over.
    pub(crate) fn rewarded(&mut self) -> Result<(), Over> {
        if let Some(wait) = self.wait.take() {
            self.left = self.left.saturating_sub(wait.since.elapsed());
        }
        match &self.stream {
            Some(stream) if Instant::now() >= stream.ends => Err(Over::Whole(self.whole)),
            _ => Ok(()),
        }
    }

    /// The endpoint gives nothing at present; ready when there is no time left to wait.
    pub(crate) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Over> {
        let wait = match self.wait.take() {
            Some(wait) => self.wait.insert(wait),
            None => {
                let begun = self.begin_wait();
                self.wait.insert(begun)
            }
        };
        // An endpoint that is read for as long as the task may must not keep the timer from being seen.
        let timer = pin!(unconstrained(wait.timer.as_mut()));
        timer.poll(cx).map(|()| wait.over)
    }

    fn begin_wait(&self) -> Wait {
        let since = Instant::now();
        let (left, idle) = match &self.stream {
            Some(stream) => (
                stream.ends.saturating_duration_since(since),
                Some(stream.idle),
            ),
            None => (self.left, None),
        };
        let idle = idle.filter(|idle| *idle < left);
        Wait {
            since,
            over: idle.map_or(Over::Whole(self.whole), Over::Idle),
            timer: Box::pin(tokio::time::sleep(idle.unwrap_or(left))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures::FutureExt as _;
    use tokio::task::coop::consume_budget;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn over(patience: &mut Patience) -> Option<Over> {
        let poll = poll_fn(|cx| Poll::Ready(patience.poll_end(cx)));
        match poll.await {
            Poll::Ready(over) => Some(over),
            Poll::Pending => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_waiting_for_the_endpoint_takes_time() {
        let called = Instant::now();
        tokio::time::advance(SECOND).await;
        let mut patience = Patience::after_head(4 * SECOND, called, None);
        // The client reads nothing for an hour.
        tokio::time::advance(3600 * SECOND).await;
        assert_eq!(over(&mut patience).await, None);
        tokio::time::advance(2 * SECOND).await;
        assert_eq!(over(&mut patience).await, None);
        assert_eq!(patience.rewarded(), Ok(()));
        tokio::time::advance(3600 * SECOND).await;
        // One second of three is left.
        assert_eq!(over(&mut patience).await, None);
        tokio::time::advance(SECOND).await;
        assert_eq!(over(&mut patience).await, Some(Over::Whole(4 * SECOND)));
    }

    #[tokio::test(start_paused = true)]
    async fn time_ends_for_tasks_that_have_no_turn_left() {
        let mut patience = Patience::after_head(SECOND, Instant::now(), None);
        assert_eq!(over(&mut patience).await, None);
        tokio::time::advance(SECOND).await;
        while consume_budget().now_or_never().is_some() {}
        assert_eq!(over(&mut patience).await, Some(Over::Whole(SECOND)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_part_may_take_longer_than_the_idle_time() {
        let mut patience = Patience::after_head(5 * SECOND, Instant::now(), Some(2 * SECOND));
        for _ in 0..2 {
            assert_eq!(over(&mut patience).await, None);
            tokio::time::advance(SECOND).await;
            assert_eq!(over(&mut patience).await, None);
            assert_eq!(patience.rewarded(), Ok(()));
        }
        assert_eq!(over(&mut patience).await, None);
        tokio::time::advance(2 * SECOND).await;
        assert_eq!(over(&mut patience).await, Some(Over::Idle(2 * SECOND)));
        assert_eq!(patience.rewarded(), Ok(()));
        // One second of five is left.
        assert_eq!(over(&mut patience).await, None);
        tokio::time::advance(SECOND).await;
        assert_eq!(over(&mut patience).await, Some(Over::Whole(5 * SECOND)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_never_pauses_ends() {
        let mut patience = Patience::after_head(5 * SECOND, Instant::now(), Some(2 * SECOND));
        for _ in 0..4 {
            tokio::time::advance(SECOND).await;
            assert_eq!(patience.rewarded(), Ok(()));
        }
        tokio::time::advance(SECOND).await;
        assert_eq!(patience.rewarded(), Err(Over::Whole(5 * SECOND)));
    }
}
