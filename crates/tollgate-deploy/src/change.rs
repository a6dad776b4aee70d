//! What a transition changes.

use tollgate_core::{DeploymentId, StageName};
use tollgate_model::{Deployment, Stage};

use crate::Frozen;

/// One record that a transition writes or removes.
///
/// The changes of a transition are written together, or none of them.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a transition makes a few of them, and they are not kept"
)]
pub enum Change {
    /// The document that a deployment's hash names; it may be there already.
    Freeze(Frozen),
    /// A new deployment, or one that is there in another form.
    PutDeployment(Deployment),
    /// The deployment goes; its document stays as long as others name it.
    RemoveDeployment(DeploymentId),
    /// A new stage, or one that is there in another form.
    PutStage(Stage),
    /// The stage goes.
    RemoveStage(StageName),
}
