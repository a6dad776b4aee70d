//! A node of a fleet.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tollgate_core::{Clock, Quota, QuotaPeriod, RateLimit, SystemClock, SystemRandom};
use tollgate_redis::{Command, Connection, Connector, Reply, Transition};
use tollgate_throttle::{
    Day, LimitKey, QuotaLimit, RedisStore, Store, StoredLimit, TokenBucket, UsageJournal, Verdict,
    Window,
};

pub(crate) struct Node {
    pub(crate) store: RedisStore,
    pub(crate) redis: Connection,
    pub(crate) clock: Arc<SystemClock>,
    seen: UnboundedReceiver<Transition>,
}

/// Long enough for a busy machine; tests of timeouts set their own.
const PATIENT: Duration = Duration::from_secs(2);

/// More than any test's limit admits.
const MANY: u64 = 10_000;

impl Node {
    /// A node that has Redis.
    pub(crate) async fn start(address: &str) -> Self {
        Self::with(address, PATIENT, None).await
    }

    pub(crate) async fn with(
        address: &str,
        timeout: Duration,
        journal: Option<Arc<dyn UsageJournal>>,
    ) -> Self {
        let mut node = Self::without_redis(address, timeout, journal);
        node.connected().await;
        node
    }

    pub(crate) fn without_redis(
        address: &str,
        timeout: Duration,
        journal: Option<Arc<dyn UsageJournal>>,
    ) -> Self {
        let clock = Arc::new(SystemClock::new());
        let (told, seen) = unbounded_channel();
        let redis = Connector::new(address)
            .expect("it is an address")
            .with_call_timeout(timeout)
            .with_observer(move |change| drop(told.send(change)))
            .connect(clock.clone(), Arc::new(SystemRandom))
            .expect("there is a runtime");
        let store = RedisStore::new(redis.clone(), clock.clone(), journal);
        Self {
            store: store.expect("there is a runtime"),
            redis,
            clock,
            seen,
        }
    }

    pub(crate) async fn connected(&mut self) {
        self.told(|change| *change == Transition::Connected).await;
    }

    pub(crate) async fn lost(&mut self) {
        self.told(|change| matches!(change, Transition::Lost { .. }))
            .await;
    }

    async fn told(&mut self, is_it: impl Fn(&Transition) -> bool) {
        let told = async { while !is_it(&self.seen.recv().await.expect("it is held")) {} };
        let told = tokio::time::timeout(Duration::from_secs(20), told).await;
        told.expect("it is told soon");
    }

    pub(crate) async fn take(&self, limits: &[&StoredLimit]) -> Verdict {
        let limits: Vec<_> = limits.iter().map(|limit| Some(*limit)).collect();
        self.store.take(&limits, self.clock.now()).await
    }

    /// Takes until it is refused, and answers how many were admitted.
    ///
    /// A rate that brings tokens faster than a busy machine takes them would never refuse.
    pub(crate) async fn take_all(&self, limits: &[&StoredLimit]) -> u64 {
        for admitted in 0..MANY {
            if !self.take(limits).await.is_admitted() {
                return admitted;
            }
        }
        panic!("{MANY} were admitted, and no end");
    }

    /// What Redis has counted of the quota of this day.
    pub(crate) async fn used(&self, key_id: &str) -> u64 {
        let day = Day::of(self.clock.now()).number();
        let key = format!("{{tollgate:plan:plan:{key_id}}}:quota:{day}");
        let used = Command::new("HGET").arg(key).arg("used");
        let used = self.redis.send(&used).await.expect("Redis is there");
        match used {
            Reply::Nil => 0,
            used => u64::try_from(used.integer().expect("it is a number")).expect("it is positive"),
        }
    }
}

pub(crate) fn rate(name: &str, rate: f64, burst: u32) -> StoredLimit {
    let rate = RateLimit::new(rate, burst).expect("it is a rate");
    StoredLimit::rate(LimitKey::named(name), TokenBucket::new(rate))
}

pub(crate) fn plan_rate(key_id: &str, per_second: f64, burst: u32) -> StoredLimit {
    let rate = RateLimit::new(per_second, burst).expect("it is a rate");
    let key = LimitKey::plan("plan", key_id);
    StoredLimit::rate(key, TokenBucket::new(rate))
}

/// A quota a day.
pub(crate) fn quota(key_id: &str, limit: u64) -> StoredLimit {
    let quota = Quota::new(limit, QuotaPeriod::Day, 0).expect("it has no offset");
    let quota = QuotaLimit::new(quota, Day::default());
    StoredLimit::quota("plan", key_id, Arc::default(), Arc::new(quota))
}

/// Tries until something holds, which another task brings about.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let holds = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let holds = tokio::time::timeout(Duration::from_secs(20), holds).await;
    holds.unwrap_or_else(|_| panic!("{what}"));
}

/// The window of a day, for which all tests would have to be repeated if it ended in between.
pub(crate) fn today(clock: &dyn Clock) -> Window {
    Window::of(QuotaPeriod::Day, Day::of(clock.now()))
}
