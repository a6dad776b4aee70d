//! Quotas by key, of strangers too.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use tollgate_core::{Moment, Quota};

use crate::counter::{Exhausted, QuotaLimit, after, unpacked, used_in};
use crate::known::{Forgettable, Known};
use crate::standing::{Standing, standing_of_quota};
use crate::sync::{AtomicU64, Ordering};
use crate::window::Day;

/// A quota for each key, all with the same limit.
///
/// Keys may come from strangers: a count whose window is over is forgotten, and keys beyond the most
/// that are kept share one count, so that a flood of them neither fills the memory nor gets past the
/// limit. Of a key 128 bits of its hash are kept and nothing else: it takes as much room however long
/// it is.
///
/// ```
/// use tollgate_core::{Clock, ManualClock, Quota, QuotaPeriod};
/// use tollgate_throttle::{Day, KeyedQuotas};
///
/// let clock = ManualClock::default();
/// let quota = Quota::new(1, QuotaPeriod::Day, 0)?;
/// let clients = KeyedQuotas::<String>::new(quota, Day::of(clock.now()));
/// assert!(clients.take("10.0.0.1", clock.now()).is_ok());
/// assert!(clients.take("10.0.0.1", clock.now()).is_err());
/// assert!(clients.take("10.0.0.2", clock.now()).is_ok());
/// # Ok::<(), tollgate_core::InvalidQuotaOffset>(())
/// ```
pub struct KeyedQuotas<K> {
    limit: QuotaLimit,
    known: Known<Count>,
    keys: PhantomData<fn(&K)>,
}

/// A day, and the requests in its window until then, as in a `QuotaCounter`.
#[derive(Debug, Default)]
struct Count(AtomicU64);

/// A count that admits nothing more; its day is after the last that there is.
const RETIRED: u64 = u64::MAX;

impl Forgettable for Count {
    fn is_retired(&self) -> bool {
        self.0.load(Ordering::Relaxed) == RETIRED
    }
}

impl Count {
    fn take(&self, limit: &QuotaLimit, now: Moment) -> Result<(), Exhausted> {
        let mut count = self.0.load(Ordering::Relaxed);
        loop {
            let until = Day::of(now);
            if count == RETIRED {
                return Err(Exhausted { until });
            }
            let next = after(limit, count, Day::of(now), |window| limit.limit(window))?;
            let swapped =
                self.0
                    .compare_exchange_weak(count, next, Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(_) => return Ok(()),
                Err(newer) => count = newer,
            }
        }
    }

    /// Makes a count of a window that is over refuse for ever, if nobody takes from it at this moment.
    fn retire(&self, limit: &QuotaLimit, now: Moment) -> bool {
        let count = self.0.load(Ordering::Relaxed);
        used(limit, count, now) == 0
            && self
                .0
                .compare_exchange(count, RETIRED, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
    }

    fn used(&self, limit: &QuotaLimit, now: Moment) -> u64 {
        used(limit, self.0.load(Ordering::Relaxed), now)
    }
}

/// What is counted of the window that goes on: another thread may have begun a later one.
fn used(limit: &QuotaLimit, count: u64, now: Moment) -> u64 {
    let day = Day::of(now).max(unpacked(count).0);
    used_in(limit.window(day), count)
}

impl<K> KeyedQuotas<K> {
    /// Counts of this quota, for at most [`DEFAULT_MOST_KEYS`](crate::DEFAULT_MOST_KEYS). Its offset, if
    /// it has one, counts in the window that the day is in.
    #[must_use]
    pub fn new(quota: Quota, begun: Day) -> Self {
        Self {
            limit: QuotaLimit::new(quota, begun),
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

    /// The quota of each key.
    #[must_use]
    pub const fn quota(&self) -> Quota {
        self.limit.quota()
    }

    /// How many keys have a count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.len() == 0
    }

    /// Counts a request of a key.
    ///
    /// # Errors
    ///
    /// [`Exhausted`], and nothing is counted.
    pub fn take<Q>(&self, key: &Q, now: Moment) -> Result<(), Exhausted>
    where
        K: Borrow<Q>,
        Q: Hash + ?Sized,
    {
        // What is counted in a window that is over says what a new count says.
        self.known.take(
            key,
            |count| count.take(&self.limit, now),
            |count| count.retire(&self.limit, now),
        )
    }

    /// What is left of a key's quota.
    #[must_use]
    pub fn standing<Q>(&self, key: &Q, now: Moment) -> Standing
    where
        K: Borrow<Q>,
        Q: Hash + ?Sized,
    {
        let admits = self.limit.limit(self.limit.window(Day::of(now)));
        let used = self.known.see(key, |count| count.used(&self.limit, now));
        standing_of_quota(&self.limit, (admits, admits.saturating_sub(used)), now)
    }

    /// Forgets the keys whose counts are of windows that are over.
    pub fn sweep(&self, now: Moment) {
        self.known.sweep(|count| count.retire(&self.limit, now));
    }
}

impl<K> fmt::Debug for KeyedQuotas<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedQuotas")
            .field("quota", &self.limit.quota())
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}
