//! One decision over several limits.

use std::time::Duration;

use tollgate_core::{Clock, Moment};

use crate::counter::{Exhausted, QuotaCounter, QuotaLimit};
use crate::note::Note;
use crate::refusal::Wait;
use crate::{Day, TokenBucket};

/// A limit that a request takes one of.
#[derive(Clone, Copy, Debug)]
pub enum Limited<'a> {
    /// A token of a bucket.
    Rate(&'a TokenBucket),
    /// A request of a quota.
    Quota(&'a QuotaCounter, &'a QuotaLimit),
}

/// The limit that refused a request; no limit was touched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refused {
    /// Which of the limits it was.
    pub index: usize,
    /// When it would admit one.
    pub until: Until,
}

/// When a limit would admit what it refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Until {
    /// After some time, if nobody else takes any.
    Rate(Wait),
    /// On some day.
    Quota(Day),
}

impl Until {
    /// How long that is from now, for `Retry-After`; `None`: never.
    #[must_use]
    pub fn duration(&self, now: Moment) -> Option<Duration> {
        match self {
            Self::Rate(wait) => wait.duration(),
            Self::Quota(day) => Some(day.begins_in(now)),
        }
    }
}

impl Limited<'_> {
    #[inline]
    pub(crate) fn check(&self, now: Moment) -> Result<Note, Until> {
        match self {
            Self::Rate(bucket) => bucket.check_one(now).map_err(Until::Rate),
            Self::Quota(counter, limit) => counter.check(limit, now).map_err(Until::from),
        }
    }

    #[inline]
    pub(crate) fn take(&self, seen: Note) -> Result<Note, Until> {
        match self {
            Self::Rate(bucket) => bucket.take_one(seen).map_err(Until::Rate),
            Self::Quota(counter, limit) => counter.take_seen(limit, seen).map_err(Until::from),
        }
    }

    #[cold]
    pub(crate) fn give_back(&self, taken: Note, now: Moment, clock: &dyn Clock) {
        match self {
            Self::Rate(bucket) => bucket.give_one_back(taken, clock),
            Self::Quota(counter, limit) => counter.give_back(limit, now),
        }
    }
}

/// Takes one of each limit, or of none: a request that one of them refuses costs the others nothing.
///
/// The limits are asked in their order, and the first that refuses is named. The clock is read again
/// where another thread came in between.
///
/// # Errors
///
/// [`Refused`].
///
/// ```
/// use tollgate_core::{Clock, ManualClock, RateLimit};
/// use tollgate_throttle::{Limited, TokenBucket, take_all};
///
/// let clock = ManualClock::default();
/// let (method, account) = (
///     TokenBucket::new(RateLimit::new(1.0, 5)?),
///     TokenBucket::new(RateLimit::new(1.0, 1)?),
/// );
/// let limits = [Some(Limited::Rate(&method)), None, Some(Limited::Rate(&account))];
/// assert!(take_all(limits, clock.now(), &clock).is_ok());
/// assert_eq!(take_all(limits, clock.now(), &clock).unwrap_err().index, 2);
/// assert_eq!(method.tokens(clock.now()), 4);
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
#[inline]
pub fn take_all<const N: usize>(
    limits: [Option<Limited<'_>>; N],
    now: Moment,
    clock: &dyn Clock,
) -> Result<(), Refused> {
    take_noted(&limits, &mut [Note::default(); N], now, clock)
}

/// As [`take_all`], with a place for a note of each limit.
#[inline]
pub(crate) fn take_noted(
    limits: &[Option<Limited<'_>>],
    notes: &mut [Note],
    now: Moment,
    clock: &dyn Clock,
) -> Result<(), Refused> {
    // Most refusals are found here, without a write.
    for (index, (limit, note)) in limits.iter().zip(&mut *notes).enumerate() {
        if let Some(limit) = limit {
            match limit.check(now) {
                Ok(seen) => *note = seen,
                Err(until) => return Err(Refused { index, until }),
            }
        }
    }
    for (index, limit) in limits.iter().enumerate() {
        if let Some(limit) = limit {
            match limit.take(notes[index]) {
                Ok(taken) => notes[index] = taken,
                Err(until) => {
                    // Somebody else was quicker.
                    for (limit, taken) in limits.iter().zip(notes).take(index) {
                        if let Some(limit) = limit {
                            limit.give_back(*taken, now, clock);
                        }
                    }
                    return Err(Refused { index, until });
                }
            }
        }
    }
    Ok(())
}

impl From<Exhausted> for Until {
    fn from(exhausted: Exhausted) -> Self {
        Self::Quota(exhausted.until)
    }
}
