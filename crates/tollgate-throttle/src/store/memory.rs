//! Limits of this process.

use std::sync::Arc;

use tollgate_core::{Clock, Moment};

use super::{Answer, Store, StoredLimit, Take, Verdict};
use crate::decision::take_noted;
use crate::note::Note;
use crate::{Day, DayCount, Limited};

/// Keeps limits in this process: exact, and decided at once.
///
/// Buckets are full and counts are nothing when the process begins; [`UsagePlans::restore`] sets
/// counts.
///
/// ```
/// use std::sync::Arc;
///
/// use tollgate_core::{Clock, RateLimit, SystemClock};
/// use tollgate_throttle::{LimitKey, MemoryStore, Store, StoredLimit, TokenBucket};
///
/// let clock = Arc::new(SystemClock::new());
/// let store = MemoryStore::new(clock.clone());
/// let bucket = TokenBucket::new(RateLimit::new(0.1, 1)?);
/// let limit = StoredLimit::rate(LimitKey::named("all"), bucket);
/// let now = clock.now();
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert!(store.take(&[Some(&limit)], now).await.is_admitted());
/// assert!(!store.take(&[Some(&limit)], now).await.is_admitted());
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`UsagePlans::restore`]: crate::UsagePlans::restore
#[derive(Debug)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    /// A store that reads this clock where it must know the time anew.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

/// Limits of a decision that need no allocation.
const FEW: usize = 8;

impl Store for MemoryStore {
    #[inline]
    fn take<'a>(&'a self, limits: &'a [Option<&'a StoredLimit>], now: Moment) -> Take<'a> {
        let outcome = if limits.len() <= FEW {
            let mut few = [None; FEW];
            for (place, limit) in few.iter_mut().zip(limits) {
                *place = limit.map(StoredLimit::limited);
            }
            take_noted(&few, &mut [Note::default(); FEW], now, &*self.clock)
        } else {
            let all: Vec<_> = limits
                .iter()
                .map(|limit| limit.map(StoredLimit::limited))
                .collect();
            take_noted(
                &all,
                &mut vec![Note::default(); all.len()],
                now,
                &*self.clock,
            )
        };
        Take::decided(Verdict::of(outcome))
    }

    fn counts<'a>(&'a self, quota: &'a StoredLimit, _: (Day, Day)) -> Answer<'a, Vec<DayCount>> {
        let days = match quota.limited() {
            Limited::Quota(counter, limit) => counter.days(limit),
            Limited::Rate(_) => Vec::new(),
        };
        Box::pin(std::future::ready(Ok(days)))
    }

    fn set_remaining<'a>(
        &'a self,
        quota: &'a StoredLimit,
        remaining: u64,
        now: Moment,
    ) -> Answer<'a, ()> {
        if let Limited::Quota(counter, limit) = quota.limited() {
            counter.set_remaining(limit, remaining, now);
        }
        Box::pin(std::future::ready(Ok(())))
    }
}
