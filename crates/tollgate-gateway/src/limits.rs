//! What limits the requests to gateways, and what is used of it.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use arc_swap::{ArcSwap, ArcSwapOption};
use http::HeaderName;
use tollgate_core::{
    Clock, Context, Event, GatewayResponseType, RateLimit, Rejection, StageContext, SystemClock,
    SystemRandom,
};
use tollgate_throttle::{Admission, Limited, Refused, TokenBucket, UsagePlans, take_all};

use crate::exchange::Exchange;
use crate::plan::MethodPlan;

/// The header that callers show their key in (data plane: `apiKeySource` `HEADER`).
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

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
    account: ArcSwapOption<TokenBucket>,
    process: ArcSwapOption<TokenBucket>,
    /// Buckets of methods, for as long as a plan has them.
    methods: Mutex<HashMap<MethodOfStage, Weak<TokenBucket>>>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    clock: Arc<dyn Clock>,
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
            account: ArcSwapOption::empty(),
            process: ArcSwapOption::empty(),
            methods: Mutex::default(),
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

    /// The usage plans and keys that count now.
    #[must_use]
    pub fn usage_plans(&self) -> Arc<UsagePlans> {
        self.plans.load_full()
    }

    /// Lets other usage plans and keys count from now on.
    pub fn set_usage_plans(&self, plans: impl Into<Arc<UsagePlans>>) {
        self.plans.store(plans.into());
    }

    /// Limits all requests of the account; `None`: no more.
    pub fn set_account(&self, limit: Option<RateLimit>) {
        self.set(&self.account, limit);
    }

    /// Limits all requests that this process serves, after all other limits; `None`: no more.
    pub fn set_process(&self, limit: Option<RateLimit>) {
        self.set(&self.process, limit);
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

    fn set(&self, place: &ArcSwapOption<TokenBucket>, limit: Option<RateLimit>) {
        let before = place.load_full();
        let bucket = limit.map(|limit| self.bucket(before.as_ref(), limit));
        place.store(bucket);
    }

    /// The bucket that there is, or one with a new limit and what is in it.
    fn bucket(&self, before: Option<&Arc<TokenBucket>>, limit: RateLimit) -> Arc<TokenBucket> {
        match before {
            Some(known) if known.limit() == limit => known.clone(),
            Some(known) => Arc::new(known.with_limit(limit, self.clock.now())),
            None => Arc::new(TokenBucket::new(limit)),
        }
    }

    /// The bucket of a method on a stage.
    pub(crate) fn method(
        &self,
        stage: &StageContext,
        method: &str,
        limit: RateLimit,
    ) -> Arc<TokenBucket> {
        let place = MethodOfStage {
            api_id: stage.api_id.as_str().into(),
            stage: stage.stage.as_str().into(),
            method: method.into(),
        };
        let mut methods = self.methods.lock().unwrap_or_else(PoisonError::into_inner);
        let before = methods.get(&place).and_then(Weak::upgrade);
        let bucket = self.bucket(before.as_ref(), limit);
        if methods.len() == methods.capacity() {
            methods.retain(|_, bucket| bucket.strong_count() > 0);
        }
        methods.insert(place, Arc::downgrade(&bucket));
        bucket
    }

    /// Lets a request in: by its API key where the method needs one, and if all limits have room for
    /// it. What one of them refuses costs the others nothing.
    pub(crate) fn admit(
        &self,
        method: &MethodPlan,
        exchange: &mut Exchange<'_>,
    ) -> Result<(), Rejection> {
        let plans = method.needs_api_key.then(|| self.plans.load());
        let admission = match &plans {
            Some(plans) => Some(admission(plans, &mut exchange.context)?),
            None => None,
        };
        if let Some(admission) = &admission {
            exchange.observe(|| Event::ApiKeyAccepted {
                usage_plan: admission.plan_id(),
            });
        }
        let (account, process) = (self.account.load(), self.process.load());
        let [plan_method, plan, quota] =
            admission.map_or([None; 3], |admission| admission.limits(&method.key));
        // The service asks them in this order.
        let limits = [
            plan_method,
            plan,
            quota,
            exchange
                .plan
                .settings
                .throttle(method.index)
                .map(Limited::Rate),
            account.as_deref().map(Limited::Rate),
            process.as_deref().map(Limited::Rate),
        ];
        if limits.iter().all(Option::is_none) {
            return Ok(());
        }
        let clock = &*exchange.seams.clock;
        take_all(limits, exchange.context.received_at, clock).map_err(|refused| {
            let limit = limits.get(refused.index).copied().flatten();
            refusal(&refused, limit, admission, &exchange.context)
        })
    }

    /// Takes one of the places for requests in flight, where they are limited: what all requests
    /// would write to otherwise is left alone.
    pub(crate) fn enter(&self) -> Result<Option<InFlight<'_>>, Rejection> {
        let most = self.most_in_flight.load(Ordering::Relaxed);
        if most == usize::MAX {
            return Ok(None);
        }
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let place = InFlight(&self.in_flight);
        if before >= most {
            return Err(Rejection::new(GatewayResponseType::Throttled)
                .because("as many requests are answered as may be at the same time"));
        }
        Ok(Some(place))
    }
}

/// A place among the requests in flight, until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight<'l>(&'l AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Who calls, and the plan that lets them.
fn admission<'p>(plans: &'p UsagePlans, context: &mut Context) -> Result<Admission<'p>, Rejection> {
    let stage = &context.stage;
    let forbidden = |reason: String| {
        // All reasons look the same to the client.
        Rejection::new(GatewayResponseType::InvalidApiKey).because(reason)
    };
    let Some(of_stage) = plans.stage(stage.api_id.as_str(), stage.stage.as_str()) else {
        return Err(forbidden("the stage has no usage plan".to_owned()));
    };
    let value = context.request.headers.get(API_KEY);
    let value = value.and_then(|value| value.to_str().ok());
    let admission = of_stage
        .admit(value)
        .map_err(|error| forbidden(error.to_string()))?;
    let (id, value) = admission.key().shared();
    context.identity.api_key = Some(value);
    context.identity.api_key_id = Some(id);
    Ok(admission)
}

/// What is said of a limit that refused: the service's own words for its log.
fn refusal(
    refused: &Refused,
    limit: Option<Limited<'_>>,
    admission: Option<Admission<'_>>,
    context: &Context,
) -> Rejection {
    let response_type = match limit {
        Some(Limited::Quota(..)) => GatewayResponseType::QuotaExceeded,
        _ => GatewayResponseType::Throttled,
    };
    let reason = Reason {
        index: refused.index,
        limit,
        admission,
        context,
    };
    Rejection::new(response_type).because(reason.to_string())
}

struct Reason<'a> {
    index: usize,
    limit: Option<Limited<'a>>,
    admission: Option<Admission<'a>>,
    context: &'a Context,
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = &self.context.stage;
        let (api_id, name) = (&stage.api_id, &stage.stage);
        if let Some(admission) = self.admission.filter(|_| self.index < 3) {
            let value = admission.key().value();
            let end = value
                .get(value.len().saturating_sub(6)..)
                .unwrap_or_default();
            let plan = admission.plan_id();
            write!(f, "API Key ****************{end} exceeded ")?;
            return match self.limit {
                Some(Limited::Quota(_, quota)) => write!(
                    f,
                    "quota limit for API Stage {api_id}/{name}: Key quota exhausted for Usage Plan ID \
                     {plan}. Limit: {} Period: {}",
                    quota.quota().limit(),
                    quota.quota().period().as_str()
                ),
                _ => {
                    let resource = self.context.resource.as_ref();
                    let resource = resource.map_or("", |resource| resource.id.as_str());
                    write!(
                        f,
                        "throttle limit for API Stage {api_id}/{name}: Key throttle limit exceeded for \
                         Usage Plan ID {plan}, RestApi {api_id}, Stage {name}, Resource {resource}, \
                         HttpMethod {}.{}",
                        self.context.request.method,
                        Rate(self.limit)
                    )
                }
            };
        }
        let whose = match self.index {
            3 => "the method",
            4 => "the account",
            _ => "the process",
        };
        write!(
            f,
            "{whose} exceeded its throttle limit.{}",
            Rate(self.limit)
        )
    }
}

struct Rate<'a>(Option<Limited<'a>>);

impl fmt::Display for Rate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Limited::Rate(bucket)) = self.0 else {
            return Ok(());
        };
        let limit = bucket.limit();
        write!(f, " Limit: {:.2} Burst: {}", limit.rate(), limit.burst())
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
