//! How long an endpoint may keep its callers waiting.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// The time that an endpoint has for its answer.
///
/// It runs while somebody waits for the endpoint, and not while the client takes its time to read.
pub(super) struct Patience {
    /// All of it, for the reason of a refusal.
    pub(super) whole: Duration,
    left: Duration,
    wait: Option<Wait>,
}

struct Wait {
    since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Patience {
    /// What is left of it once the head of an answer is there.
    pub(super) fn after_head(whole: Duration, called: Instant) -> Self {
        Self {
            whole,
            left: whole.saturating_sub(called.elapsed()),
            wait: None,
        }
    }

    /// The endpoint gave something.
    pub(super) fn rewarded(&mut self) {
        if let Some(wait) = self.wait.take() {
            self.left = self.left.saturating_sub(wait.since.elapsed());
        }
    }

    /// The endpoint gives nothing at present; ready when there is no time left to wait.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        let wait = self.wait.get_or_insert_with(|| Wait {
            since: Instant::now(),
            timer: Box::pin(tokio::time::sleep(left)),
        });
        wait.timer.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn is_over(patience: &mut Patience) -> bool {
        poll_fn(|cx| Poll::Ready(patience.poll_end(cx).is_ready())).await
    }

    #[tokio::test(start_paused = true)]
    async fn only_waiting_for_the_endpoint_takes_time() {
        let called = Instant::now();
        tokio::time::advance(SECOND).await;
        let mut patience = Patience::after_head(4 * SECOND, called);
        // The client reads nothing for an hour.
        tokio::time::advance(3600 * SECOND).await;
        assert!(!is_over(&mut patience).await);
        tokio::time::advance(2 * SECOND).await;
        assert!(!is_over(&mut patience).await);
        patience.rewarded();
        tokio::time::advance(3600 * SECOND).await;
        // One second of three is left.
        assert!(!is_over(&mut patience).await);
        tokio::time::advance(SECOND).await;
        assert!(is_over(&mut patience).await);
    }
}
