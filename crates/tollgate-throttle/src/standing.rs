//! How much of a limit is left, for telling it to clients.

use std::time::Duration;

use tollgate_core::Moment;

use crate::TokenBucket;
use crate::counter::{QuotaCounter, QuotaLimit};
use crate::decision::Limited;
use crate::level::Level;
use crate::limit::Limit;
use crate::window::Day;

/// Where a caller stands with a limit at a moment. Others may take at the same time.
///
/// ```
/// use tollgate_core::{Clock, ManualClock, RateLimit};
/// use tollgate_throttle::TokenBucket;
///
/// let clock = ManualClock::default();
/// let bucket = TokenBucket::new(RateLimit::new(2.0, 10)?);
/// assert!(bucket.take(3, clock.now()).is_ok());
/// let standing = bucket.standing(clock.now());
/// assert_eq!((standing.limit, standing.remaining), (10, 7));
/// assert_eq!(standing.full_in.map(|time| time.as_millis()), Some(1_500));
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// The most that there can be: the burst of a bucket, what a quota admits in its window.
    pub limit: u64,
    /// Requests that would be admitted now.
    pub remaining: u64,
    /// How long until there is the most, if nobody takes any; `None`: never.
    pub full_in: Option<Duration>,
}

pub(crate) fn standing_of_bucket(limit: &Limit, level: &Level, now: Moment) -> Standing {
    let lacks = level.lacks(limit, now);
    Standing {
        limit: limit.rate().burst().into(),
        remaining: limit.capacity().saturating_sub(lacks) / limit.token(),
        full_in: limit.nanos(lacks).map(Duration::from_nanos),
    }
}

/// That of a quota, of whose window `admits` are admitted and `remaining` left.
pub(crate) fn standing_of_quota(
    limit: &QuotaLimit,
    (admits, remaining): (u64, u64),
    now: Moment,
) -> Standing {
    let end = limit.window(Day::of(now)).end;
    Standing {
        limit: admits,
        remaining,
        full_in: Some(end.begins_in(now)),
    }
}

impl TokenBucket {
    /// How much is left in it.
    #[must_use]
    pub fn standing(&self, now: Moment) -> Standing {
        let (limit, level) = self.parts();
        standing_of_bucket(limit, level, now)
    }
}

impl QuotaCounter {
    /// How much is left of the quota in its current window.
    #[must_use]
    pub fn standing(&self, limit: &QuotaLimit, now: Moment) -> Standing {
        let admits = self.admits(limit, limit.window(Day::of(now)));
        standing_of_quota(limit, (admits, self.remaining(limit, now)), now)
    }
}

impl Limited<'_> {
    /// How much is left of it.
    #[must_use]
    pub fn standing(&self, now: Moment) -> Standing {
        match self {
            Self::Rate(bucket) => bucket.standing(now),
            Self::Quota(counter, limit) => counter.standing(limit, now),
        }
    }
}
