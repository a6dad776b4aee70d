//! Buckets by key, of strangers too.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;

use foldhash::quality::RandomState;
use papaya::{HashMap, ResizeMode};
use tollgate_core::{Moment, RateLimit};

use crate::limit::Limit;
use crate::refusal::Wait;
use crate::state::State;
use crate::sync::{AtomicU64, Ordering};

/// Keys that are known at the same time, unless it is set otherwise.
pub const DEFAULT_MOST_KEYS: usize = 1_000_000;

/// A bucket for each key, all with the same limit.
///
/// Keys may come from strangers: a bucket that is full again is forgotten, and keys beyond the most
/// that are kept share one bucket, so that a flood of them neither fills the memory nor gets past
/// the limit.
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
    known: HashMap<K, State, RandomState>,
    most_keys: usize,
    /// Keys that came when there was no room.
    others: State,
    /// New keys until the next search for buckets that can be forgotten.
    until_sweep: AtomicU64,
}

impl<K: Hash + Eq> KeyedBuckets<K> {
    /// Buckets with this limit, for at most [`DEFAULT_MOST_KEYS`].
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limit: Limit::new(limit),
            // A table that grows in steps stays in two halves when no new keys come.
            known: HashMap::builder()
                .hasher(RandomState::default())
                .resize_mode(ResizeMode::Blocking)
                .build(),
            most_keys: DEFAULT_MOST_KEYS,
            others: State::default(),
            until_sweep: AtomicU64::new(SHORTEST_PAUSE),
        }
    }

    /// Keeps at most so many keys.
    #[must_use]
    pub const fn with_most_keys(mut self, most: usize) -> Self {
        self.most_keys = most;
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
        self.known.is_empty()
    }

    /// Takes a token from a key's bucket.
    ///
    /// # Errors
    ///
    /// [`Wait`]: how long until there is one.
    pub fn take<Q>(&self, key: &Q, now: Moment) -> Result<(), Wait>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        let known = self.known.pin();
        loop {
            let state = match known.get(key) {
                Some(state) => state,
                None if self.has_room(now) => {
                    known.get_or_insert_with(key.to_owned(), State::default)
                }
                None => &self.others,
            };
            let outcome = take_one(state, &self.limit, now);
            if outcome.is_err() && state.is_retired() {
                // It was full, and is being forgotten.
                let _ = known.remove_if(key, |_, state| state.is_retired());
                continue;
            }
            return outcome;
        }
    }

    /// Whether one more key can be kept; from time to time full buckets are forgotten first.
    fn has_room(&self, now: Moment) -> bool {
        let pause = self
            .until_sweep
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        if pause == Ok(1) {
            // Who takes the last one searches, and nobody else until then.
            self.sweep(now);
        }
        self.known.len() < self.most_keys
    }

    /// Forgets the keys whose buckets are full again.
    pub fn sweep(&self, now: Moment) {
        let known = self.known.pin();
        let kept = |_: &K, state: &State| !state.is_retired() && !state.retire(&self.limit, now);
        known.retain(kept);
        // As many new keys as were looked at pay for the next search.
        let pause = u64::try_from(self.known.len() / 2).unwrap_or(u64::MAX);
        self.until_sweep
            .store(pause.max(SHORTEST_PAUSE), Ordering::Relaxed);
    }
}

/// New keys between two searches, at least.
const SHORTEST_PAUSE: u64 = 1_024;

fn take_one(state: &State, limit: &Limit, now: Moment) -> Result<(), Wait> {
    let seen = state.check(limit, 1, now)?;
    state.take(limit, 1, seen).map(drop)
}

impl<K> fmt::Debug for KeyedBuckets<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedBuckets")
            .field("limit", &self.limit.rate())
            .field("most_keys", &self.most_keys)
            .finish_non_exhaustive()
    }
}
