//! The plans of all stages, and how they come about.

use std::collections::HashMap;
use std::sync::Arc;

use tollgate_core::{ApiId, DeploymentId, Diagnostic, Diagnostics, Percent, StageName};
use tollgate_gateway::{CompileOptions, Plan, StagePlans};
use tollgate_model::{ApiDocument, Stage};
use tollgate_store::State;

use crate::{StageStatus, Version};

/// The plans of stages, with what they were made of.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    stages: HashMap<(ApiId, StageName), Known>,
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
}

impl Plans {
    /// Compiles what is not as before; what cannot be compiled stays what it was.
    ///
    /// `is_anew`: what plans are compiled with is another now.
    pub(crate) fn follow(&mut self, state: &State, options: &CompileOptions, is_anew: bool) {
        let mut before = std::mem::take(&mut self.stages);
        for api_id in state.apis().filter_map(|api| api.id.as_ref()) {
            for stage in state.stages(api_id) {
                let place = (api_id.clone(), stage.stage_name.clone());
                let known = before.remove(&place);
                if let Some(same) = known.as_ref().filter(|_| !is_anew)
                    && same.stage == *stage
                    && same.reason.is_none()
                {
                    self.stages.extend(known.map(|known| (place, known)));
                    continue;
                }
                let made = Making {
                    state,
                    options,
                    api_id,
                    is_anew,
                }
                .stage(stage, known);
                self.stages.insert(place, made);
            }
        }
    }

    /// What the stages run.
    pub(crate) fn running(&self) -> impl Iterator<Item = &StagePlans> {
        let known = self.stages.values();
        known.filter_map(|known| Some(&known.running.as_ref()?.plans))
    }

    /// The state of all stages, by API and name.
    pub(crate) fn status(&self) -> Vec<StageStatus> {
        let known = self.stages.iter();
        let mut all: Vec<_> = known
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
            .collect();
        all.sort_by(|one, other| (&one.api_id, &one.stage).cmp(&(&other.api_id, &other.stage)));
        all
    }
}

/// What plans are made of.
struct Making<'a> {
    state: &'a State,
    options: &'a CompileOptions,
    api_id: &'a ApiId,
    is_anew: bool,
}

impl Making<'_> {
    /// The stage as it is now, or as it was where it cannot be served.
    fn stage(&self, stage: &Stage, known: Option<Known>) -> Known {
        let wanted = Version {
            revision: self.state.revision(),
            deployment_id: deployment_id(stage),
            canary: stage.of_canary().as_ref().map(deployment_id),
        };
        let before = known.and_then(|known| known.running);
        let plans = before.as_ref().map(|running| &running.plans);
        let (running, reason) = match self.plans(stage, plans) {
            Ok(plans) => {
                let version = wanted.clone();
                (Some(Running { version, plans }), None)
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
    fn plans(&self, stage: &Stage, before: Option<&StagePlans>) -> Result<StagePlans, Diagnostics> {
        let before = before.filter(|_| !self.is_anew);
        let known: Vec<_> = before
            .into_iter()
            .flat_map(|plans| {
                let canary = plans.canary().map(|(plan, _)| plan);
                [Some(plans.production()), canary]
            })
            .flatten()
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

    fn plan(&self, stage: &Stage, known: &[&Arc<Plan>]) -> Result<Plan, Diagnostics> {
        if let Some(plan) = known.iter().find_map(|plan| plan.with_settings(stage)) {
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
