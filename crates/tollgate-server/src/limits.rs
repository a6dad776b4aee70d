//! API keys, usage plans and throttles of a site.

use tollgate::core::{Clock as _, Moment, RateLimit, SystemClock, SystemRandom};
use tollgate::gateway::Limits;
use tollgate::throttle::{ApiKey, InvalidPlan, LimitScope, UsagePlan, UsagePlans};

use crate::config::{Config, Shadow};
use crate::report::Report;
use crate::shared;

/// What limits the requests to a site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SiteLimits {
    keys: Vec<ApiKey>,
    plans: Vec<UsagePlan>,
    account: Option<RateLimit>,
    process: Option<RateLimit>,
    client: Option<RateLimit>,
    shadow: Vec<LimitScope>,
    concurrent_requests: Option<usize>,
}

impl SiteLimits {
    /// What the configuration says.
    pub(crate) fn new(config: &Config) -> Result<Self, Report> {
        shared::check(config)?;
        let plans = config.usage_plans.iter();
        let throttle = &config.throttle;
        let limits = Self {
            keys: keys(config)?,
            plans: plans.map(|(id, plan)| plan.to_plan(id)).collect(),
            account: throttle.account.map(|limit| limit.0),
            process: throttle.process.map(|limit| limit.0),
            client: throttle.client.map(|limit| limit.0),
            shadow: throttle.shadow.iter().copied().map(scope).collect(),
            concurrent_requests: throttle.concurrent_requests,
        };
        // Found out before anything is served, and before what is served changes.
        let none = UsagePlans::new(&SystemRandom);
        let Err(errors) = limits.updated(&none, Moment::default()) else {
            return Ok(limits);
        };
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Err(config.wrong(errors.join("; ")))
    }

    fn updated(&self, known: &UsagePlans, now: Moment) -> Result<UsagePlans, Vec<InvalidPlan>> {
        known.updated(&self.plans, &self.keys, now)
    }

    /// Lets the keys and usage plans count from now on; what is used goes on.
    pub(crate) fn apply_plans(&self, limits: &Limits) {
        let known = limits.usage_plans();
        if let Ok(plans) = self.updated(&known, SystemClock::new().now()) {
            limits.set_usage_plans(plans);
        }
    }

    /// Lets all else count from now on; what is used goes on.
    pub(crate) fn apply(&self, limits: &Limits) {
        limits.set_account(self.account);
        limits.set_process(self.process);
        limits.set_client(self.client);
        limits.set_shadow(&self.shadow);
        limits.set_most_in_flight(self.concurrent_requests);
    }
}

const fn scope(shadow: Shadow) -> LimitScope {
    match shadow {
        Shadow::Methods => LimitScope::Method,
        Shadow::Account => LimitScope::Account,
        Shadow::Process => LimitScope::Process,
        Shadow::Client => LimitScope::Client,
    }
}

fn keys(config: &Config) -> Result<Vec<ApiKey>, Report> {
    let keys = config.api_keys.iter().map(|(id, key)| {
        let value = key.value().read()?;
        let id = id.get_ref().as_str();
        let read = ApiKey::new(id, value);
        let read = read.map_err(|error| config.wrong(format!("api_keys.{id}: {error}")))?;
        Ok(read.with_enabled(key.enabled))
    });
    keys.collect()
}
