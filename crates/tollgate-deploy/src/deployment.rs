//! Making, describing and deleting deployments.

use indexmap::IndexMap;
use serde::Deserialize;
use tollgate_core::{DeploymentId, Percent, Random, StageName, random_id};
use tollgate_model::{ApiDocument, CanarySettings, Deployment, Stage, Timestamp};

use crate::text::{check_variables, some_text};
use crate::{Change, DeployError, Frozen, Lifecycle, NewStage};

/// What a new deployment is made for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct NewDeployment {
    /// What the deployment is for.
    pub description: Option<String>,
    /// The stage that is to serve it, which is made if it is not there; absent or empty: none.
    pub stage_name: Option<String>,
    /// What the stage is for.
    pub stage_description: Option<String>,
    /// Variables of the stage, over those that it has.
    pub variables: IndexMap<String, String>,
    /// Whether the stage's responses can be cached; absent: as before.
    pub cache_cluster_enabled: Option<bool>,
    /// The size of its cache.
    pub cache_cluster_size: Option<String>,
    /// Whether its requests are traced; absent: as before.
    pub tracing_enabled: Option<bool>,
    /// Makes it the stage's canary, and leaves all else of the stage as it is.
    pub canary_settings: Option<NewCanary>,
}

impl NewDeployment {
    /// A deployment that this stage is to serve.
    #[must_use]
    pub fn to_stage(stage_name: impl Into<String>) -> Self {
        Self {
            stage_name: Some(stage_name.into()),
            ..Self::default()
        }
    }
}

/// How a new deployment is a canary.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct NewCanary {
    /// Requests of a hundred that it gets.
    pub percent_traffic: f64,
    /// Variables over those of the stage.
    pub stage_variable_overrides: IndexMap<String, String>,
    /// Whether it shares the stage's cache.
    pub use_stage_cache: bool,
}

/// A deployment that was made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Deployed {
    /// Its id.
    pub id: DeploymentId,
    /// What changes by it.
    pub changes: Vec<Change>,
}

/// Checks what the service's control plane asks of a document before it deploys it: that it has
/// methods, and that each calls something.
///
/// [`Lifecycle::deploy`] does not: a gateway serves such documents, too, and says at start-up what they
/// lack.
///
/// # Errors
///
/// [`DeployError::NoMethods`] and [`DeployError::NoIntegration`].
pub fn check_deployable(document: &ApiDocument) -> Result<(), DeployError> {
    let mut methods = document.resources.iter().flat_map(|resource| {
        let methods = resource.resource_methods.values();
        methods.map(move |method| (resource, method))
    });
    if methods.clone().next().is_none() {
        return Err(DeployError::NoMethods);
    }
    let idle = methods.find(|(_, method)| method.method_integration.is_none());
    idle.map_or(Ok(()), |(resource, method)| {
        Err(DeployError::NoIntegration {
            path: resource.path.clone(),
            verb: method.http_method,
        })
    })
}

impl Lifecycle {
    /// Makes a deployment of a document, for a stage if one is named.
    ///
    /// A stage that is not there is made. One that is serves the deployment from now on, or, while it has
    /// a canary, its canary does ("Create a canary release deployment" of the developer guide). With
    /// canary settings, the deployment becomes the stage's canary, and nothing else changes (recorded).
    ///
    /// ```
    /// use tollgate_core::SeededRandom;
    /// use tollgate_deploy::{Frozen, Lifecycle, NewDeployment};
    /// use tollgate_model::{ApiDocument, Timestamp};
    ///
    /// let mut pets = Lifecycle::new();
    /// let (document, now) = (Frozen::new(ApiDocument::new("Pets"))?, Timestamp::from_seconds(1));
    /// let ids = SeededRandom::new(7);
    /// let deployed = pets.deploy(document, &NewDeployment::to_stage("prod"), now, &ids)?;
    /// deployed.changes.iter().for_each(|change| pets.apply(change));
    ///
    /// let prod = pets.stage(&"prod".parse()?)?;
    /// assert_eq!(prod.deployment_id, Some(deployed.id));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of texts, counts and percentages; [`DeployError::CanaryWithoutStageName`] and
    /// [`DeployError::CanaryWithoutStage`].
    pub fn deploy(
        &self,
        document: Frozen,
        new: &NewDeployment,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Deployed, DeployError> {
        let is_taken = |id: &str| self.deployments.contains_key(&DeploymentId::new(id));
        let id = DeploymentId::new(random_id(random, 6, is_taken));
        let stage = match &new.canary_settings {
            Some(canary) => Some(self.stage_with_canary(new, canary, &id, now)?),
            None => self.stage_of(new, &id, now)?,
        };
        let mut deployment = Deployment::new(id.clone(), now, document.hash());
        deployment.description = some_text("a description", new.description.as_deref())?;
        let mut changes = vec![Change::Freeze(document), Change::PutDeployment(deployment)];
        changes.extend(stage.map(Change::PutStage));
        Ok(Deployed { id, changes })
    }

    fn stage_with_canary(
        &self,
        new: &NewDeployment,
        canary: &NewCanary,
        id: &DeploymentId,
        now: Timestamp,
    ) -> Result<Stage, DeployError> {
        let given = new.stage_name.as_deref().filter(|name| !name.is_empty());
        let Some(name) = given else {
            let given = new.stage_name.clone();
            return Err(DeployError::CanaryWithoutStageName { given });
        };
        let name: StageName = name.parse()?;
        let Some(stage) = self.stages.get(&name) else {
            return Err(DeployError::CanaryWithoutStage(name));
        };
        Percent::new(canary.percent_traffic)?;
        check_variables(&canary.stage_variable_overrides)?;
        let mut settings = CanarySettings::default();
        settings.percent_traffic = canary.percent_traffic;
        settings.deployment_id = Some(id.clone());
        settings.stage_variable_overrides = canary.stage_variable_overrides.clone();
        settings.use_stage_cache = canary.use_stage_cache;
        let mut stage = stage.clone();
        stage.canary_settings = Some(settings);
        stage.last_updated_date = Some(now);
        Ok(stage)
    }

    fn stage_of(
        &self,
        new: &NewDeployment,
        id: &DeploymentId,
        now: Timestamp,
    ) -> Result<Option<Stage>, DeployError> {
        let given = new.stage_name.as_deref().filter(|name| !name.is_empty());
        let Some(name) = given else {
            return Ok(None);
        };
        let name: StageName = name.parse()?;
        let mut told = NewStage::new(name.clone(), id.clone());
        told.description.clone_from(&new.stage_description);
        told.cache_cluster_size.clone_from(&new.cache_cluster_size);
        told.variables.clone_from(&new.variables);
        let Some(stage) = self.stages.get(&name) else {
            told.cache_cluster_enabled = new.cache_cluster_enabled.unwrap_or_default();
            told.tracing_enabled = new.tracing_enabled.unwrap_or_default();
            return told.make(now).map(Some);
        };
        let told = told.make(now)?;
        let mut stage = stage.clone();
        match &mut stage.canary_settings {
            Some(canary) => canary.deployment_id = Some(id.clone()),
            None => stage.deployment_id = Some(id.clone()),
        }
        stage.description = told.description.or(stage.description);
        stage.cache_cluster_size = told.cache_cluster_size.or(stage.cache_cluster_size);
        stage.cache_cluster_enabled = new
            .cache_cluster_enabled
            .unwrap_or(stage.cache_cluster_enabled);
        stage.tracing_enabled = new.tracing_enabled.unwrap_or(stage.tracing_enabled);
        stage.variables.extend(told.variables);
        check_variables(&stage.variables)?;
        stage.last_updated_date = Some(now);
        Ok(Some(stage))
    }

    /// Gives a deployment another description; an empty one is none. Nothing else of it can change.
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownDeployment`], and [`DeployError::TooLong`].
    pub fn describe_deployment(
        &self,
        id: &DeploymentId,
        description: Option<&str>,
    ) -> Result<Vec<Change>, DeployError> {
        let mut deployment = self.deployment(id)?.clone();
        deployment.description = some_text("a description", description)?;
        Ok(vec![Change::PutDeployment(deployment)])
    }

    /// Deletes a deployment that no stage serves.
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownDeployment`], and [`DeployError::DeploymentInUse`], also where only a canary
    /// serves it.
    pub fn delete_deployment(&self, id: &DeploymentId) -> Result<Vec<Change>, DeployError> {
        self.deployment(id)?;
        let stages: Vec<_> = self.stages_serving(id).cloned().collect();
        if !stages.is_empty() {
            let id = id.clone();
            return Err(DeployError::DeploymentInUse { id, stages });
        }
        Ok(vec![Change::RemoveDeployment(id.clone())])
    }

    /// The deployment of this id.
    ///
    /// # Errors
    ///
    /// [`DeployError::UnknownDeployment`].
    pub fn deployment(&self, id: &DeploymentId) -> Result<&Deployment, DeployError> {
        let found = self.deployments.get(id);
        found.ok_or_else(|| DeployError::UnknownDeployment(id.clone()))
    }

    /// The deployment that was the newest at this time; of those of one second, the last.
    ///
    /// # Errors
    ///
    /// [`DeployError::NoDeploymentBy`].
    pub fn deployment_by(&self, time: Timestamp) -> Result<&Deployment, DeployError> {
        let made = self.deployments.values();
        made.filter(|deployment| deployment.created_date <= time)
            .max_by_key(|deployment| deployment.created_date)
            .ok_or(DeployError::NoDeploymentBy(time))
    }

    /// The stages that serve a deployment, to all or to the requests of their canary.
    pub fn stages_serving<'l>(
        &'l self,
        id: &'l DeploymentId,
    ) -> impl Iterator<Item = &'l StageName> {
        self.stages.values().filter_map(move |stage| {
            let canary = stage.canary_settings.as_ref();
            let of_canary = canary.and_then(|canary| canary.deployment_id.as_ref());
            let mut served = stage.deployment_id.iter().chain(of_canary);
            served
                .any(|served| served == id)
                .then_some(&stage.stage_name)
        })
    }
}
