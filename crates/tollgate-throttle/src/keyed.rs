//! Buckets by key, of strangers too.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use tollgate_core::{Moment, RateLimit};

use crate::known::{Forgettable, Known};
use crate::level::Level;
use crate::limit::Limit;
use crate::refusal::Wait;
use crate::standing::{Standing, standing_of_bucket};

/// A bucket for each key, all with the same limit.
///
/// Keys may come from strangers: a bucket that is full again is forgotten, and keys beyond the most
/// that are kept share one bucket, so that a flood of them neither fills the memory nor gets past
/// the limit. Of a key 128 bits of its hash are kept and nothing else: it takes as much room however
/// long it is.
///
/// ```
/// use tollgate_core::{Clock, ManualClock, RateLimit};
/// use tollgate_throttle::KeyedBuckets;
///
/// let clock = ManualClock::default();
/// let clients = KeyedBuckets::<String>::new(RateLimit::new(1.0, 1)?);
/// assert!(clients.take("10.0.0.1", clock.now()).is_ok());
/// assert!(clients.take("10.0.0.1", clock.now()).is_err());
/// assert!(clients.take("10.0.0.2", clock.now()).is_ok());
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
pub struct KeyedBuckets<K> {
    limit: Limit,
    known: Known<Level>,
    keys: PhantomData<fn(&K)>,
}

impl Forgettable for Level {
    fn is_retired(&self) -> bool {
        Self::is_retired(self)
    }
}

impl<K> KeyedBuckets<K> {
    /// Buckets with this limit, for at most [`DEFAULT_MOST_KEYS`](crate::DEFAULT_MOST_KEYS).
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limit: Limit::new(limit),
            known: Known::new(),
            keys: PhantomData,
        }
    }

    /// Keeps at most so many keys.
    #[must_use]
    pub const fn with_most_keys(mut self, most: usize) -> Self {
        self.known.set_most_keys(most);
        self
    }

    /// The limit of each key.
    #[must_use]
    pub const fn limit(&self) -> RateLimit {
        self.limit.rate()
    }

    /// How many keys have a bucket.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.len() == 0
    }

    /// Takes a token from a key's bucket.
    ///
    /// # Errors
    ///
    /// [`Wait`]: how long until there is one.
    pub fn take<Q>(&self, key: &Q, now: Moment) -> Result<(), Wait>
    where
        K: Borrow<Q>,
        Q: Hash + ?Sized,
    {
        // A bucket that is full again says what a new one says.
        self.known.take(
            key,
            |level| take_one(level, &self.limit, now),
            |level| level.retire(&self.limit, now),
        )
    }

    /// What is left in a key's bucket.
    #[must_use]
    pub fn standing<Q>(&self, key: &Q, now: Moment) -> Standing
    where
        K: Borrow<Q>,
        Q: Hash + ?Sized,
    {
        let see = |level: &Level| standing_of_bucket(&self.limit, level, now);
        self.known.see(key, see)
    }

    /// Forgets the keys whose buckets are full again.
    pub fn sweep(&self, now: Moment) {
        self.known.sweep(|level| level.retire(&self.limit, now));
    }
}

fn take_one(level: &Level, limit: &Limit, now: Moment) -> Result<(), Wait> {
    let seen = level.unchecked(limit, now);
    level.take(limit, 1, seen).map(drop)
}

impl<K> fmt::Debug for KeyedBuckets<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedBuckets")
            .field("limit", &self.limit.rate())
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}
