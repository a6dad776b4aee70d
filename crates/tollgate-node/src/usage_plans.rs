//! From documents of keys and plans to the tables that admit requests.

use thiserror::Error;
use tollgate_core::{InvalidQuotaOffset, InvalidRate, Quota, RateLimit};
use tollgate_model::{ApiKey, ApiStage, ThrottleSettings, UsagePlan};
use tollgate_store::State;
use tollgate_throttle::{self as throttle, InvalidKeyValue, InvalidPlan};

/// What is wrong with the keys and plans of a state; those before stay in use.
#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum InvalidUsagePlans {
    /// A key has a value that no request could show.
    #[error("API key {id}: {error}")]
    Key {
        /// The key's id.
        id: String,
        /// What is wrong.
        error: InvalidKeyValue,
    },
    /// A plan has a rate that is none.
    #[error("usage plan {id}: {error}")]
    Rate {
        /// The plan's id.
        id: String,
        /// What is wrong.
        error: InvalidRate,
    },
    /// A plan has a quota that is none.
    #[error("usage plan {id}: {error}")]
    Quota {
        /// The plan's id.
        id: String,
        /// What is wrong.
        error: InvalidQuotaOffset,
    },
    /// Keys and plans do not go together.
    #[error("{}", joined(.0))]
    Plans(Vec<InvalidPlan>),
}

fn joined(errors: &[InvalidPlan]) -> String {
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    errors.join("; ")
}

/// The rate of a throttle that sets only its burst, and the burst of one that sets only its rate.
const UNSET: (f64, u32) = (10_000.0, 5_000);

/// Keys as requests show them. One without a value lets nobody in, and is left out.
pub(crate) fn keys<'k>(
    keys: impl Iterator<Item = &'k ApiKey>,
) -> Result<Vec<throttle::ApiKey>, InvalidUsagePlans> {
    let of_value = |key: &ApiKey| {
        let value = key.value.as_deref()?;
        let read = throttle::ApiKey::new(key.id.as_str(), value);
        Some(
            read.map(|read| read.with_enabled(key.enabled))
                .map_err(|error| InvalidUsagePlans::Key {
                    id: key.id.clone(),
                    error,
                }),
        )
    };
    keys.filter_map(of_value).collect()
}

/// Plans with their keys, in the order of their ids.
pub(crate) fn plans(state: &State) -> Result<Vec<throttle::UsagePlan>, InvalidUsagePlans> {
    let plans = state.usage_plans();
    plans
        .map(|plan| {
            let mut to = throttle::UsagePlan::new(plan.id.as_str());
            to.throttle = plan
                .throttle
                .and_then(|limit| rate(plan, &limit))
                .transpose()?;
            to.quota = plan
                .quota
                .map(|quota| {
                    Quota::new(quota.limit, quota.period, quota.offset).map_err(|error| {
                        InvalidUsagePlans::Quota {
                            id: plan.id.clone(),
                            error,
                        }
                    })
                })
                .transpose()?;
            let stages = plan.api_stages.iter();
            to.stages = stages
                .map(|stage| plan_stage(plan, stage))
                .collect::<Result<_, _>>()?;
            let keys = state.usage_plan_keys(&plan.id);
            to.keys = keys.map(|key| key.key_id.as_str().into()).collect();
            Ok(to)
        })
        .collect()
}

fn plan_stage(
    plan: &UsagePlan,
    stage: &ApiStage,
) -> Result<throttle::PlanStage, InvalidUsagePlans> {
    let mut to = throttle::PlanStage::new(stage.api_id.as_str(), stage.stage.as_str());
    for (method, limit) in &stage.throttle {
        if let Some(limit) = rate(plan, limit).transpose()? {
            to.methods.push((method.as_str().into(), limit));
        }
    }
    Ok(to)
}

/// A rate and burst; `None`: neither is set.
fn rate(
    plan: &UsagePlan,
    limit: &ThrottleSettings,
) -> Option<Result<RateLimit, InvalidUsagePlans>> {
    let (rate, burst) = (limit.rate_limit, limit.burst_limit);
    if rate.is_none() && burst.is_none() {
        return None;
    }
    let limit = RateLimit::new(rate.unwrap_or(UNSET.0), burst.unwrap_or(UNSET.1));
    Some(limit.map_err(|error| InvalidUsagePlans::Rate {
        id: plan.id.clone(),
        error,
    }))
}
