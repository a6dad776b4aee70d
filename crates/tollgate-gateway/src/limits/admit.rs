//! Whether a request is let in.

use http::HeaderName;
use tollgate_core::{Event, GatewayResponseType, Rejection};
use tollgate_model::ApiKeySource;
use tollgate_throttle::{
    Admission, LimitScope, Limited, Refused, Store, StoredLimit, UsagePlans, network_of, take_all,
};

use super::reason::refusal;
use super::{Common, Limits, bit};
use crate::exchange::Exchange;
use crate::plan::MethodPlan;

/// The header that callers show their key in (data plane: `apiKeySource` `HEADER`).
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What a request takes one of, in the order in which the service asks.
pub(super) const SCOPES: [LimitScope; 6] = [
    LimitScope::PlanMethod,
    LimitScope::Plan,
    LimitScope::PlanQuota,
    LimitScope::Method,
    LimitScope::Account,
    LimitScope::Process,
];

/// One of each, where there is one.
pub(super) type OfScopes<T> = [Option<T>; SCOPES.len()];

impl Limits {
    /// Lets a request in: by its API key where the method needs one, and if all limits have room for
    /// it. What one of them refuses costs the others nothing.
    ///
    /// It waits only where there is a store, and only if that must be asked.
    pub(crate) async fn admit(
        &self,
        method: &MethodPlan,
        exchange: &mut Exchange<'_>,
    ) -> Result<(), Rejection> {
        match &self.store {
            None => self.admit_here(method, exchange),
            Some(store) => self.admit_from(&**store, method, exchange).await,
        }
    }

    /// Lets a client in that has still to say who it is: before an authorizer is asked, so that nobody
    /// can have it asked without end. [`admit`](Self::admit) does not do so again.
    pub(crate) fn admit_client(
        &self,
        method: &MethodPlan,
        exchange: &Exchange<'_>,
    ) -> Result<(), Rejection> {
        self.common.load().admit_client(method, exchange)
    }

    /// Decides over limits of this process.
    fn admit_here(
        &self,
        method: &MethodPlan,
        exchange: &mut Exchange<'_>,
    ) -> Result<(), Rejection> {
        let common = self.common.load();
        if method.is_open() {
            common.admit_client(method, exchange)?;
        }
        let plans = method.needs_api_key.then(|| self.plans.load());
        let plans = plans.as_ref().map(|plans| &***plans);
        let admission = identify(plans, exchange)?;
        let settings = &exchange.plan.settings;
        let [plan_method, plan, quota] =
            admission.map_or([None; 3], |admission| admission.limits(&method.key));
        let limits = [
            plan_method,
            plan,
            quota,
            settings.throttle(method.index).map(StoredLimit::limited),
            common.account.as_deref().map(StoredLimit::limited),
            common.process.as_deref().map(StoredLimit::limited),
        ];
        if limits.iter().all(Option::is_none) {
            return Ok(());
        }
        let (clock, now) = (&*exchange.seams.clock, exchange.context.received_at);
        let shadow = common.shadow_of(admission);
        let outcome = match shadow {
            0 => take_all(limits, now, clock),
            _ => take_all(without(limits, shadow), now, clock),
        };
        outcome.map_err(|refused| refusal(&refused, &limits, admission, &exchange.context))?;
        if shadow != 0
            && let Err(refused) = take_all(without(limits, !shadow), now, clock)
        {
            observe_refused(exchange, &refused, &limits, admission);
        }
        Ok(())
    }

    /// Decides over limits of a store.
    async fn admit_from(
        &self,
        store: &dyn Store,
        method: &MethodPlan,
        exchange: &mut Exchange<'_>,
    ) -> Result<(), Rejection> {
        // Whole, and not guarded: others may replace them while the store is asked.
        let common = self.common.load_full();
        if method.is_open() {
            common.admit_client(method, exchange)?;
        }
        let plans = method.needs_api_key.then(|| self.plans.load_full());
        let admission = identify(plans.as_deref(), exchange)?;
        let settings = &exchange.plan.settings;
        let [plan_method, plan, quota] =
            admission.map_or([None; 3], |admission| admission.stored_limits(&method.key));
        let limits = [
            plan_method,
            plan,
            quota,
            settings.throttle(method.index),
            common.account.as_deref(),
            common.process.as_deref(),
        ];
        if limits.iter().all(Option::is_none) {
            return Ok(());
        }
        let shadow = common.shadow_of(admission);
        let limited = || limits.map(|limit| limit.map(StoredLimit::limited));
        let verdict = take_from(store, &without(limits, shadow), exchange).await;
        if let Some(refused) = verdict {
            return Err(refusal(&refused, &limited(), admission, &exchange.context));
        }
        if shadow != 0
            && let Some(refused) = take_from(store, &without(limits, !shadow), exchange).await
        {
            observe_refused(exchange, &refused, &limited(), admission);
        }
        Ok(())
    }
}

impl Common {
    /// A client without a key, before all else: what it takes is gone even if another limit refuses.
    fn admit_client(&self, method: &MethodPlan, exchange: &Exchange<'_>) -> Result<(), Rejection> {
        let Some(clients) = self.clients.as_ref().filter(|_| !method.needs_api_key) else {
            return Ok(());
        };
        let context = &exchange.context;
        let client = context.identity.source_ip.map(network_of);
        if clients.take(&client, context.received_at).is_ok() {
            return Ok(());
        }
        let limit = clients.limit();
        let reason = format!(
            "the client exceeded its throttle limit. Limit: {:.2} Burst: {}",
            limit.rate(),
            limit.burst()
        );
        let rejection = Rejection::new(GatewayResponseType::Throttled).because(reason);
        if self.shadow & bit(LimitScope::Client) == 0 {
            return Err(rejection);
        }
        observe_shadow(exchange, LimitScope::Client, &rejection);
        Ok(())
    }

    /// The scopes that are only observed for a caller.
    fn shadow_of(&self, admission: Option<Admission<'_>>) -> u8 {
        const OF_PLAN: u8 =
            bit(LimitScope::PlanMethod) | bit(LimitScope::Plan) | bit(LimitScope::PlanQuota);
        let is_plan_shadow = admission.is_some_and(Admission::is_shadow);
        self.shadow | if is_plan_shadow { OF_PLAN } else { 0 }
    }
}

/// Takes one of each limit, or says which one refuses.
async fn take_from(
    store: &dyn Store,
    limits: &OfScopes<&StoredLimit>,
    exchange: &mut Exchange<'_>,
) -> Option<Refused> {
    let verdict = store.take(limits, exchange.context.received_at).await;
    let is_degraded = &mut exchange.context.limits_degraded;
    *is_degraded = Some(verdict.degraded || *is_degraded == Some(true));
    if verdict.degraded {
        exchange.observe(|| Event::LimitsDegraded);
    }
    verdict.refused
}

/// The limits without those of some scopes, each at its place.
fn without<T: Copy>(limits: OfScopes<T>, scopes: u8) -> OfScopes<T> {
    let mut left = limits;
    for (limit, scope) in left.iter_mut().zip(SCOPES) {
        if scopes & bit(scope) != 0 {
            *limit = None;
        }
    }
    left
}

fn observe_refused(
    exchange: &Exchange<'_>,
    refused: &Refused,
    limits: &OfScopes<Limited<'_>>,
    admission: Option<Admission<'_>>,
) {
    let rejection = refusal(refused, limits, admission, &exchange.context);
    let scope = SCOPES.get(refused.index).copied();
    observe_shadow(exchange, scope.unwrap_or(LimitScope::Process), &rejection);
}

fn observe_shadow(exchange: &Exchange<'_>, scope: LimitScope, rejection: &Rejection) {
    exchange.observe(|| Event::ShadowRefusal {
        limit: scope.as_str(),
        reason: rejection.reason().unwrap_or_default(),
    });
}

/// Who calls, and the plan that lets them; `None` where that does not matter.
fn identify<'p>(
    plans: Option<&'p UsagePlans>,
    exchange: &mut Exchange<'_>,
) -> Result<Option<Admission<'p>>, Rejection> {
    let Some(plans) = plans else {
        return Ok(None);
    };
    let admission = admission(plans, exchange)?;
    exchange.observe(|| Event::ApiKeyAccepted {
        usage_plan: admission.plan_id(),
    });
    Ok(Some(admission))
}

/// Who calls, and the plan that lets them.
fn admission<'p>(
    plans: &'p UsagePlans,
    exchange: &mut Exchange<'_>,
) -> Result<Admission<'p>, Rejection> {
    let context = &exchange.context;
    let stage = &context.stage;
    let forbidden = |reason: String| {
        // All reasons look the same to the client.
        Rejection::new(GatewayResponseType::InvalidApiKey).because(reason)
    };
    let Some(of_stage) = plans.stage(stage.api_id.as_str(), stage.stage.as_str()) else {
        return Err(forbidden("the stage has no usage plan".to_owned()));
    };
    let value = match exchange.plan.deployed.api_key_source {
        ApiKeySource::Header => {
            let value = context.request.headers.get(API_KEY);
            value.and_then(|value| value.to_str().ok())
        }
        // Where no Lambda authorizer is asked, nobody has a key.
        ApiKeySource::Authorizer => {
            let answer = exchange.answer.as_ref();
            answer.and_then(|answer| answer.usage_identifier_key())
        }
    };
    let admission = of_stage
        .admit(value)
        .map_err(|error| forbidden(error.to_string()))?;
    let (id, value) = admission.key().shared();
    let context = &mut exchange.context;
    context.identity.api_key = Some(value);
    context.identity.api_key_id = Some(id);
    Ok(admission)
}
