//! Limits that many processes share over Redis or Valkey.

mod ask;
mod away;
mod counts;
mod exchange;
mod inner;
mod keep;
mod lease;
mod ledger;
mod remote;
mod taking;
mod terms;

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;
use tollgate_core::{Clock, Moment};
use tollgate_redis::{Connection, NoRuntime};

use inner::Inner;
pub use keep::FLUSH_EVERY;
pub use lease::LEASE_KEPT;
pub(crate) use remote::Attached;
pub use terms::MOST_LEASED;

use crate::{Answer, Day, DayCount, Limited, Store, StoredLimit, Take, UsageJournal};

/// Keeps limits in Redis or Valkey, for all processes that share it.
///
/// Unless a limit says otherwise, tokens are fetched some at a time and decisions are made over them
/// here: never more than the limit gets through. Redis's clock alone counts. What happens while it is
/// away is said by each limit ([`Away`](crate::Away)); a decision never fails.
///
/// See `docs/redis.md` for the keys that are used and for what can be lost.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use tollgate_core::{Clock, RateLimit, SystemClock, SystemRandom};
/// use tollgate_redis::Connector;
/// use tollgate_throttle::{LimitKey, RedisStore, Store, StoredLimit, TokenBucket};
///
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Arc::new(SystemClock::new());
/// let redis = Connector::new("redis://127.0.0.1:6379")?
///     .connect(clock.clone(), Arc::new(SystemRandom))?;
/// let store = RedisStore::new(redis, clock.clone(), None)?;
/// let bucket = TokenBucket::new(RateLimit::new(1_000.0, 200)?);
/// let limit = StoredLimit::rate(LimitKey::named("all"), bucket);
/// if store.take(&[Some(&limit)], clock.now()).await.is_admitted() {
///     // …
/// }
/// store.close().await;
/// # Ok(())
/// # }
/// ```
pub struct RedisStore {
    inner: Arc<Inner>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl RedisStore {
    /// A store over a connection. With a journal, counts of quotas are recorded in it, and begin with
    /// what is recorded where Redis has lost them; all processes need the same journal then.
    ///
    /// # Errors
    ///
    /// [`NoRuntime`] where it is called outside of one.
    pub fn new(
        connection: Connection,
        clock: Arc<dyn Clock>,
        journal: Option<Arc<dyn UsageJournal>>,
    ) -> Result<Self, NoRuntime> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| NoRuntime)?;
        let inner = Arc::new(Inner::new(connection, clock, journal, runtime.clone()));
        let task = runtime.spawn(keep::keep(Arc::clone(&inner)));
        let task = Mutex::new(Some(task));
        Ok(Self { inner, task })
    }

    /// Returns what was fetched and not used, and records counts. Nothing must be taken any more.
    ///
    /// A process that ends without it loses what it holds: for rates, what the bucket gets again in a
    /// moment; for each quota, at most [`MOST_LEASED`] requests.
    pub async fn close(&self) {
        self.inner.is_closing.store(true, Ordering::Release);
        self.inner.kick.notify_one();
        if let Some(task) = self.take_task() {
            // It ends with the runtime otherwise.
            let _ = task.await;
        }
        keep::close(&self.inner).await;
    }

    fn take_task(&self) -> Option<JoinHandle<()>> {
        let task = self.task.lock();
        task.unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        if let Some(task) = self.take_task() {
            task.abort();
        }
    }
}

impl Store for RedisStore {
    fn take<'a>(&'a self, limits: &'a [Option<&'a StoredLimit>], now: Moment) -> Take<'a> {
        match self.inner.decide(limits, now) {
            Some(verdict) => Take::decided(verdict),
            None => Take::asked(ask::ask(&self.inner, limits)),
        }
    }

    fn counts<'a>(
        &'a self,
        quota: &'a StoredLimit,
        range: (Day, Day),
    ) -> Answer<'a, Vec<DayCount>> {
        Box::pin(async move {
            let counts = counts::counts(&self.inner, quota, range).await?;
            Ok(counts.unwrap_or_else(|| match quota.limited() {
                Limited::Quota(counter, limit) => counter.days(limit),
                Limited::Rate(_) => Vec::new(),
            }))
        })
    }

    fn set_remaining<'a>(
        &'a self,
        quota: &'a StoredLimit,
        remaining: u64,
        now: Moment,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let is_shared = counts::set_remaining(&self.inner, quota, remaining, now).await?;
            if let (false, Limited::Quota(counter, limit)) = (is_shared, quota.limited()) {
                counter.set_remaining(limit, remaining, now);
            }
            Ok(())
        })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("connection", &self.inner.connection)
            .finish_non_exhaustive()
    }
}
