//! Usage plans, and the keys that they are for.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::{ApiId, QuotaPeriod, StageName};

use crate::Home;

/// What each of a plan's keys may do on its stages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UsagePlan {
    /// The plan's id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The stages that it opens.
    #[serde(default)]
    pub api_stages: Vec<ApiStage>,
    /// The rate and burst of each key over all stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<ThrottleSettings>,
    /// The quota of each key over all stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<QuotaSettings>,
    /// The product that it is sold as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_code: Option<String>,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// The account and region that it belongs to; absent: those of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
}

impl UsagePlan {
    /// A plan that opens no stage.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            ..Self::default()
        }
    }
}

/// A stage that a plan opens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiStage {
    /// The API.
    pub api_id: ApiId,
    /// The stage.
    pub stage: StageName,
    /// Limits of single methods, by the resource's path and the verb, such as `/pets/GET`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub throttle: IndexMap<String, ThrottleSettings>,
}

impl ApiStage {
    /// A stage whose methods have no limits of their own.
    #[must_use]
    pub fn new(api_id: ApiId, stage: StageName) -> Self {
        Self {
            api_id,
            stage,
            throttle: IndexMap::new(),
        }
    }
}

/// A rate and burst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ThrottleSettings {
    /// Requests at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst_limit: Option<u32>,
    /// Requests a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<f64>,
}

/// Requests in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QuotaSettings {
    /// Requests.
    pub limit: u64,
    /// Requests that the first period has less.
    #[serde(default)]
    pub offset: u32,
    /// The period.
    pub period: QuotaPeriod,
}

impl QuotaSettings {
    /// So many requests in each period.
    #[must_use]
    pub const fn new(limit: u64, period: QuotaPeriod) -> Self {
        Self {
            limit,
            offset: 0,
            period,
        }
    }
}

/// A key of a usage plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UsagePlanKey {
    /// The plan's id.
    pub usage_plan_id: String,
    /// The key's id.
    pub key_id: String,
}

impl UsagePlanKey {
    /// This key in this plan.
    #[must_use]
    pub fn new(usage_plan_id: impl Into<String>, key_id: impl Into<String>) -> Self {
        Self {
            usage_plan_id: usage_plan_id.into(),
            key_id: key_id.into(),
        }
    }
}
