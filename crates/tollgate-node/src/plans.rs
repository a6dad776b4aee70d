//! The plans of all stages, and how they come about.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_core::{ApiId, DeploymentId, Diagnostic, Diagnostics, Percent, StageName};
use tollgate_gateway::{ClientCertificate, CompileOptions, Plan, StagePlans};
use tollgate_model::{ApiDocument, ContentHash, Stage};
use tollgate_store::State;

use crate::{StageStatus, Version};

/// The plans of stages, with what they were made of.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    stages: BTreeMap<(ApiId, StageName), Known>,
    /// The number of what plans are compiled with now.
    options: u64,
}

/// What is known of a stage.
#[derive(Debug)]
struct Known {
    /// What it should be.
    stage: Stage,
    wanted: Version,
    running: Option<Running>,
    reason: Option<Diagnostics>,
}

/// What a stage runs.
#[derive(Clone, Debug)]
struct Running {
    version: Version,
    plans: StagePlans,
    made_of: MadeOf,
}

/// What a stage does not say of its plans.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MadeOf {
    /// The number of the options that they were compiled with.
    options: u64,
    /// The documents of production and canary. Only these tell what a deployment is: its API may have
    /// been removed and made again meanwhile, with another deployment of the same id.
    documents: [Option<ContentHash>; 2],
    /// What the stage shows to endpoints.
    certificate: Option<ClientCertificate>,
}

impl Plans {
    /// Compiles what is not as before; what cannot be compiled stays what it was.
    ///
    /// `is_anew`: what plans are compiled with is another now, besides client certificates.
    pub(crate) fn follow(&mut self, state: &State, options: &CompileOptions, is_anew: bool) {
        if is_anew {
            self.options += 1;
        }
        let mut before = std::mem::take(&mut self.stages);
        for api_id in state.apis().filter_map(|api| api.id.as_ref()) {
            for stage in state.stages(api_id) {
                let place = (api_id.clone(), stage.stage_name.clone());
                let known = before.remove(&place);
                let making = Making {
                    state,
                    options,
                    api_id,
                    number: self.options,
                };
                let known = match known {
                    Some(same) if making.is_same(&same, stage) => same,
                    known => making.stage(stage, known),
                };
                self.stages.insert(place, known);
            }
        }
    }

    /// What the stages run, by API and name.
    pub(crate) fn running(&self) -> impl Iterator<Item = &StagePlans> {
        let known = self.stages.values();
        known.filter_map(|known| Some(&known.running.as_ref()?.plans))
    }

    /// The state of all stages, by API and name.
    pub(crate) fn status(&self) -> Vec<StageStatus> {
        let known = self.stages.iter();
        known
            .map(|((api_id, stage), known)| StageStatus {
                api_id: api_id.clone(),
                stage: stage.clone(),
                wanted: known.wanted.clone(),
                running: known
                    .running
                    .as_ref()
                    .map(|running| running.version.clone()),
                reason: known.reason.clone(),
            })
            .collect()
    }
}

/// What plans are made of.
struct Making<'a> {
    state: &'a State,
    options: &'a CompileOptions,
    api_id: &'a ApiId,
    /// That of the options.
    number: u64,
}

impl Making<'_> {
    /// Whether a stage is served as it should be already.
    fn is_same(&self, known: &Known, stage: &Stage) -> bool {
        let is_current = |running: &Running| running.made_of == self.made_of(stage);
        known.stage == *stage
            && known.reason.is_none()
            && known.running.as_ref().is_some_and(is_current)
    }

    fn made_of(&self, stage: &Stage) -> MadeOf {
        let canary = stage.of_canary();
        let documents = [Some(stage), canary.as_ref()].map(|seen| self.content(seen?));
        MadeOf {
            options: self.number,
            documents,
            certificate: self.certificate(stage).cloned(),
        }
    }

    fn certificate(&self, stage: &Stage) -> Option<&ClientCertificate> {
        let id = stage.client_certificate_id.as_ref()?;
        self.options.client_certificates.get(id)
    }

    /// The name of the document that a stage serves.
    fn content(&self, stage: &Stage) -> Option<ContentHash> {
        let deployment = self.state.deployment(self.api_id, &deployment_id(stage));
        deployment.map(|one| one.content_hash)
    }

    /// The stage as it is now, or as it was where it cannot be served.
    fn stage(&self, stage: &Stage, known: Option<Known>) -> Known {
        let wanted = Version {
            revision: self.state.revision(),
            deployment_id: deployment_id(stage),
            canary: stage.of_canary().as_ref().map(deployment_id),
        };
        let before = known.and_then(|known| known.running);
        let (running, reason) = match self.plans(stage, before.as_ref()) {
            Ok(plans) => {
                let running = Running {
                    version: wanted.clone(),
                    plans,
                    made_of: self.made_of(stage),
                };
                (Some(running), None)
            }
            Err(reason) => (before, Some(reason)),
        };
        Known {
            stage: stage.clone(),
            wanted,
            running,
            reason,
        }
    }

    /// What was compiled before is taken again where it fits: when a canary comes, goes or is promoted,
    /// nothing is compiled twice.
    fn plans(&self, stage: &Stage, before: Option<&Running>) -> Result<StagePlans, Diagnostics> {
        let before = before.filter(|Running { made_of, .. }| {
            made_of.options == self.number
                && made_of.certificate.as_ref() == self.certificate(stage)
        });
        let known: Vec<_> = before
            .into_iter()
            .flat_map(|Running { plans, made_of, .. }| {
                let canary = plans.canary().map(|(plan, _)| plan);
                let plans = [Some(plans.production()), canary];
                plans.into_iter().zip(made_of.documents)
            })
            .filter_map(|(plan, document)| Some((plan?, document?)))
            .collect();
        let production = self.plan(stage, &known)?;
        let plans = StagePlans::new(production);
        let (Some(seen), Some(settings)) = (stage.of_canary(), &stage.canary_settings) else {
            return Ok(plans);
        };
        let percent = Percent::new(settings.percent_traffic).map_err(|error| {
            let message = format!("stage {}: {error}", stage.stage_name);
            Diagnostics::from(Diagnostic::error("/canarySettings/percentTraffic", message))
        })?;
        Ok(plans.with_canary(self.plan(&seen, &known)?, percent))
    }

    fn plan(
        &self,
        stage: &Stage,
        known: &[(&Arc<Plan>, ContentHash)],
    ) -> Result<Plan, Diagnostics> {
        let content = self.content(stage);
        let mut known = known.iter().filter(|(_, of)| Some(*of) == content);
        if let Some(plan) = known.find_map(|(plan, _)| plan.with_settings(stage)) {
            return Ok(plan);
        }
        Plan::compile_with(self.document(stage)?, stage, self.options)
    }

    /// The document of a stage's deployment.
    fn document(&self, stage: &Stage) -> Result<&ApiDocument, Diagnostics> {
        let id = deployment_id(stage);
        let deployment = self.state.deployment(self.api_id, &id);
        let document = deployment.and_then(|one| self.state.document(one.content_hash));
        document.map(|frozen| &**frozen.document()).ok_or_else(|| {
            // A store keeps the documents of deployments, and the deployments of stages.
            let message = format!("stage {}: there is no deployment {id}", stage.stage_name);
            Diagnostics::from(Diagnostic::error("", message))
        })
    }
}

fn deployment_id(stage: &Stage) -> DeploymentId {
    let none = || tollgate_gateway::DEFAULT_DEPLOYMENT_ID.into();
    stage.deployment_id.clone().unwrap_or_else(none)
}
