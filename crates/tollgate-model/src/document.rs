//! The API document: one REST API whole.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::ResourceId;

use crate::wire::wire_enum;
use crate::{
    DocumentationPart, GatewayResponse, HttpMethod, JwtConfiguration, Method, Model, RestApi,
};

/// One REST API whole, as a deployment freezes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiDocument {
    /// The API's settings.
    #[serde(flatten)]
    pub rest_api: RestApi,
    /// The tree of resources, each after its parent.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// Schemas by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<Model>,
    /// Which parts of requests are checked, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_validators: Vec<RequestValidator>,
    /// Who decides about callers, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorizers: Vec<Authorizer>,
    /// The API's own ideas of what the gateway answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateway_responses: Vec<GatewayResponse>,
    /// What the API's readers are told about its parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documentation_parts: Vec<DocumentationPart>,
}

impl ApiDocument {
    /// A document with a name and nothing else.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let rest_api = RestApi {
            name: name.into(),
            ..RestApi::default()
        };
        Self {
            rest_api,
            ..Self::default()
        }
    }

    /// The resource at a path such as `/pets/{id}`.
    #[must_use]
    pub fn resource(&self, path: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.path == path)
    }
}

/// A node of the path tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resource {
    /// The resource's id.
    pub id: ResourceId,
    /// The node above; absent for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<ResourceId>,
    /// The last segment, such as `{id}`; absent for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_part: Option<String>,
    /// The whole path, such as `/pets/{id}`.
    pub path: String,
    /// The methods by verb.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub resource_methods: IndexMap<HttpMethod, Method>,
}

impl Resource {
    /// The root of a tree.
    #[must_use]
    pub fn root(id: ResourceId) -> Self {
        Self {
            id,
            parent_id: None,
            path_part: None,
            path: "/".to_owned(),
            resource_methods: IndexMap::new(),
        }
    }

    /// A node below this one.
    #[must_use]
    pub fn child(&self, id: ResourceId, path_part: &str) -> Self {
        Self {
            id,
            parent_id: Some(self.id.clone()),
            path_part: Some(path_part.to_owned()),
            path: format!("{}/{path_part}", self.path.trim_end_matches('/')),
            resource_methods: IndexMap::new(),
        }
    }
}

/// Which parts of a request are checked before its integration is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequestValidator {
    /// The validator's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the body must fit its model.
    #[serde(default)]
    pub validate_request_body: bool,
    /// Whether required parameters must be there.
    #[serde(default)]
    pub validate_request_parameters: bool,
}

impl RequestValidator {
    /// A validator that checks nothing yet.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            ..Self::default()
        }
    }
}

wire_enum! {
    /// What an authorizer reads from a request.
    pub enum AuthorizerType("authorizer type") {
        /// One header.
        Token = "TOKEN",
        /// Any parameters.
        Request = "REQUEST",
        /// A token of a Cognito user pool.
        CognitoUserPools = "COGNITO_USER_POOLS",
        /// A token of anybody who is trusted.
        Jwt = "JWT",
    }
}

/// Who decides about callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Authorizer {
    /// The authorizer's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it reads.
    #[serde(rename = "type")]
    pub kind: AuthorizerType,
    /// User pools, for a Cognito authorizer.
    #[serde(
        rename = "providerARNs",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub provider_arns: Vec<String>,
    /// A remark for SDKs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<String>,
    /// The function that decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_uri: Option<String>,
    /// The role that may call the function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_credentials: Option<String>,
    /// The parameters that identify a caller, comma-separated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_source: Option<String>,
    /// A Java regular expression that tokens must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_validation_expression: Option<String>,
    /// Seconds for which a decision holds; absent: 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_result_ttl_in_seconds: Option<u32>,
    /// Whose tokens are taken, for an authorizer of type `JWT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_configuration: Option<JwtConfiguration>,
}

impl Authorizer {
    /// An authorizer of this kind with nothing else set.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>, kind: AuthorizerType) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            kind,
            provider_arns: Vec::new(),
            auth_type: None,
            authorizer_uri: None,
            authorizer_credentials: None,
            identity_source: None,
            identity_validation_expression: None,
            authorizer_result_ttl_in_seconds: None,
            jwt_configuration: None,
        }
    }
}
