//! A token bucket with its limit.

#[cfg(feature = "redis")]
use std::time::Duration;

use tollgate_core::{Clock, Moment, RateLimit};

use crate::level::Level;
use crate::limit::Limit;
use crate::note::Note;
use crate::refusal::Wait;
use crate::sync::{AtomicU32, Ordering};

/// A token bucket: full at first, refilled at a rate up to its burst.
///
/// Threads share it without a lock. Time comes from the caller; intervals are those of the monotonic
/// part.
///
/// ```
/// use std::time::Duration;
///
/// use tollgate_core::{Clock, ManualClock, RateLimit};
/// use tollgate_throttle::TokenBucket;
///
/// let clock = ManualClock::default();
/// let bucket = TokenBucket::new(RateLimit::new(2.0, 1)?);
/// assert!(bucket.take(1, clock.now()).is_ok());
/// let wait = bucket.take(1, clock.now()).unwrap_err().duration();
/// assert_eq!(wait.map(|wait| wait.as_millis()), Some(500));
/// clock.advance(wait.unwrap_or(Duration::MAX));
/// assert!(bucket.take(1, clock.now()).is_ok());
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
#[derive(Debug)]
pub struct TokenBucket {
    limit: Limit,
    level: Level,
    /// Tokens that somebody has begun to give back, and has given back; they wrap.
    returning: AtomicU32,
    returned: AtomicU32,
}

/// Tokens that were taken from a bucket, for giving them back to it.
#[derive(Debug)]
pub struct Tokens {
    count: u32,
    taken: Note,
}

impl TokenBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self::with_level(Limit::new(limit), Level::default())
    }

    /// A bucket with another limit that holds what this one holds now, or as much of it as fits.
    #[must_use]
    pub fn with_limit(&self, limit: RateLimit, now: Moment) -> Self {
        let limit = Limit::new(limit);
        let held = self
            .limit
            .capacity()
            .saturating_sub(self.level.lacks(&self.limit, now));
        let held = u128::from(held) * u128::from(limit.token()) / u128::from(self.limit.token());
        let held = u64::try_from(held).unwrap_or(u64::MAX);
        let lacking = limit.capacity().saturating_sub(held);
        Self::with_level(limit, Level::lacking(lacking, &limit, now))
    }

    fn with_level(limit: Limit, level: Level) -> Self {
        Self {
            limit,
            level,
            returning: AtomicU32::new(0),
            returned: AtomicU32::new(0),
        }
    }

    /// Its rate and burst.
    #[must_use]
    pub const fn limit(&self) -> RateLimit {
        self.limit.rate()
    }

    /// Takes tokens if there are so many.
    ///
    /// # Errors
    ///
    /// [`Wait`]: how long until there are so many, if nobody else takes any. Nothing is taken then.
    #[inline]
    pub fn take(&self, tokens: u32, now: Moment) -> Result<Tokens, Wait> {
        let taken = self.take_seen(tokens, self.level.unchecked(&self.limit, now))?;
        Ok(Tokens {
            count: tokens,
            taken,
        })
    }

    /// Gives tokens back that were taken from this bucket and not used.
    ///
    /// What the bucket has got again by itself is not given twice: never more gets through than the
    /// limit says, whoever gives back what and when.
    #[expect(clippy::needless_pass_by_value, reason = "tokens are given back once")]
    pub fn give_back(&self, tokens: Tokens, clock: &dyn Clock) {
        self.return_tokens(tokens.count, tokens.taken, clock);
    }

    /// How many whole tokens there are.
    #[must_use]
    pub fn tokens(&self, now: Moment) -> u32 {
        let lacks = self.level.lacks(&self.limit, now);
        let held = self.limit.capacity().saturating_sub(lacks) / self.limit.token();
        u32::try_from(held).unwrap_or(u32::MAX)
    }

    pub(crate) const fn parts(&self) -> (&Limit, &Level) {
        (&self.limit, &self.level)
    }

    #[inline]
    pub(crate) fn check_one(&self, now: Moment) -> Result<Note, Wait> {
        self.level.check(&self.limit, 1, now)
    }

    #[inline]
    pub(crate) fn take_one(&self, seen: Note) -> Result<Note, Wait> {
        self.take_seen(1, seen)
    }

    /// A refusal that says so long.
    #[cfg(feature = "redis")]
    pub(crate) fn wait(&self, duration: Duration) -> Wait {
        let after = Moment::new(duration, Duration::ZERO);
        Wait::new(self.limit, 1, self.limit.units(after))
    }

    pub(crate) fn give_one_back(&self, taken: Note, clock: &dyn Clock) {
        self.return_tokens(1, taken, clock);
    }

    /// Notes when the bucket is full again, and how much was returned till now.
    #[inline]
    fn take_seen(&self, tokens: u32, seen: Note) -> Result<Note, Wait> {
        let returned = self.returned.load(Ordering::SeqCst);
        let full_then = self.level.take(&self.limit, tokens, seen)?;
        Ok(Note(full_then, returned.into()))
    }

    /// Only what was surely not lost since comes back: a bucket that was full in the meantime has its
    /// tokens already. It was not full while its time lay ahead of the clock by more than all that
    /// others gave back since the take.
    fn return_tokens(&self, tokens: u32, taken: Note, clock: &dyn Clock) {
        let Note(full_then, returned_then) = taken;
        let returned_then = u32::try_from(returned_then).unwrap_or_default();
        self.returning.fetch_add(tokens, Ordering::SeqCst);
        let units = |tokens: u32| u64::from(tokens).saturating_mul(self.limit.token());
        self.level.give_back(units(tokens), || {
            let returning = self.returning.load(Ordering::SeqCst);
            let others = returning.wrapping_sub(returned_then).saturating_sub(tokens);
            let now = self.limit.units(clock.now());
            full_then.saturating_sub(units(others)).saturating_sub(now)
        });
        self.returned.fetch_add(tokens, Ordering::SeqCst);
    }
}
