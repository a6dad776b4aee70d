//! What limits the requests to gateways, and what is used of it.

mod admit;
mod in_flight;
mod reason;

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use arc_swap::ArcSwap;
use tollgate_core::{AccountId, Clock, RateLimit, StageContext, SystemClock, SystemRandom};
use tollgate_throttle::{
    Day, KeyUsage, KeyedBuckets, LimitKey, LimitScope, Mode, NoUsage, Store, StoredLimit,
    TokenBucket, UsagePlans,
};

/// API keys, usage plans and limits, with what is used of them.
///
/// They are shared by all plans that are compiled with them, and go on when another plan is published:
/// [`CompileOptions::limits`](crate::CompileOptions::limits). By default there are no keys and no
/// limits but those that stages have for their methods.
///
/// ```
/// use tollgate_core::RateLimit;
/// use tollgate_gateway::Limits;
///
/// let limits = Limits::new();
/// limits.set_account(Some(RateLimit::new(10_000.0, 5_000)?));
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
pub struct Limits {
    plans: ArcSwap<UsagePlans>,
    common: ArcSwap<Common>,
    /// Limits of methods, for as long as a plan has them.
    methods: Mutex<HashMap<MethodOfStage, Weak<StoredLimit>>>,
    /// Where limits are taken from; `None`: from this process's own.
    store: Option<Arc<dyn Store>>,
    account_id: AccountId,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    clock: Arc<dyn Clock>,
}

/// What all requests meet, together, so that each reads it once.
#[derive(Clone, Debug, Default)]
struct Common {
    account: Option<Arc<StoredLimit>>,
    process: Option<Arc<StoredLimit>>,
    /// Of callers without a key.
    clients: Option<Arc<KeyedBuckets<Option<IpAddr>>>>,
    /// Bits of the scopes that are only observed.
    shadow: u8,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct MethodOfStage {
    api_id: Box<str>,
    stage: Box<str>,
    method: Box<str>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl Limits {
    /// No keys and no limits.
    #[must_use]
    pub fn new() -> Self {
        Self {
            plans: ArcSwap::from_pointee(UsagePlans::new(&SystemRandom)),
            common: ArcSwap::default(),
            methods: Mutex::default(),
            store: None,
            account_id: StageContext::LOCAL_ACCOUNT_ID.into(),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(usize::MAX),
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Reads the time from another clock, which must be that of the gateways.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes limits from a store, which may share them with other processes. The limit of the process
    /// and those of clients without a key are this process's alone.
    #[must_use]
    pub fn with_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Whose limit that of the account is, for who shares it.
    #[must_use]
    pub fn with_account_id(mut self, account_id: impl Into<AccountId>) -> Self {
        self.account_id = account_id.into();
        self
    }

    /// The usage plans and keys that count now.
    #[must_use]
    pub fn usage_plans(&self) -> Arc<UsagePlans> {
        self.plans.load_full()
    }

    /// Lets other usage plans and keys count from now on.
    pub fn set_usage_plans(&self, plans: impl Into<Arc<UsagePlans>>) {
        self.plans.store(plans.into());
    }

    /// Limits all requests of the account, together with those to APIs that other accounts own;
    /// `None`: no more.
    pub fn set_account(&self, limit: Option<RateLimit>) {
        self.change(|common| {
            common.account = self.limit_of_all(common.account.as_ref(), limit, |bucket| {
                let key = LimitKey::account(self.account_id.as_str());
                StoredLimit::rate(key, bucket)
            });
        });
    }

    /// Limits all requests that this process serves, after all other limits; `None`: no more.
    pub fn set_process(&self, limit: Option<RateLimit>) {
        self.change(|common| {
            common.process = self.limit_of_all(common.process.as_ref(), limit, |bucket| {
                StoredLimit::rate(LimitKey::named("process"), bucket).with_mode(Mode::Local)
            });
        });
    }

    /// Limits each caller of methods that need no key, by the address that it comes from as
    /// [`network_of`](tollgate_throttle::network_of) tells it; `None`: no more. Clients begin anew when
    /// the limit changes.
    pub fn set_client(&self, limit: Option<RateLimit>) {
        self.change(|common| {
            if common.clients.as_ref().map(|known| known.limit()) != limit {
                common.clients = limit.map(|limit| Arc::new(KeyedBuckets::new(limit)));
            }
        });
    }

    /// Only observes the limits of these scopes, and enforces all others: a request that one of them
    /// would refuse is told of as [`Event::ShadowRefusal`](tollgate_core::Event::ShadowRefusal), takes
    /// from none of them, and goes on. Limits of the embedder's own are not among them.
    pub fn set_shadow(&self, scopes: &[LimitScope]) {
        let bits = scopes.iter().fold(0, |bits, scope| bits | bit(*scope));
        self.change(|common| common.shadow = bits);
    }

    fn change(&self, change: impl Fn(&mut Common)) {
        self.common.rcu(|common| {
            let mut common = Common::clone(common);
            change(&mut common);
            common
        });
    }

    /// What the keys of a plan used on each day of a range: [`UsagePlans::usage`], over all processes
    /// that share the limits.
    ///
    /// # Errors
    ///
    /// [`NoUsage`].
    pub async fn usage(
        &self,
        plan_id: &str,
        key_id: Option<&str>,
        range: (Day, Day),
    ) -> Result<Vec<KeyUsage>, NoUsage> {
        let plans = self.usage_plans();
        match &self.store {
            None => plans.usage(plan_id, key_id, range),
            Some(store) => plans.usage_in(&**store, plan_id, key_id, range).await,
        }
    }

    /// Sets what remains of a key's quota in the window that goes on, for all processes that share the
    /// limits: [`UsagePlans::set_remaining`].
    ///
    /// # Errors
    ///
    /// [`NoUsage`].
    pub async fn set_remaining(&self, of: (&str, &str), remaining: u64) -> Result<(), NoUsage> {
        let (plans, now) = (self.usage_plans(), self.clock.now());
        match &self.store {
            None => plans.set_remaining(of, remaining, now),
            Some(store) => plans.set_remaining_in(&**store, of, remaining, now).await,
        }
    }

    /// Limits how many requests are answered at the same time: from when they are let in until their
    /// response begins. `None`: no more. Requests that came before there was a limit are not counted.
    ///
    /// This is not the service's burst, which is the size of a bucket, though it is sometimes described
    /// so.
    pub fn set_most_in_flight(&self, most: Option<usize>) {
        self.most_in_flight
            .store(most.unwrap_or(usize::MAX), Ordering::Relaxed);
    }

    fn limit_of_all(
        &self,
        before: Option<&Arc<StoredLimit>>,
        limit: Option<RateLimit>,
        new: impl FnOnce(TokenBucket) -> StoredLimit,
    ) -> Option<Arc<StoredLimit>> {
        limit.map(|rate| self.limit(before, rate, new))
    }

    /// The limit that there is, with this rate, or a new one.
    fn limit(
        &self,
        before: Option<&Arc<StoredLimit>>,
        rate: RateLimit,
        new: impl FnOnce(TokenBucket) -> StoredLimit,
    ) -> Arc<StoredLimit> {
        match before {
            Some(before) => before.with_rate(rate, self.clock.now()),
            None => Arc::new(new(TokenBucket::new(rate))),
        }
    }

    /// The limit of a method on a stage.
    pub(crate) fn method(
        &self,
        stage: &StageContext,
        method: &str,
        limit: RateLimit,
    ) -> Arc<StoredLimit> {
        let (api_id, name) = (stage.api_id.as_str(), stage.stage.as_str());
        let place = MethodOfStage {
            api_id: api_id.into(),
            stage: name.into(),
            method: method.into(),
        };
        let mut methods = self.methods.lock().unwrap_or_else(PoisonError::into_inner);
        let before = methods.get(&place).and_then(Weak::upgrade);
        let limit = self.limit(before.as_ref(), limit, |bucket| {
            let key = LimitKey::method(api_id, name, &format!("/{method}"));
            StoredLimit::rate(key, bucket)
        });
        if methods.len() == methods.capacity() {
            methods.retain(|_, limit| limit.strong_count() > 0);
        }
        methods.insert(place, Arc::downgrade(&limit));
        limit
    }
}

/// A bit for each scope that a gateway knows.
const fn bit(scope: LimitScope) -> u8 {
    match scope {
        LimitScope::PlanMethod => 1,
        LimitScope::Plan => 1 << 1,
        LimitScope::PlanQuota => 1 << 2,
        LimitScope::Method => 1 << 3,
        LimitScope::Account => 1 << 4,
        LimitScope::Process => 1 << 5,
        LimitScope::Client => 1 << 6,
        _ => 0,
    }
}

/// Limits are equal where they are the same.
impl PartialEq for Limits {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Limits {}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}
