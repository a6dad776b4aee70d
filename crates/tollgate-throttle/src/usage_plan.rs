//! Usage plans: what they say, before they are compiled.

use tollgate_core::{Quota, RateLimit};

use crate::Day;

/// A usage plan: what each of its keys may do on its stages.
///
/// ```
/// use tollgate_core::{Quota, QuotaPeriod, RateLimit};
/// use tollgate_throttle::{PlanStage, UsagePlan};
///
/// let mut plan = UsagePlan::new("gold");
/// plan.throttle = Some(RateLimit::new(100.0, 200)?);
/// plan.quota = Some(Quota::new(1_000_000, QuotaPeriod::Month, 0)?);
/// let mut stage = PlanStage::new("a1b2c3d4e5", "prod");
/// stage.methods.push(("/pets/GET".into(), RateLimit::new(10.0, 20)?));
/// plan.stages.push(stage);
/// plan.keys.push("key1".into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UsagePlan {
    /// The plan's id.
    pub id: Box<str>,
    /// The rate and burst of each key over all stages of the plan.
    pub throttle: Option<RateLimit>,
    /// The quota of each key over all stages of the plan.
    pub quota: Option<Quota>,
    /// Whether the limits are only observed, and nobody is refused by them. Who enforces plans must
    /// ask, which gateways do; [`UsagePlanLayer`](crate::UsagePlanLayer) has a setting of its own.
    pub is_shadow: bool,
    /// The day on which the plan began, for the quota's offset.
    pub begun: Day,
    /// The stages that the plan opens.
    pub stages: Vec<PlanStage>,
    /// The ids of its keys.
    pub keys: Vec<Box<str>>,
}

/// A stage of a usage plan.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlanStage {
    /// The API's id.
    pub api_id: Box<str>,
    /// The stage's name.
    pub stage: Box<str>,
    /// Rates of single methods, by the resource's path and the verb, such as `/pets/GET`; those of the
    /// root are `//GET`. Each is besides the plan's own.
    pub methods: Vec<(Box<str>, RateLimit)>,
}

/// Methods of a stage that a plan can limit (quotas of API Gateway).
pub const MOST_PLAN_METHODS: usize = 20;

impl UsagePlan {
    /// A plan without limits, stages and keys.
    #[must_use]
    pub fn new(id: impl Into<Box<str>>) -> Self {
        Self {
            id: id.into(),
            throttle: None,
            quota: None,
            is_shadow: false,
            begun: Day::default(),
            stages: Vec::new(),
            keys: Vec::new(),
        }
    }
}

impl PlanStage {
    /// A stage without limits of methods.
    #[must_use]
    pub fn new(api_id: impl Into<Box<str>>, stage: impl Into<Box<str>>) -> Self {
        Self {
            api_id: api_id.into(),
            stage: stage.into(),
            methods: Vec::new(),
        }
    }
}
