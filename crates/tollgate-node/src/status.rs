//! What a node serves, and what it should.

use serde::Serialize;
use tollgate_core::{ApiId, DeploymentId, Diagnostics, StageName};
use tollgate_store::Revision;

/// What a node serves, beside what the store says that it should.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Status {
    /// The last revision of the store that this node has acted on: all that could be served of it is.
    pub revision: Revision,
    /// All stages of the store, by API and name.
    pub stages: Vec<StageStatus>,
    /// What is not served as it should be besides stages: domain names, keys and plans.
    pub problems: Vec<String>,
    /// Why the store could not be read when it was tried last; what is served goes on.
    pub unavailable: Option<String>,
    /// The number of the options that are served with.
    pub(crate) options: u64,
}

/// What a node serves of one stage.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StageStatus {
    /// The API.
    pub api_id: ApiId,
    /// The stage.
    pub stage: StageName,
    /// What it should serve.
    pub wanted: Version,
    /// What it serves; `None`: nothing yet.
    pub running: Option<Version>,
    /// Why it does not serve what it should.
    pub reason: Option<Diagnostics>,
}

/// A form of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Version {
    /// The revision of the store at which the stage took this form, as far as this node saw it.
    pub revision: Revision,
    /// The deployment.
    pub deployment_id: DeploymentId,
    /// The deployment of the canary, if there is one.
    pub canary: Option<DeploymentId>,
}

impl StageStatus {
    /// Whether it serves what it should.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.running.as_ref() == Some(&self.wanted)
    }
}
