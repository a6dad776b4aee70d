//! Customised gateway responses.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tollgate_core::GatewayResponseType;

/// What the gateway answers for one type of refusal, where the API has its own idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GatewayResponse {
    /// The refusal.
    pub response_type: GatewayResponseType,
    /// The status, as text; absent: that of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// Targets such as `gatewayresponse.header.X`, and the sources of their values.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub response_parameters: IndexMap<String, String>,
    /// Bodies by media type, with variables but not in the template language.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub response_templates: IndexMap<String, String>,
}

impl GatewayResponse {
    /// A response that changes nothing yet.
    #[must_use]
    pub fn new(response_type: GatewayResponseType) -> Self {
        Self {
            response_type,
            status_code: None,
            response_parameters: IndexMap::new(),
            response_templates: IndexMap::new(),
        }
    }
}
