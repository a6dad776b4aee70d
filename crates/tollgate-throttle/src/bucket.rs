//! A token bucket with its limit.

use tollgate_core::{Clock, Moment, RateLimit};

use crate::limit::Limit;
use crate::note::Note;
use crate::refusal::Wait;
use crate::state::State;

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
    state: State,
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
        Self {
            limit: Limit::new(limit),
            state: State::default(),
        }
    }

    /// A bucket with another limit that holds what this one holds now, or as much of it as fits.
    #[must_use]
    pub fn with_limit(&self, limit: RateLimit, now: Moment) -> Self {
        let limit = Limit::new(limit);
        let held = self
            .limit
            .capacity()
            .saturating_sub(self.state.lacks(&self.limit, now));
        let held = u128::from(held) * u128::from(limit.token()) / u128::from(self.limit.token());
        let held = u64::try_from(held).unwrap_or(u64::MAX);
        let state = State::lacking(limit.capacity().saturating_sub(held), &limit, now);
        Self { limit, state }
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
    pub fn take(&self, tokens: u32, now: Moment) -> Result<Tokens, Wait> {
        let seen = self.state.check(&self.limit, tokens, now)?;
        let taken = self.state.take(&self.limit, tokens, seen)?;
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
        self.state
            .give_back(&self.limit, tokens.count, tokens.taken, clock);
    }

    /// How many whole tokens there are.
    #[must_use]
    pub fn tokens(&self, now: Moment) -> u32 {
        let lacks = self.state.lacks(&self.limit, now);
        let held = self.limit.capacity().saturating_sub(lacks) / self.limit.token();
        u32::try_from(held).unwrap_or(u32::MAX)
    }

    pub(crate) const fn parts(&self) -> (&Limit, &State) {
        (&self.limit, &self.state)
    }

    #[inline]
    pub(crate) fn check_one(&self, now: Moment) -> Result<Note, Wait> {
        self.state.check(&self.limit, 1, now)
    }

    #[inline]
    pub(crate) fn take_one(&self, seen: Note) -> Result<Note, Wait> {
        self.state.take(&self.limit, 1, seen)
    }

    pub(crate) fn give_one_back(&self, taken: Note, clock: &dyn Clock) {
        self.state.give_back(&self.limit, 1, taken, clock);
    }
}
