//! Custom domain names, and the stages that stand below them.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::{ApiId, StageName};

use crate::wire::wire_enum;
use crate::{EndpointAccessMode, EndpointConfiguration, Home, Timestamp};

wire_enum! {
    /// What decides where requests to a domain name go.
    pub enum RoutingMode("routing mode") {
        /// The mappings of its paths.
        BasePathMappingOnly = "BASE_PATH_MAPPING_ONLY",
        /// Rules over paths and headers.
        RoutingRuleOnly = "ROUTING_RULE_ONLY",
        /// Rules, and mappings for what no rule takes.
        RoutingRuleThenBasePathMapping = "ROUTING_RULE_THEN_BASE_PATH_MAPPING",
    }
}

/// Which certificates of clients a domain name takes.
///
/// The service tells warnings about the file besides; nobody sets them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MutualTlsAuthentication {
    /// The file with the certificates of issuers, such as `s3://bucket/truststore.pem`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truststore_uri: Option<String>,
    /// The version of that file; absent: the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truststore_version: Option<String>,
}

/// A custom domain name.
///
/// What the service shows besides follows from this, and is not kept: the ARN from the home, the name
/// and the id; the zones of the other names from the region; and a name is available from the moment
/// that it is there, so that it has no status. Nor is the body of a certificate kept, which the service
/// takes and never shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DomainName {
    /// The name, such as `api.example.com`.
    pub domain_name: String,
    /// What tells private domain names of one name apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_name_id: Option<String>,
    /// What the certificate at an edge is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_name: Option<String>,
    /// The certificate that clients are shown at an edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_arn: Option<String>,
    /// When that certificate was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_upload_date: Option<Timestamp>,
    /// The name of the edge, which records of the domain name system point to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution_domain_name: Option<String>,
    /// What the certificate in a region is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regional_certificate_name: Option<String>,
    /// The certificate that clients are shown in a region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regional_certificate_arn: Option<String>,
    /// The name of the endpoint in the region, which records of the domain name system point to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regional_domain_name: Option<String>,
    /// A certificate that shows whose the name is, where the one that clients are shown does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ownership_verification_certificate_arn: Option<String>,
    /// Which certificates of clients are taken; absent: clients need none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutual_tls_authentication: Option<MutualTlsAuthentication>,
    /// The kinds of endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_configuration: Option<EndpointConfiguration>,
    /// The name of the security policy that TLS connections follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<String>,
    /// How strictly that policy is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_access_mode: Option<EndpointAccessMode>,
    /// Who may call the APIs below a private name, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Who may reach a private name from other networks, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub management_policy: Option<String>,
    /// What decides where requests go; absent: the mappings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing_mode: Option<RoutingMode>,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// The account and region that it belongs to; absent: those of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
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
