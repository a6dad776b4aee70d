//! A lifecycle that is changed as a store changes it.

use tollgate_core::{DeploymentId, SeededRandom, StageName};
use tollgate_deploy::{Change, DeployError, Frozen, Lifecycle, NewDeployment, StageEdit};
use tollgate_model::{ApiDocument, Stage, Timestamp};

/// An API at a time that goes on by a second with each transition.
pub(crate) struct Api {
    pub(crate) lifecycle: Lifecycle,
    pub(crate) random: SeededRandom,
    pub(crate) seconds: u64,
}

pub(crate) fn name(text: &str) -> StageName {
    text.parse().unwrap()
}

impl Api {
    pub(crate) fn new() -> Self {
        Self {
            lifecycle: Lifecycle::new(),
            random: SeededRandom::new(1),
            seconds: 0,
        }
    }

    pub(crate) fn now(&mut self) -> Timestamp {
        self.seconds += 1;
        Timestamp::from_seconds(self.seconds)
    }

    pub(crate) fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            self.lifecycle.apply(change);
        }
    }

    /// Deploys a document that has this name.
    pub(crate) fn deploy(
        &mut self,
        document: &str,
        new: &NewDeployment,
    ) -> Result<DeploymentId, DeployError> {
        let document = Frozen::new(ApiDocument::new(document)).unwrap();
        let now = self.now();
        let deployed = self.lifecycle.deploy(document, new, now, &self.random)?;
        self.apply(&deployed.changes);
        Ok(deployed.id)
    }

    pub(crate) fn update(&mut self, stage: &str, edits: &[StageEdit]) -> Result<(), DeployError> {
        let now = self.now();
        let changes = self.lifecycle.update_stage(&name(stage), edits, now)?;
        self.apply(&changes);
        Ok(())
    }

    pub(crate) fn stage(&self, stage: &str) -> &Stage {
        self.lifecycle.stage(&name(stage)).unwrap()
    }
}
