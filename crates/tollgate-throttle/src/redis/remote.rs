//! What this process knows of a limit that it shares.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tollgate_core::Moment;

use super::away::{BucketShare, QuotaShare};
use super::lease::Lease;
use super::terms::Terms;
use crate::Window;

/// What a [`StoredLimit`](crate::StoredLimit) remembers of the store that it belongs to.
#[derive(Debug)]
pub(crate) enum Attached {
    /// It is not shared.
    Local,
    /// It is.
    Shared(Shared),
    /// It admits everything, and what is counted is brought to Redis later.
    Counted(Shared),
}

/// A limit with its terms, which may change while what is known stays.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(super) remote: Arc<Remote>,
    pub(super) terms: Arc<Terms>,
    pub(super) is_exact: bool,
}

/// A limit in Redis, seen from here.
#[derive(Debug)]
pub(super) struct Remote {
    /// Who waits for several limits waits in this order.
    pub(super) number: u64,
    /// What the keys of limits of one decision have between their braces.
    pub(super) tag: Box<str>,
    /// Its key; that of a quota goes on with the window.
    pub(super) key: Box<str>,
    pub(super) lease: Lease,
    /// Requests of a quota that admits everything, which Redis has not been told of.
    pub(super) uncounted: AtomicI64,
    /// One fetches, the others wait for it.
    pub(super) flight: tokio::sync::Mutex<()>,
    /// Fetches that failed.
    pub(super) failures: AtomicU64,
    /// Monotonic nanoseconds until which it is not asked again.
    refused_until: AtomicU64,
    /// Monotonic nanoseconds from which it would admit.
    admits_from: AtomicU64,
    known: Mutex<Known>,
}

/// What is read and written where Redis is asked.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What of the last fetch was or would have been spent, and when it was.
    pub(super) fetched: Option<(u64, Moment)>,
    /// The window whose requests the lease holds.
    pub(super) lease_window: Option<Window>,
    /// Whether it is in the list of what must be looked after.
    pub(super) is_listed: bool,
    pub(super) bucket: BucketKnown,
    pub(super) quota: QuotaKnown,
}

#[derive(Debug, Default)]
pub(super) struct BucketKnown {
    /// What it held, in millionths, and when.
    pub(super) level: Option<(u64, Moment)>,
    /// Tokens to bring back.
    pub(super) back: u64,
    pub(super) share: Option<BucketShare>,
}

#[derive(Debug, Default)]
pub(super) struct QuotaKnown {
    /// What its window had used, and was granted.
    pub(super) seen: Option<Seen>,
    /// The connection whose server has been told of the durable count.
    pub(super) told: Option<(u64, Window)>,
    pub(super) share: Option<QuotaShare>,
    pub(super) adjustments: Adjustments,
    /// Whether its count is to be recorded.
    pub(super) is_dirty: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) window: Window,
    pub(super) used: u64,
    pub(super) granted: i64,
}

/// What must be added to counts: requests that were counted here while Redis was away, less those
/// that were counted there and not made.
///
/// A batch is sent until it is acknowledged, and its number sees to it that it counts once.
#[derive(Debug, Default)]
pub(super) struct Adjustments {
    waiting: Vec<(Window, i64)>,
    sent: Option<Batch>,
    last_number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) number: u64,
    pub(super) window: Window,
    pub(super) count: i64,
}

impl Adjustments {
    pub(super) fn add(&mut self, window: Window, count: i64) {
        match self.waiting.iter_mut().find(|(of, _)| *of == window) {
            Some((_, waiting)) => *waiting = waiting.saturating_add(count),
            None => self.waiting.push((window, count)),
        }
        self.waiting.retain(|(_, count)| *count != 0);
    }

    /// What is to be sent for a window, if nothing else must be sent before.
    pub(super) fn batch(&mut self, window: Window) -> Option<Batch> {
        if self.sent.is_none() {
            let place = self.waiting.iter().position(|(of, _)| *of == window)?;
            let (_, count) = self.waiting.remove(place);
            self.last_number += 1;
            let number = self.last_number;
            self.sent = Some(Batch {
                number,
                window,
                count,
            });
        }
        self.sent.filter(|sent| sent.window == window)
    }

    /// A window for which something is to be sent.
    pub(super) fn next_window(&self) -> Option<Window> {
        let sent = self.sent.map(|sent| sent.window);
        sent.or_else(|| self.waiting.first().map(|(window, _)| *window))
    }

    pub(super) fn acknowledge(&mut self, batch: Batch) {
        if self.sent == Some(batch) {
            self.sent = None;
        }
    }
}

impl Remote {
    pub(super) fn new(number: u64, tag: &str, key: String) -> Self {
        Self {
            number,
            tag: tag.into(),
            key: key.into(),
            lease: Lease::default(),
            uncounted: AtomicI64::new(0),
            flight: tokio::sync::Mutex::new(()),
            failures: AtomicU64::new(0),
            refused_until: AtomicU64::new(0),
            admits_from: AtomicU64::new(0),
            known: Mutex::default(),
        }
    }

    /// The key of a quota's window.
    pub(super) fn window_key(&self, window: Window) -> String {
        format!("{}:{}", self.key, window.start.number())
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The monotonic nanoseconds from which it would admit, where it is known to refuse.
    #[inline]
    pub(super) fn refuses(&self, now: Moment) -> Option<u64> {
        let until = self.refused_until.load(Ordering::Acquire);
        (now.monotonic_nanos() < until).then(|| self.admits_from.load(Ordering::Relaxed))
    }

    pub(super) fn refuse(&self, admits_from: u64, until: u64) {
        self.admits_from.store(admits_from, Ordering::Relaxed);
        self.refused_until.store(until, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Day;

    fn window(start: u32) -> Window {
        Window {
            start: Day::from_number(start),
            end: Day::from_number(start + 1),
        }
    }

    #[test]
    fn adjustments_are_sent_until_they_are_acknowledged() {
        let mut adjustments = Adjustments::default();
        assert_eq!(adjustments.batch(window(1)), None);
        adjustments.add(window(1), 5);
        adjustments.add(window(1), -2);
        let first = adjustments.batch(window(1)).expect("something waits");
        assert_eq!((first.number, first.count), (1, 3));
        adjustments.add(window(1), 4);
        adjustments.add(window(2), 1);
        assert_eq!(adjustments.batch(window(1)), Some(first));
        assert_eq!(adjustments.batch(window(2)), None);
        assert_eq!(adjustments.next_window(), Some(window(1)));
        adjustments.acknowledge(first);
        let second = adjustments.batch(window(1)).expect("something waits");
        assert_eq!((second.number, second.count), (2, 4));
        // A late answer to the first one.
        adjustments.acknowledge(first);
        assert_eq!(adjustments.batch(window(1)), Some(second));
        adjustments.acknowledge(second);
        assert_eq!(adjustments.next_window(), Some(window(2)));
    }
}
