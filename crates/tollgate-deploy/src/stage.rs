//! Making, changing and deleting stages.

use indexmap::IndexMap;
use serde::Deserialize;
use tollgate_core::{DeploymentId, Percent, StageName};
use tollgate_model::{CanarySettings, Stage, Timestamp};

use crate::stage_edit::check_cache_size;
use crate::text::{check_tags, check_variables, some_text};
use crate::{Change, DeployError, Lifecycle, StageEdit};

/// A stage that is to be made.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewStage {
    /// Its name.
    pub stage_name: StageName,
    /// The deployment it serves.
    pub deployment_id: DeploymentId,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Its variables.
    #[serde(default)]
    pub variables: IndexMap<String, String>,
    /// Whether responses can be cached.
    #[serde(default)]
    pub cache_cluster_enabled: bool,
    /// The size of the cache.
    #[serde(default)]
    pub cache_cluster_size: Option<String>,
    /// The version of the documentation that belongs to it.
    #[serde(default)]
    pub documentation_version: Option<String>,
    /// Its canary; one that names no deployment gets the stage's own.
    #[serde(default)]
    pub canary_settings: Option<CanarySettings>,
    /// Whether requests are traced.
    #[serde(default)]
    pub tracing_enabled: bool,
    /// Labels of the owner.
    #[serde(default)]
    pub tags: IndexMap<String, String>,
}

impl NewStage {
    /// A stage that serves this deployment, with nothing else set.
    #[must_use]
    pub fn new(stage_name: StageName, deployment_id: DeploymentId) -> Self {
        Self {
            stage_name,
            deployment_id,
            description: None,
            variables: IndexMap::new(),
            cache_cluster_enabled: false,
            cache_cluster_size: None,
            documentation_version: None,
            canary_settings: None,
            tracing_enabled: false,
            tags: IndexMap::new(),
        }
    }

    /// The stage, where all texts and counts are allowed.
    pub(crate) fn make(self, now: Timestamp) -> Result<Stage, DeployError> {
        check_variables(&self.variables)?;
        check_tags(&self.tags)?;
        let mut stage = Stage::new(self.stage_name);
        stage.description = some_text("a description", self.description.as_deref())?;
        stage.variables = self.variables;
        stage.cache_cluster_enabled = self.cache_cluster_enabled;
        stage.cache_cluster_size = check_cache_size(self.cache_cluster_size.as_deref())?;
        let version = self.documentation_version.as_deref();
        stage.documentation_version = some_text("a documentation version", version)?;
        if let Some(mut canary) = self.canary_settings {
            Percent::new(canary.percent_traffic)?;
            check_variables(&canary.stage_variable_overrides)?;
            let own = || self.deployment_id.clone();
            canary.deployment_id.get_or_insert_with(own);
            stage.canary_settings = Some(canary);
        }
        stage.deployment_id = Some(self.deployment_id);
        stage.tracing_enabled = self.tracing_enabled;
        stage.tags = self.tags;
        stage.created_date = Some(now);
        stage.last_updated_date = Some(now);
        Ok(stage)
    }
}

impl Lifecycle {
    /// Makes a stage.
    ///
    /// # Errors
    ///
    /// [`DeployError::StageExists`], [`DeployError::UnknownDeployment`], and those of texts, counts and
    /// percentages.
    pub fn create_stage(&self, new: NewStage, now: Timestamp) -> Result<Vec<Change>, DeployError> {
        if self.stages.contains_key(&new.stage_name) {
            return Err(DeployError::StageExists(new.stage_name));
        }
        let canary = new.canary_settings.as_ref();
        let of_canary = canary.and_then(|canary| canary.deployment_id.as_ref());
        for id in of_canary.into_iter().chain([&new.deployment_id]) {
            self.deployment(id)?;
        }
        Ok(vec![Change::PutStage(new.make(now)?)])
    }

    /// Changes a stage by all of these edits, one after the other, or by none.
    ///
    /// ```
    /// # use tollgate_core::SeededRandom;
    /// # use tollgate_deploy::{Frozen, Lifecycle, NewDeployment};
    /// # use tollgate_model::{ApiDocument, Timestamp};
    /// use tollgate_deploy::{MethodKey, StageEdit};
    ///
    /// # let (mut pets, now) = (Lifecycle::new(), Timestamp::from_seconds(1));
    /// # let document = Frozen::new(ApiDocument::new("Pets"))?;
    /// # let random = SeededRandom::new(7);
    /// # let deployed = pets.deploy(document, &NewDeployment::to_stage("prod"), now, &random)?;
    /// # deployed.changes.iter().for_each(|change| pets.apply(change));
    /// let (key, name) = MethodKey::split("/pets/GET/throttling/rateLimit")?;
    /// let edits = [
    ///     StageEdit::Description(Some("for all".to_owned())),
    ///     StageEdit::MethodSetting { key, name, value: "5".to_owned() },
    /// ];
    /// let prod = "prod".parse()?;
    /// let changes = pets.update_stage(&prod, &edits, now)?;
    /// changes.iter().for_each(|change| pets.apply(change));
    /// let of_pets = &pets.stage(&prod)?.method_settings["pets/GET"];
    /// assert_eq!(of_pets.throttling_rate_limit, Some(5.0));
    /// assert_eq!(of_pets.throttling_burst_limit, Some(5_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownStage`], and that of the first edit that is refused.
    pub fn update_stage(
        &self,
        name: &StageName,
        edits: &[StageEdit],
        now: Timestamp,
    ) -> Result<Vec<Change>, DeployError> {
        let mut stage = self.stage(name)?.clone();
        for edit in edits {
            edit.apply(&mut stage, self)?;
        }
        if edits.is_empty() {
            return Ok(Vec::new());
        }
        stage.last_updated_date = Some(now);
        Ok(vec![Change::PutStage(stage)])
    }

    /// Points a stage at the deployment that was the newest at a time: a way back without an id.
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownStage`] and [`DeployError::NoDeploymentBy`].
    pub fn roll_back(
        &self,
        name: &StageName,
        to: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Change>, DeployError> {
        let deployment = self.deployment_by(to)?;
        let edit = StageEdit::Deployment(deployment.id.clone());
        self.update_stage(name, &[edit], now)
    }

    /// Makes a stage's canary its production: all requests get the canary's deployment, and its
    /// variables over the stage's own. The canary stays, with none of the traffic (recorded).
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownStage`] and [`DeployError::NoCanary`].
    pub fn promote(&self, name: &StageName, now: Timestamp) -> Result<Vec<Change>, DeployError> {
        let edits = [
            StageEdit::PromoteDeployment,
            StageEdit::PromoteVariables,
            StageEdit::CanaryPercent(0.0),
        ];
        self.update_stage(name, &edits, now)
    }

    /// Deletes a stage. Its deployments stay.
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownStage`].
    pub fn delete_stage(&self, name: &StageName) -> Result<Vec<Change>, DeployError> {
        self.stage(name)?;
        Ok(vec![Change::RemoveStage(name.clone())])
    }

    /// The stage of this name.
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownStage`].
    pub fn stage(&self, name: &StageName) -> Result<&Stage, DeployError> {
        let found = self.stages.get(name);
        found.ok_or_else(|| DeployError::UnknownStage(name.clone()))
    }
}
