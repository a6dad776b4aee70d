//! Stages: a named, running deployment and its knobs.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::{DeploymentId, RateLimit, StageName};

use crate::Timestamp;
use crate::wire::wire_enum;

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
    /// Whether responses can be cached.
    #[serde(default)]
    pub cache_cluster_enabled: bool,
    /// The size of the cache in gibibytes, such as `0.5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_cluster_size: Option<String>,
    /// The version of the documentation that belongs to what is served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_version: Option<String>,
    /// Where requests are logged, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_log_settings: Option<AccessLogSettings>,
    /// Another deployment that gets a part of the requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary_settings: Option<CanarySettings>,
    /// Whether requests are traced.
    #[serde(default)]
    pub tracing_enabled: bool,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// When the stage was made; absent where nobody has stored it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_date: Option<Timestamp>,
    /// When it was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated_date: Option<Timestamp>,
}

/// Where the requests to a stage are logged, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccessLogSettings {
    /// The line of a request, with variables of the context in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Where lines go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
}

/// A second deployment on a stage, and the part of the requests that it gets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CanarySettings {
    /// Requests of a hundred that it gets, from 0 to 100.
    #[serde(default)]
    pub percent_traffic: f64,
    /// The deployment; absent: that of the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<DeploymentId>,
    /// Stage variables that its requests see in place of the stage's own, or besides them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub stage_variable_overrides: IndexMap<String, String>,
    /// Whether it shares the stage's cache.
    #[serde(default)]
    pub use_stage_cache: bool,
}

wire_enum! {
    /// What the log of a method's execution says.
    pub enum LoggingLevel("logging level") {
        /// Nothing.
        Off = "OFF",
        /// What went wrong.
        Error = "ERROR",
        /// Every step.
        Info = "INFO",
    }
}

wire_enum! {
    /// What becomes of a request that may not go past the cache, but asks for it.
    pub enum UnauthorizedCacheControl("strategy for unauthorized cache control headers") {
        /// It is refused with 403.
        FailWith403 = "FAIL_WITH_403",
        /// It is served from the cache, with a warning among the headers.
        SucceedWithResponseHeader = "SUCCEED_WITH_RESPONSE_HEADER",
        /// It is served from the cache.
        SucceedWithoutResponseHeader = "SUCCEED_WITHOUT_RESPONSE_HEADER",
    }
}

/// Settings of a method on a stage. What is absent has never been set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MethodSetting {
    /// Whether there are metrics of the method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics_enabled: Option<bool>,
    /// What its execution log says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logging_level: Option<LoggingLevel>,
    /// Whether the log shows requests and responses whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_trace_enabled: Option<bool>,
    /// Requests at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling_burst_limit: Option<u32>,
    /// Requests a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling_rate_limit: Option<f64>,
    /// Whether responses are cached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caching_enabled: Option<bool>,
    /// Seconds for which they are, at most 3,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_ttl_in_seconds: Option<u32>,
    /// Whether what is cached is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_data_encrypted: Option<bool>,
    /// Whether a client must be allowed to go past the cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_authorization_for_cache_control: Option<bool>,
    /// What becomes of the request of one who is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unauthorized_cache_control_header_strategy: Option<UnauthorizedCacheControl>,
}

impl MethodSetting {
    /// A method that is limited so.
    #[must_use]
    pub fn throttled(limit: RateLimit) -> Self {
        Self {
            throttling_burst_limit: Some(limit.burst()),
            throttling_rate_limit: Some(limit.rate()),
            ..Self::default()
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
            cache_cluster_enabled: false,
            cache_cluster_size: None,
            documentation_version: None,
            access_log_settings: None,
            canary_settings: None,
            tracing_enabled: false,
            tags: IndexMap::new(),
            created_date: None,
            last_updated_date: None,
        }
    }

    /// The stage as the canary's requests see it, where it has a canary: with the canary's deployment,
    /// and with the canary's variables over its own. All else belongs to both.
    ///
    /// ```
    /// use tollgate_model::{CanarySettings, Stage};
    ///
    /// let mut stage = Stage::new("prod".parse()?);
    /// stage.variables.insert("host".to_owned(), "old".to_owned());
    /// assert_eq!(stage.of_canary(), None);
    ///
    /// let mut canary = CanarySettings::default();
    /// canary.deployment_id = Some("d3p10y".into());
    /// canary.stage_variable_overrides.insert("host".to_owned(), "new".to_owned());
    /// stage.canary_settings = Some(canary);
    /// let seen = stage.of_canary().ok_or("it has a canary")?;
    /// assert_eq!(seen.deployment_id, Some("d3p10y".into()));
    /// assert_eq!(seen.variables["host"], "new");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_canary(&self) -> Option<Self> {
        let canary = self.canary_settings.as_ref()?;
        let mut seen = self.clone();
        if canary.deployment_id.is_some() {
            seen.deployment_id.clone_from(&canary.deployment_id);
        }
        let overrides = canary.stage_variable_overrides.iter();
        let overrides = overrides.map(|(name, value)| (name.clone(), value.clone()));
        seen.variables.extend(overrides);
        Some(seen)
    }
}
