//! The deployments and stages of one API.

use indexmap::IndexMap;
use tollgate_core::{DeploymentId, StageName};
use tollgate_model::{Deployment, Stage};

use crate::Change;

/// The deployments and stages of one API, as plain data.
///
/// Documents are not here: a deployment names its own by hash.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Lifecycle {
    /// What stages can serve, in the order in which it was made.
    pub deployments: IndexMap<DeploymentId, Deployment>,
    /// The stages, in the order in which they were made.
    pub stages: IndexMap<StageName, Stage>,
}

impl Lifecycle {
    /// No deployment and no stage.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does what a transition found.
    ///
    /// What is put goes to the end, or to the place of what it replaces. Removing what is not there
    /// changes nothing, and neither does [`Change::Freeze`].
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Freeze(_) => {}
            Change::PutDeployment(deployment) => {
                let id = deployment.id.clone();
                self.deployments.insert(id, deployment.clone());
            }
            Change::RemoveDeployment(id) => {
                self.deployments.shift_remove(id);
            }
            Change::PutStage(stage) => {
                self.stages.insert(stage.stage_name.clone(), stage.clone());
            }
            Change::RemoveStage(name) => {
                self.stages.shift_remove(name);
            }
        }
    }
}
