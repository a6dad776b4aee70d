//! The settings of a REST API.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::{ApiId, ResourceId};

use crate::wire::wire_enum;
use crate::{CorsConfiguration, Home, Timestamp};

wire_enum! {
    /// Where the API key of a request is read from.
    #[derive(Default)]
    pub enum ApiKeySource("API key source") {
        /// The header `X-API-Key`.
        #[default]
        Header = "HEADER",
        /// The answer of a Lambda authorizer.
        Authorizer = "AUTHORIZER",
    }
}

wire_enum! {
    /// How the endpoint of an API is reached.
    pub enum EndpointType("endpoint type") {
        /// From one region.
        Regional = "REGIONAL",
        /// Through a content delivery network.
        Edge = "EDGE",
        /// From a private network only.
        Private = "PRIVATE",
    }
}

wire_enum! {
    /// How strictly the security policy of an API's endpoint is applied.
    pub enum EndpointAccessMode("endpoint access mode") {
        /// Leniently, as by default.
        Basic = "BASIC",
        /// Strictly.
        Strict = "STRICT",
    }
}

/// The kinds of endpoint of an API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EndpointConfiguration {
    /// The kinds; AWS allows one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<EndpointType>,
    /// `ipv4` or `dualstack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// Endpoints of a private network that reach a private API.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vpc_endpoint_ids: Vec<String>,
}

/// The settings of one REST API: everything that is not a list of its own on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RestApi {
    /// The API's id; absent in a document that nobody has stored yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ApiId>,
    /// The API's name.
    pub name: String,
    /// What the API is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The version its author gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Media types whose bodies are bytes rather than text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binary_media_types: Vec<String>,
    /// Bytes from which on responses are compressed; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_compression_size: Option<u32>,
    /// Where API keys are read from.
    #[serde(default)]
    pub api_key_source: ApiKeySource,
    /// The kinds of endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_configuration: Option<EndpointConfiguration>,
    /// The resource policy, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// Whether the `execute-api` host is switched off in favour of custom domain names.
    #[serde(default)]
    pub disable_execute_api_endpoint: bool,
    /// The name of the security policy that TLS connections follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<String>,
    /// How strictly that policy is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_access_mode: Option<EndpointAccessMode>,
    /// Which pages of other origins may call the API, where the gateway itself sees to that; absent:
    /// what the API's methods say. REST APIs of the service have no such setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors_configuration: Option<CorsConfiguration>,
    /// The resource `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_resource_id: Option<ResourceId>,
    /// When the API was made; absent where nobody has stored it, and in what a deployment freezes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_date: Option<Timestamp>,
    /// The account and region that the API belongs to; absent: those of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
}
