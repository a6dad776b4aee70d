//! What can be changed of a stage.

use indexmap::IndexMap;
use tollgate_core::{DeploymentId, Percent};
use tollgate_model::{CanarySettings, Stage};

use crate::method_setting;
use crate::text::{
    MAX_LOG_FORMAT_BYTES, MAX_TAGS, MAX_TEXT_BYTES, MAX_VARIABLES, beginning, check_count,
    check_length, check_tag, check_variable, some_text,
};
use crate::{DeployError, Lifecycle, MethodKey, MethodSettingName};

/// Sizes of caches in gibibytes, as the service offers them.
const CACHE_SIZES: [&str; 8] = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

/// One change of a stage's settings. Each takes effect at once.
///
/// Of texts that may be absent, an empty one is an absent one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StageEdit {
    /// Serves another deployment, or an earlier one again.
    Deployment(DeploymentId),
    /// What the stage is for.
    Description(Option<String>),
    /// Gives a stage variable a value.
    Variable {
        /// The variable.
        name: String,
        /// Its value.
        value: String,
    },
    /// Removes a stage variable.
    RemoveVariable(String),
    /// Whether responses can be cached.
    CacheClusterEnabled(bool),
    /// The size of the cache in gibibytes: `0.5`, `1.6`, `6.1`, `13.5`, `28.4`, `58.2`, `118`, `237`.
    CacheClusterSize(Option<String>),
    /// The certificate that HTTPS endpoints are shown.
    ClientCertificate(Option<String>),
    /// The version of the documentation.
    DocumentationVersion(Option<String>),
    /// Whether requests are traced.
    Tracing(bool),
    /// Where lines of the access log go.
    AccessLogDestination(String),
    /// The line of a request in the access log.
    AccessLogFormat(String),
    /// Writes no access log any more.
    RemoveAccessLog,
    /// Gives a tag a value.
    Tag {
        /// The tag's key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Removes a tag; one that is not there is no error.
    RemoveTag(String),
    /// Sets one setting of a method; see [`MethodKey::split`].
    ///
    /// Where the method has none yet, it gets all: as `*/*` has them now. Later changes of `*/*` do not
    /// change them (recorded).
    MethodSetting {
        /// The method, or `*/*`.
        key: MethodKey,
        /// The setting.
        name: MethodSettingName,
        /// Its value as text.
        value: String,
    },
    /// Removes all settings of a method, or those of `*/*`.
    RemoveMethodSettings(MethodKey),
    /// Requests of a hundred that the canary gets.
    ///
    /// This and the other edits of a canary make one where there is none: with the stage's own
    /// deployment, no traffic and a cache of its own (recorded).
    CanaryPercent(f64),
    /// The deployment that the canary's requests get.
    CanaryDeployment(DeploymentId),
    /// Whether the canary shares the stage's cache.
    CanaryUseStageCache(bool),
    /// Gives a variable another value for the canary's requests.
    CanaryVariable {
        /// The variable.
        name: String,
        /// Its value.
        value: String,
    },
    /// Gives the canary's requests the stage's own value of a variable again.
    RemoveCanaryVariable(String),
    /// Ends the canary.
    RemoveCanary,
    /// Serves the canary's deployment to all.
    PromoteDeployment,
    /// Puts the canary's variables over those of the stage.
    PromoteVariables,
}

impl StageEdit {
    pub(crate) fn apply(&self, stage: &mut Stage, all: &Lifecycle) -> Result<(), DeployError> {
        match self {
            Self::Deployment(id) => stage.deployment_id = Some(existing(id, all)?),
            Self::Description(text) => {
                stage.description = some_text("a description", text.as_deref())?;
            }
            Self::Variable { name, value } => set_variable(&mut stage.variables, name, value)?,
            Self::RemoveVariable(name) => {
                let path = format!("variables/{}", beginning(name));
                removed(stage.variables.shift_remove(name), path)?;
            }
            Self::CacheClusterEnabled(enabled) => stage.cache_cluster_enabled = *enabled,
            Self::CacheClusterSize(size) => {
                stage.cache_cluster_size = check_cache_size(size.as_deref())?;
            }
            Self::ClientCertificate(id) => {
                stage.client_certificate_id = some_text("a certificate's id", id.as_deref())?;
            }
            Self::DocumentationVersion(version) => {
                let version = some_text("a documentation version", version.as_deref())?;
                stage.documentation_version = version;
            }
            Self::Tracing(enabled) => stage.tracing_enabled = *enabled,
            Self::AccessLogDestination(_) | Self::AccessLogFormat(_) | Self::RemoveAccessLog => {
                self.apply_to_log(stage)?;
            }
            Self::Tag { key, value } => {
                check_tag(key, value)?;
                stage.tags.insert(key.clone(), value.clone());
                check_count("tags", stage.tags.len(), MAX_TAGS)?;
            }
            Self::RemoveTag(key) => {
                stage.tags.shift_remove(key);
            }
            Self::MethodSetting { key, name, value } => {
                method_setting::set(stage, key, *name, value)?;
            }
            Self::RemoveMethodSettings(key) => method_setting::remove(stage, key)?,
            _ => self.apply_to_canary(stage, all)?,
        }
        Ok(())
    }

    fn apply_to_log(&self, stage: &mut Stage) -> Result<(), DeployError> {
        let settings = &mut stage.access_log_settings;
        match self {
            Self::AccessLogDestination(arn) => {
                check_not_empty(arn)?;
                check_length("the access log's destination", arn, MAX_TEXT_BYTES)?;
                settings.get_or_insert_default().destination_arn = Some(arn.clone());
            }
            Self::AccessLogFormat(format) => {
                check_not_empty(format)?;
                check_length("the access log's format", format, MAX_LOG_FORMAT_BYTES)?;
                settings.get_or_insert_default().format = Some(format.clone());
            }
            _ => removed(settings.take(), "accessLogSettings".to_owned())?,
        }
        Ok(())
    }

    fn apply_to_canary(&self, stage: &mut Stage, all: &Lifecycle) -> Result<(), DeployError> {
        match self {
            Self::CanaryPercent(percent) => {
                Percent::new(*percent)?;
                canary(stage).percent_traffic = *percent;
            }
            Self::CanaryDeployment(id) => {
                let id = existing(id, all)?;
                canary(stage).deployment_id = Some(id);
            }
            Self::CanaryUseStageCache(shared) => canary(stage).use_stage_cache = *shared,
            Self::CanaryVariable { name, value } => {
                set_variable(&mut canary(stage).stage_variable_overrides, name, value)?;
            }
            Self::RemoveCanaryVariable(name) => {
                let canary = stage.canary_settings.as_mut();
                let overrides = canary.map(|canary| &mut canary.stage_variable_overrides);
                let value = overrides.and_then(|overrides| overrides.shift_remove(name));
                let name = beginning(name);
                removed(
                    value,
                    format!("canarySettings/stageVariableOverrides/{name}"),
                )?;
            }
            Self::PromoteDeployment => {
                let canary = stage
                    .canary_settings
                    .as_ref()
                    .ok_or(DeployError::NoCanary)?;
                if canary.deployment_id.is_some() {
                    stage.deployment_id.clone_from(&canary.deployment_id);
                }
            }
            Self::PromoteVariables => {
                let canary = stage
                    .canary_settings
                    .as_ref()
                    .ok_or(DeployError::NoCanary)?;
                let overrides = canary.stage_variable_overrides.clone();
                stage.variables.extend(overrides);
                check_count("stage variables", stage.variables.len(), MAX_VARIABLES)?;
            }
            _ => removed(stage.canary_settings.take(), "canarySettings".to_owned())?,
        }
        Ok(())
    }
}

/// The stage's canary, or a new one.
fn canary(stage: &mut Stage) -> &mut CanarySettings {
    let own = &stage.deployment_id;
    stage.canary_settings.get_or_insert_with(|| {
        let mut canary = CanarySettings::default();
        canary.deployment_id.clone_from(own);
        canary
    })
}

fn existing(id: &DeploymentId, all: &Lifecycle) -> Result<DeploymentId, DeployError> {
    if all.deployments.contains_key(id) {
        Ok(id.clone())
    } else {
        Err(DeployError::NoSuchDeployment(id.clone()))
    }
}

fn set_variable(
    variables: &mut IndexMap<String, String>,
    name: &str,
    value: &str,
) -> Result<(), DeployError> {
    check_variable(name, value)?;
    variables.insert(name.to_owned(), value.to_owned());
    check_count("stage variables", variables.len(), MAX_VARIABLES)
}

fn removed<T>(value: Option<T>, path: String) -> Result<(), DeployError> {
    value.map(drop).ok_or(DeployError::NothingToRemove { path })
}

fn check_not_empty(text: &str) -> Result<(), DeployError> {
    if text.is_empty() {
        return Err(DeployError::EmptyAccessLog);
    }
    Ok(())
}

/// The size of a cache; an empty one is none.
pub(crate) fn check_cache_size(size: Option<&str>) -> Result<Option<String>, DeployError> {
    match size {
        None | Some("") => Ok(None),
        Some(size) if CACHE_SIZES.contains(&size) => Ok(Some(size.to_owned())),
        Some(size) => Err(DeployError::InvalidSettingValue {
            name: "cacheClusterSize",
            value: beginning(size),
            expected: "0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237",
        }),
    }
}
