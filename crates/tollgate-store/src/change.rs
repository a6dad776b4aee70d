//! What a commit changes.

use tollgate_core::ApiId;

use crate::{Entity, EntityKey};

/// One record that a commit writes or removes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "a commit has few of them, and they are not kept"
)]
pub enum Change {
    /// A new record, or one that is there in another form.
    Put(Entity),
    /// The record goes, and what is below it: with an API all that belongs to it, with a resource
    /// those below its path, with a usage plan or an API key the keys of the plan, with a domain name
    /// its mappings.
    Remove(EntityKey),
}

/// A change of an API's lifecycle.
impl From<(ApiId, tollgate_deploy::Change)> for Change {
    fn from((api, change): (ApiId, tollgate_deploy::Change)) -> Self {
        use tollgate_deploy::Change as Of;
        match change {
            Of::Freeze(frozen) => Self::Put(Entity::Document(frozen)),
            Of::PutDeployment(deployment) => Self::Put(Entity::Deployment(api, deployment)),
            Of::RemoveDeployment(id) => Self::Remove(EntityKey::Deployment(api, id)),
            Of::PutStage(stage) => Self::Put(Entity::Stage(api, stage)),
            Of::RemoveStage(name) => Self::Remove(EntityKey::Stage(api, name)),
        }
    }
}
