//! What is kept for each key, of strangers too.

use std::fmt;
use std::hash::Hash;

use foldhash::fast::RandomState;
use papaya::{Guard, HashMap, ResizeMode};

use crate::fingerprint::{Fingerprint, Fingerprints};
use crate::sync::{AtomicU64, Ordering};

/// Keys that are known at the same time, unless it is set otherwise.
pub const DEFAULT_MOST_KEYS: usize = 1_000_000;

/// New keys between two searches for what can be forgotten, at least.
const SHORTEST_PAUSE: u64 = 1_024;

/// What is kept for a key, and can be forgotten as long as it says what a new one says.
pub(crate) trait Forgettable: Default {
    /// Whether it refuses for ever, since it is being forgotten.
    fn is_retired(&self) -> bool;
}

/// States by key. Keys beyond the most that are kept share one.
///
/// Keys themselves are not kept: strangers may choose long ones.
pub(crate) struct Known<S> {
    fingerprints: Fingerprints,
    states: HashMap<Fingerprint, S, RandomState>,
    most_keys: usize,
    /// That of keys that came when there was no room.
    others: S,
    /// New keys until the next search for states that can be forgotten.
    until_sweep: AtomicU64,
}

impl<S: Forgettable> Known<S> {
    pub(crate) fn new() -> Self {
        Self {
            fingerprints: Fingerprints::default(),
            // A table that grows in steps stays in two halves when no new keys come.
            states: HashMap::builder()
                .hasher(RandomState::default())
                .resize_mode(ResizeMode::Blocking)
                .build(),
            most_keys: DEFAULT_MOST_KEYS,
            others: S::default(),
            until_sweep: AtomicU64::new(SHORTEST_PAUSE),
        }
    }

    pub(crate) const fn set_most_keys(&mut self, most: usize) {
        self.most_keys = most;
    }

    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    /// Takes something from a key's state. A state that was retired before refuses; a new one is asked
    /// then. `retire` makes a state refuse for ever if it can be forgotten.
    #[inline]
    pub(crate) fn take<Q, T, E>(
        &self,
        key: &Q,
        take: impl Fn(&S) -> Result<T, E>,
        retire: impl Fn(&S) -> bool,
    ) -> Result<T, E>
    where
        Q: Hash + ?Sized,
    {
        let key = self.fingerprints.of(key);
        let states = self.states.pin();
        loop {
            let state = match states.get(&key) {
                Some(state) => state,
                None if self.has_room(&retire) => states.get_or_insert_with(key, S::default),
                None => &self.others,
            };
            let outcome = take(state);
            if outcome.is_err() && state.is_retired() {
                let _ = states.remove_if(&key, |_, state| state.is_retired());
                continue;
            }
            return outcome;
        }
    }

    /// What a key's state says: that of a key which is not known is a new one, or the one that the
    /// others share.
    pub(crate) fn see<Q, T>(&self, key: &Q, see: impl Fn(&S) -> T) -> T
    where
        Q: Hash + ?Sized,
    {
        let states = self.states.pin();
        let known = states
            .get(&self.fingerprints.of(key))
            .filter(|state| !state.is_retired());
        match known {
            Some(state) => see(state),
            None if self.states.len() < self.most_keys => see(&S::default()),
            None => see(&self.others),
        }
    }

    /// Whether one more key can be kept; from time to time others are forgotten first.
    fn has_room(&self, retire: impl Fn(&S) -> bool) -> bool {
        let left = self
            .until_sweep
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        if left == Ok(1) {
            // Who takes the last one searches, and nobody else until then.
            self.sweep(retire);
        }
        if left.is_ok_and(|left| left % SHORTEST_PAUSE == 0) {
            // Else a table that was outgrown is kept until 31 more were.
            self.states.guard().flush();
        }
        self.states.len() < self.most_keys
    }

    /// Forgets what can be forgotten.
    pub(crate) fn sweep(&self, retire: impl Fn(&S) -> bool) {
        let states = self.states.pin();
        let kept = |_: &Fingerprint, state: &S| !state.is_retired() && !retire(state);
        states.retain(kept);
        // As many new keys as were looked at pay for the next search.
        let pause = u64::try_from(self.states.len() / 2).unwrap_or(u64::MAX);
        self.until_sweep
            .store(pause.max(SHORTEST_PAUSE), Ordering::Relaxed);
    }
}

impl<S> fmt::Debug for Known<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known")
            .field("most_keys", &self.most_keys)
            .finish_non_exhaustive()
    }
}
