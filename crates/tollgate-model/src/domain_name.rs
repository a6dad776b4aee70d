//! Custom domain names, and the stages that stand below them.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::{ApiId, StageName};

use crate::EndpointConfiguration;

/// A custom domain name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DomainName {
    /// The name, such as `api.example.com`.
    pub domain_name: String,
    /// The certificate that clients are shown at an edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_arn: Option<String>,
    /// The certificate that clients are shown in a region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regional_certificate_arn: Option<String>,
    /// The kinds of endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_configuration: Option<EndpointConfiguration>,
    /// The name of the security policy that TLS connections follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<String>,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
}

impl DomainName {
    /// A name that leads nowhere yet.
    #[must_use]
    pub fn new(domain_name: impl Into<String>) -> Self {
        Self {
            domain_name: domain_name.into(),
            ..Self::default()
        }
    }
}

/// What stands below a path of a custom domain name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BasePathMapping {
    /// The path; `(none)`: all that no other mapping takes.
    pub base_path: String,
    /// The API.
    pub rest_api_id: ApiId,
    /// The stage; absent: the next segment of the path names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageName>,
}

impl BasePathMapping {
    /// The base path of a mapping that takes what no other takes.
    pub const REST: &str = "(none)";

    /// An API below a path; its stages are named by the next segment.
    #[must_use]
    pub fn new(base_path: impl Into<String>, rest_api_id: ApiId) -> Self {
        Self {
            base_path: base_path.into(),
            rest_api_id,
            stage: None,
        }
    }
}
