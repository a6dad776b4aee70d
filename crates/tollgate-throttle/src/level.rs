//! How full a bucket is, in an atomic number.

use tollgate_core::Moment;

use crate::limit::Limit;
use crate::note::Note;
use crate::refusal::Wait;
use crate::sync::{AtomicU64, Ordering};

/// What a bucket holds, without its limit, which many buckets can share: eight bytes.
///
/// It is the time at which the bucket would be full again, in the limit's units (as the generic cell
/// rate algorithm has it).
#[derive(Debug, Default)]
pub(crate) struct Level(AtomicU64);

/// A time that no bucket is full at.
const RETIRED: u64 = u64::MAX;

impl Level {
    /// A bucket that lacks so many units now.
    pub(crate) fn lacking(units: u64, limit: &Limit, now: Moment) -> Self {
        Self(AtomicU64::new(limit.units(now).saturating_add(units)))
    }

    /// Whether there are so many tokens: notes when the bucket is full, and what time it is.
    #[inline]
    pub(crate) fn check(&self, limit: &Limit, tokens: u32, now: Moment) -> Result<Note, Wait> {
        let (full_at, then) = (self.0.load(Ordering::Relaxed), limit.units(now));
        after(limit, tokens, full_at, then).map(|_| Note(full_at, then))
    }

    /// What was not checked before.
    #[inline]
    pub(crate) fn unchecked(&self, limit: &Limit, now: Moment) -> Note {
        Note(self.0.load(Ordering::Relaxed), limit.units(now))
    }

    /// Takes what was noted, or what is there by now; tells when the bucket is full again.
    #[inline]
    pub(crate) fn take(&self, limit: &Limit, tokens: u32, seen: Note) -> Result<u64, Wait> {
        let Note(mut full_at, then) = seen;
        loop {
            let full_then = after(limit, tokens, full_at, then)?;
            let swapped = self.0.compare_exchange_weak(
                full_at,
                full_then,
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => return Ok(full_then),
                Err(newer) => full_at = newer,
            }
        }
    }

    /// Gives units back, as many as `missing` says that surely are missing still; it is asked after the
    /// level was read, and again where another thread changed it meanwhile.
    pub(crate) fn give_back(&self, units: u64, missing: impl Fn() -> u64) {
        let mut full_at = self.0.load(Ordering::SeqCst);
        loop {
            let less = full_at.saturating_sub(units.min(missing()));
            let swapped =
                self.0
                    .compare_exchange_weak(full_at, less, Ordering::SeqCst, Ordering::SeqCst);
            match swapped {
                Ok(_) => return,
                Err(newer) => full_at = newer,
            }
        }
    }

    /// Makes a full bucket refuse for ever, if nobody takes from it at this moment: it can be
    /// forgotten then, since a new one says the same.
    pub(crate) fn retire(&self, limit: &Limit, now: Moment) -> bool {
        let full_at = self.0.load(Ordering::Relaxed);
        full_at <= limit.units(now)
            && self
                .0
                .compare_exchange(full_at, RETIRED, Ordering::SeqCst, Ordering::Relaxed)
                .is_ok()
    }

    pub(crate) fn is_retired(&self) -> bool {
        self.0.load(Ordering::Relaxed) == RETIRED
    }

    /// Units that it lacks until it is full.
    pub(crate) fn lacks(&self, limit: &Limit, now: Moment) -> u64 {
        let full_at = self.0.load(Ordering::Relaxed);
        full_at.saturating_sub(limit.units(now))
    }
}

/// When a bucket is full again after a take.
#[inline]
fn after(limit: &Limit, tokens: u32, full_at: u64, then: u64) -> Result<u64, Wait> {
    let units = u64::from(tokens).saturating_mul(limit.token());
    let begun = full_at.max(then);
    let lacking = (begun - then).saturating_add(units);
    match begun.checked_add(units) {
        Some(full_then) if lacking <= limit.capacity() => Ok(full_then),
        _ => Err(Wait::new(
            *limit,
            tokens,
            lacking.saturating_sub(limit.capacity()),
        )),
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use tollgate_core::RateLimit;

    use super::*;

    #[test]
    fn a_bucket_refuses_at_the_end_of_time() {
        // A token is a unit, and a unit is a nanosecond.
        let limit = Limit::new(RateLimit::new(1e9, 3).expect("it is a rate"));
        let at = |nanos| Moment::new(Duration::from_nanos(nanos), Duration::ZERO);
        let level = Level::default();
        for nanos in [u64::MAX - 4, u64::MAX - 1, u64::MAX] {
            let now = at(nanos);
            while level.take(&limit, 1, level.unchecked(&limit, now)).is_ok() {}
            assert!(level.lacks(&limit, now) <= limit.capacity(), "{nanos}");
        }
        assert!(
            level
                .take(&limit, u32::MAX, level.unchecked(&limit, at(0)))
                .is_err()
        );
    }
}
