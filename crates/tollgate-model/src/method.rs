//! Methods: what a client may ask of a resource.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::Integration;
use crate::wire::wire_enum;

wire_enum! {
    /// The verb of a method; `ANY` stands for every verb without a method of its own.
    pub enum HttpMethod("HTTP method") {
        /// `GET`.
        Get = "GET",
        /// `PUT`.
        Put = "PUT",
        /// `POST`.
        Post = "POST",
        /// `DELETE`.
        Delete = "DELETE",
        /// `PATCH`.
        Patch = "PATCH",
        /// `OPTIONS`.
        Options = "OPTIONS",
        /// `HEAD`.
        Head = "HEAD",
        /// Every verb above that has no method of its own.
        Any = "ANY",
    }
}

wire_enum! {
    /// How callers of a method are authorized.
    #[derive(Default)]
    pub enum AuthorizationType("authorization type") {
        /// Not at all.
        #[default]
        None = "NONE",
        /// By an IAM signature.
        AwsIam = "AWS_IAM",
        /// By a Lambda authorizer.
        Custom = "CUSTOM",
        /// By a Cognito user pool.
        CognitoUserPools = "COGNITO_USER_POOLS",
        /// By a token of an issuer that a JWT authorizer trusts.
        Jwt = "JWT",
    }
}

impl AuthorizationType {
    /// Whether an authorizer decides.
    #[must_use]
    pub const fn has_authorizer(self) -> bool {
        matches!(self, Self::Custom | Self::CognitoUserPools | Self::Jwt)
    }
}

/// One verb of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Method {
    /// The verb.
    pub http_method: HttpMethod,
    /// How callers are authorized.
    #[serde(default)]
    pub authorization_type: AuthorizationType,
    /// The authorizer, where the type needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_id: Option<String>,
    /// Scopes of which a caller needs one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_scopes: Vec<String>,
    /// Whether a caller needs an API key.
    #[serde(default)]
    pub api_key_required: bool,
    /// The validator that checks requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_validator_id: Option<String>,
    /// A name for SDKs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// Parameters such as `method.request.querystring.page`, and whether they are required.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub request_parameters: IndexMap<String, bool>,
    /// Media types of the body, and the models they must fit.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub request_models: IndexMap<String, String>,
    /// What the method may answer, by status code.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub method_responses: IndexMap<String, MethodResponse>,
    /// What the method calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_integration: Option<Integration>,
}

impl Method {
    /// A method that is open to all and calls nothing yet.
    #[must_use]
    pub fn new(http_method: HttpMethod) -> Self {
        Self {
            http_method,
            authorization_type: AuthorizationType::None,
            authorizer_id: None,
            authorization_scopes: Vec::new(),
            api_key_required: false,
            request_validator_id: None,
            operation_name: None,
            request_parameters: IndexMap::new(),
            request_models: IndexMap::new(),
            method_responses: IndexMap::new(),
            method_integration: None,
        }
    }
}

/// One status that a method may answer with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MethodResponse {
    /// The status, as text.
    pub status_code: String,
    /// Headers such as `method.response.header.ETag`, and whether they are required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<IndexMap<String, bool>>,
    /// Media types of the body, and the models they fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_models: Option<IndexMap<String, String>>,
}
