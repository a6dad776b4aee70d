//! Stages: a named, running deployment and its knobs.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::{DeploymentId, RateLimit, StageName};

/// One stage of an API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stage {
    /// The stage's name.
    pub stage_name: StageName,
    /// The deployment it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<DeploymentId>,
    /// What the stage is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Stage variables.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub variables: IndexMap<String, String>,
    /// The certificate that HTTPS endpoints are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate_id: Option<String>,
    /// Settings of methods, by the resource's path without its first slash and the verb, such as
    /// `pets/GET`; those of `*/*` are for every method that has none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub method_settings: IndexMap<String, MethodSetting>,
}

/// Settings of a method on a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MethodSetting {
    /// Requests at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling_burst_limit: Option<u32>,
    /// Requests a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling_rate_limit: Option<f64>,
}

impl MethodSetting {
    /// A method that is limited so.
    #[must_use]
    pub const fn throttled(limit: RateLimit) -> Self {
        Self {
            throttling_burst_limit: Some(limit.burst()),
            throttling_rate_limit: Some(limit.rate()),
        }
    }
}

impl Stage {
    /// A stage of this name with nothing else set.
    #[must_use]
    pub fn new(stage_name: StageName) -> Self {
        Self {
            stage_name,
            deployment_id: None,
            description: None,
            variables: IndexMap::new(),
            client_certificate_id: None,
            method_settings: IndexMap::new(),
        }
    }
}
