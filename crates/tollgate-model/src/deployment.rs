//! Deployments: what a stage can serve.

use serde::{Deserialize, Serialize};
use tollgate_core::DeploymentId;

use crate::{ContentHash, Timestamp};

/// A document that was frozen to be served. Only its description can change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Deployment {
    /// The deployment's id.
    pub id: DeploymentId,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was made.
    pub created_date: Timestamp,
    /// The document that it froze. The service shows no such member.
    pub content_hash: ContentHash,
}

impl Deployment {
    /// A deployment of a document.
    #[must_use]
    pub const fn new(id: DeploymentId, created_date: Timestamp, content_hash: ContentHash) -> Self {
        Self {
            id,
            description: None,
            created_date,
            content_hash,
        }
    }
}
