//! Tokens that this process holds for a while.

use std::time::Duration;

use tollgate_core::Moment;

use crate::note::Note;
use crate::sync::{AtomicU64, Ordering};

/// How long tokens that were fetched may be spent.
pub const LEASE_KEPT: Duration = Duration::from_millis(500);

/// Bits of a number of tokens.
const COUNT_BITS: u32 = 24;
const MOST: u64 = (1 << COUNT_BITS) - 1;

/// A number of tokens, and the millisecond from which they may not be spent, in one number.
#[derive(Debug, Default)]
pub(super) struct Lease(AtomicU64);

fn packed(ends: u64, tokens: u64) -> u64 {
    ends << COUNT_BITS | tokens.min(MOST)
}

const fn unpacked(lease: u64) -> (u64, u64) {
    (lease >> COUNT_BITS, lease & MOST)
}

const fn millis(now: Moment) -> u64 {
    now.monotonic_nanos() / 1_000_000
}

impl Lease {
    /// Whether there is a token: notes the lease, and the time.
    #[inline]
    pub(super) fn check(&self, now: Moment) -> Option<Note> {
        let (lease, now) = (self.0.load(Ordering::Relaxed), millis(now));
        after(lease, now).map(|_| Note(lease, now))
    }

    /// Takes a token, if there is one still.
    #[inline]
    pub(super) fn take(&self, seen: Note) -> Option<Note> {
        let Note(mut lease, now) = seen;
        loop {
            let after = after(lease, now)?;
            let swapped =
                self.0
                    .compare_exchange_weak(lease, after, Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(_) => return Some(Note(after, now)),
                Err(newer) => lease = newer,
            }
        }
    }

    /// Adds tokens, to be spent until so long from now; those that are there already are not kept for
    /// longer than they were, and the new ones no longer than those. Answers how many were there that
    /// could not be spent any more: they are gone.
    pub(super) fn add(&self, tokens: u64, kept: Duration, now: Moment) -> u64 {
        let kept = u64::try_from(kept.min(LEASE_KEPT).as_millis()).unwrap_or(0);
        let now = millis(now);
        let mut lease = self.0.load(Ordering::Relaxed);
        loop {
            let (ends, there) = unpacked(lease);
            let (expired, merged) = match there {
                0 => (0, packed(now + kept, tokens)),
                _ if ends <= now => (there, packed(now + kept, tokens)),
                _ => (0, packed(ends.min(now + kept), there + tokens)),
            };
            let swapped =
                self.0
                    .compare_exchange_weak(lease, merged, Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(_) => return expired,
                Err(newer) => lease = newer,
            }
        }
    }

    /// Takes all tokens, spendable or not.
    pub(super) fn drain(&self) -> u64 {
        unpacked(self.0.swap(0, Ordering::AcqRel)).1
    }

    /// Takes the tokens that cannot be spent any more.
    pub(super) fn drain_expired(&self, now: Moment) -> u64 {
        let lease = self.0.load(Ordering::Acquire);
        let (ends, tokens) = unpacked(lease);
        let is_over = tokens > 0 && ends <= millis(now);
        let drained = is_over
            && self
                .0
                .compare_exchange(lease, 0, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok();
        if drained { tokens } else { 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        unpacked(self.0.load(Ordering::Acquire)).1 == 0
    }
}

/// How long a token may be spent that was taken from a lease.
pub(super) fn left(taken: Note, now: Moment) -> Duration {
    let (ends, _) = unpacked(taken.0);
    Duration::from_millis(ends.saturating_sub(millis(now)))
}

/// The lease after one more token.
const fn after(lease: u64, now: u64) -> Option<u64> {
    let (ends, tokens) = unpacked(lease);
    if tokens == 0 || ends <= now {
        return None;
    }
    Some(lease - 1)
}

#[cfg(test)]
mod tests {
    use tollgate_core::{Clock, ManualClock};

    use super::*;

    #[test]
    fn tokens_are_spent_once_and_not_for_ever() {
        let clock = ManualClock::default();
        clock.advance(Duration::from_secs(1));
        let lease = Lease::default();
        assert!(lease.check(clock.now()).is_none());
        assert_eq!(lease.add(2, LEASE_KEPT, clock.now()), 0);
        let seen = lease.check(clock.now()).expect("there are two");
        assert!(lease.take(seen).is_some());
        assert!(lease.take(seen).is_some());
        assert!(lease.take(seen).is_none());

        lease.add(3, LEASE_KEPT, clock.now());
        clock.advance(Duration::from_millis(499));
        assert!(lease.check(clock.now()).is_some());
        assert_eq!(lease.drain_expired(clock.now()), 0);
        // They end with those that were there.
        assert_eq!(lease.add(1, LEASE_KEPT, clock.now()), 0);
        clock.advance(Duration::from_millis(1));
        assert!(lease.check(clock.now()).is_none());
        assert_eq!(lease.add(5, Duration::from_millis(7), clock.now()), 4);
        clock.advance(Duration::from_millis(7));
        assert_eq!(lease.drain_expired(clock.now()), 5);
        assert!(lease.is_empty());
        lease.add(6, LEASE_KEPT, clock.now());
        assert_eq!(lease.drain(), 6);
    }
}
