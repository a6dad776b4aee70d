//! Integrations: how a method reaches its endpoint, and how the answer comes back.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::wire::wire_enum;

wire_enum! {
    /// What an integration talks to, and how much of the mapping applies.
    pub enum IntegrationType("integration type") {
        /// An HTTP endpoint, with mapping.
        Http = "HTTP",
        /// An AWS service or a Lambda function, with mapping.
        Aws = "AWS",
        /// Nothing: the gateway answers by itself.
        Mock = "MOCK",
        /// An HTTP endpoint that gets the request and gives the response as they are.
        HttpProxy = "HTTP_PROXY",
        /// A Lambda function that gets the request as an event and gives the response.
        AwsProxy = "AWS_PROXY",
    }
}

wire_enum! {
    /// What happens to a body whose content type has no template.
    #[derive(Default)]
    pub enum PassthroughBehavior("passthrough behavior") {
        /// It passes unchanged.
        #[default]
        WhenNoMatch = "WHEN_NO_MATCH",
        /// It is refused with 415.
        Never = "NEVER",
        /// It passes if there are no templates at all, and is refused otherwise.
        WhenNoTemplates = "WHEN_NO_TEMPLATES",
    }
}

wire_enum! {
    /// Conversions between bytes and text.
    pub enum ContentHandling("content handling") {
        /// From Base64 text to bytes.
        ConvertToBinary = "CONVERT_TO_BINARY",
        /// From bytes to Base64 text.
        ConvertToText = "CONVERT_TO_TEXT",
    }
}

wire_enum! {
    /// The network an integration goes through.
    pub enum ConnectionType("connection type") {
        /// The public one.
        Internet = "INTERNET",
        /// A link into a private one.
        VpcLink = "VPC_LINK",
    }
}

wire_enum! {
    /// Whether a response is collected before it is sent on.
    pub enum ResponseTransferMode("response transfer mode") {
        /// It is.
        Buffered = "BUFFERED",
        /// It is sent on as it arrives.
        Stream = "STREAM",
    }
}

/// How an integration checks its endpoint's certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TlsConfig {
    /// Whether a certificate of an unknown issuer is taken.
    #[serde(default)]
    pub insecure_skip_verification: bool,
}

/// What a method calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Integration {
    /// The kind of endpoint.
    #[serde(rename = "type")]
    pub kind: IntegrationType,
    /// The verb of the call; absent or `ANY`: the client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_method: Option<String>,
    /// The endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_type: Option<ConnectionType>,
    /// The link, for `VPC_LINK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// The load balancer behind the link, by its ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_target: Option<String>,
    /// The role whose credentials sign the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// Targets such as `integration.request.header.X`, and the sources of their values.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub request_parameters: IndexMap<String, String>,
    /// Mapping templates by media type.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub request_templates: IndexMap<String, String>,
    /// What happens to a body without a template.
    #[serde(default)]
    pub passthrough_behavior: PassthroughBehavior,
    /// Conversion of the request's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_handling: Option<ContentHandling>,
    /// Milliseconds until the endpoint must have answered; absent: 29,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_millis: Option<u32>,
    /// The group of methods with which cached responses are shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_namespace: Option<String>,
    /// Parameters that tell cached responses apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cache_key_parameters: Vec<String>,
    /// How answers become responses, by status code.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub integration_responses: IndexMap<String, IntegrationResponse>,
    /// How the endpoint's certificate is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<TlsConfig>,
    /// Whether responses are streamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_transfer_mode: Option<ResponseTransferMode>,
}

impl Integration {
    /// An integration of this kind with nothing else set.
    #[must_use]
    pub fn new(kind: IntegrationType) -> Self {
        Self {
            kind,
            http_method: None,
            uri: None,
            connection_type: None,
            connection_id: None,
            integration_target: None,
            credentials: None,
            request_parameters: IndexMap::new(),
            request_templates: IndexMap::new(),
            passthrough_behavior: PassthroughBehavior::WhenNoMatch,
            content_handling: None,
            timeout_in_millis: None,
            cache_namespace: None,
            cache_key_parameters: Vec::new(),
            integration_responses: IndexMap::new(),
            tls_config: None,
            response_transfer_mode: None,
        }
    }
}

/// How one kind of answer becomes a response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IntegrationResponse {
    /// The status of the method response, as text.
    pub status_code: String,
    /// A Java regular expression over the endpoint's status or error; absent: the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection_pattern: Option<String>,
    /// Targets such as `method.response.header.X`, and the sources of their values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<IndexMap<String, String>>,
    /// Mapping templates by media type; AWS gives an empty one back as `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_templates: Option<IndexMap<String, Option<String>>>,
    /// Conversion of the response's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_handling: Option<ContentHandling>,
}
