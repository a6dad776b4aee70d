//! Usage plans as a file has them.

use std::collections::BTreeMap;

use serde::Deserialize;
use tollgate::core::{InvalidQuotaOffset, InvalidRate, Quota, QuotaPeriod, RateLimit, StageName};
use tollgate::throttle::{self, Day};

use super::text::{ApiName, Text};

/// Usage plans by their ids.
pub(crate) type UsagePlans = BTreeMap<String, UsagePlan>;

/// What each key of a plan may do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsagePlan {
    #[serde(default)]
    throttle: Option<Throttle>,
    #[serde(default)]
    quota: Option<QuotaLimit>,
    /// Whether they are only observed.
    #[serde(default)]
    shadow: bool,
    /// The day on which the plan began, for the quota's offset.
    #[serde(default)]
    begun: Option<Text<Day>>,
    #[serde(default)]
    stages: Vec<PlanStage>,
    /// The ids of its keys.
    #[serde(default)]
    keys: Vec<String>,
}

/// A stage that a plan opens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanStage {
    api: Text<ApiName>,
    stage: Text<StageName>,
    /// By method, such as `/pets/GET`.
    #[serde(default)]
    methods: BTreeMap<String, Throttle>,
}

/// `{ rate = 100.0, burst = 200 }`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "ThrottleTable")]
pub(crate) struct Throttle(pub(crate) RateLimit);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThrottleTable {
    rate: f64,
    burst: u32,
}

impl TryFrom<ThrottleTable> for Throttle {
    type Error = InvalidRate;

    fn try_from(table: ThrottleTable) -> Result<Self, InvalidRate> {
        RateLimit::new(table.rate, table.burst).map(Self)
    }
}

/// `{ limit = 10000, period = "MONTH", offset = 0 }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "QuotaTable")]
pub(crate) struct QuotaLimit(pub(crate) Quota);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaTable {
    limit: u64,
    period: QuotaPeriod,
    #[serde(default)]
    offset: u32,
}

impl TryFrom<QuotaTable> for QuotaLimit {
    type Error = InvalidQuotaOffset;

    fn try_from(table: QuotaTable) -> Result<Self, InvalidQuotaOffset> {
        Quota::new(table.limit, table.period, table.offset).map(Self)
    }
}

impl UsagePlan {
    /// The plan, of this id.
    pub(crate) fn to_plan(&self, id: &str) -> throttle::UsagePlan {
        let mut plan = throttle::UsagePlan::new(id);
        plan.throttle = self.throttle.map(|throttle| throttle.0);
        plan.quota = self.quota.map(|quota| quota.0);
        plan.is_shadow = self.shadow;
        plan.begun = self.begun.map(|begun| begun.0).unwrap_or_default();
        plan.stages = self.stages.iter().map(PlanStage::to_stage).collect();
        plan.keys = self.keys.iter().map(|key| key.as_str().into()).collect();
        plan
    }
}

impl PlanStage {
    fn to_stage(&self) -> throttle::PlanStage {
        let (api, stage) = (self.api.0.0.as_str(), self.stage.0.as_str());
        let mut to = throttle::PlanStage::new(api, stage);
        let methods = self.methods.iter();
        to.methods = methods
            .map(|(method, limit)| (method.as_str().into(), limit.0))
            .collect();
        to
    }
}
