//! Links into private networks.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::Home;
use crate::wire::wire_enum;

wire_enum! {
    /// How far a link is.
    #[derive(Default)]
    pub enum VpcLinkStatus("VPC link status") {
        /// It can be used.
        Available = "AVAILABLE",
        /// It is being made.
        #[default]
        Pending = "PENDING",
        /// It is being removed.
        Deleting = "DELETING",
        /// It could not be made.
        Failed = "FAILED",
    }
}

/// A link into a private network, which integrations name as their connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VpcLink {
    /// The link's id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The load balancers that it leads to; the service takes one.
    #[serde(default)]
    pub target_arns: Vec<String>,
    /// How far it is.
    #[serde(default)]
    pub status: VpcLinkStatus,
    /// What there is to say about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// The account and region that it belongs to; absent: those of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
}

impl VpcLink {
    /// A link that is being made and leads nowhere yet.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            ..Self::default()
        }
    }
}
