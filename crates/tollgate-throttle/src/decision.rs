//! One decision over several limits.

use std::time::Duration;

use tollgate_core::{Clock, Moment};

use crate::counter::{self, Exhausted, QuotaCounter, QuotaLimit};
use crate::refusal::Wait;
use crate::state::{self, Taken};
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
            Self::Quota(day) => {
                let begins = Duration::from_secs(u64::from(day.number()) * 86_400);
                Some(begins.saturating_sub(now.unix))
            }
        }
    }
}

/// A limit that admits one, as it was a moment ago.
#[derive(Clone, Copy)]
enum Checked<'a> {
    Rate(&'a TokenBucket, state::Seen),
    Quota(&'a QuotaCounter, &'a QuotaLimit, counter::Seen),
}

impl<'a> Limited<'a> {
    fn check(self, now: Moment) -> Result<Checked<'a>, Until> {
        match self {
            Self::Rate(bucket) => match bucket.check_one(now) {
                Ok(seen) => Ok(Checked::Rate(bucket, seen)),
                Err(wait) => Err(Until::Rate(wait)),
            },
            Self::Quota(counter, limit) => match counter.check(limit, now) {
                Ok(seen) => Ok(Checked::Quota(counter, limit, seen)),
                Err(exhausted) => Err(exhausted.into()),
            },
        }
    }
}

/// What was taken of a limit.
#[derive(Clone, Copy)]
enum OneTaken<'a> {
    Rate(&'a TokenBucket, Taken),
    Quota(&'a QuotaCounter, &'a QuotaLimit),
}

impl<'a> Checked<'a> {
    fn take(self) -> Result<OneTaken<'a>, Until> {
        match self {
            Self::Rate(bucket, seen) => match bucket.take_one(seen) {
                Ok(taken) => Ok(OneTaken::Rate(bucket, taken)),
                Err(wait) => Err(Until::Rate(wait)),
            },
            Self::Quota(counter, limit, seen) => match counter.take_seen(limit, seen) {
                Ok(()) => Ok(OneTaken::Quota(counter, limit)),
                Err(exhausted) => Err(exhausted.into()),
            },
        }
    }
}

impl OneTaken<'_> {
    fn give_back(self, now: Moment, clock: &dyn Clock) {
        match self {
            Self::Rate(bucket, taken) => bucket.give_one_back(taken, clock),
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
    // Most refusals are found here, without a write.
    let mut checked = [const { None }; N];
    for (index, (limit, place)) in limits.into_iter().zip(&mut checked).enumerate() {
        if let Some(limit) = limit {
            *place = Some(limit.check(now).map_err(|until| Refused { index, until })?);
        }
    }
    let mut taken = [const { None }; N];
    for (index, limit) in checked.into_iter().enumerate() {
        let Some(limit) = limit else { continue };
        match limit.take() {
            Ok(one) => taken[index] = Some(one),
            Err(until) => {
                // Somebody else was quicker.
                for one in taken.into_iter().flatten() {
                    one.give_back(now, clock);
                }
                return Err(Refused { index, until });
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
