//! Documentation: what an API's readers are told about its parts.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::wire::wire_enum;

wire_enum! {
    /// The kind of thing that a documentation part describes.
    pub enum DocumentationPartType("documentation part type") {
        /// The API.
        Api = "API",
        /// An authorizer, by name.
        Authorizer = "AUTHORIZER",
        /// A model, by name.
        Model = "MODEL",
        /// A resource.
        Resource = "RESOURCE",
        /// A method.
        Method = "METHOD",
        /// A variable of the path, by name.
        PathParameter = "PATH_PARAMETER",
        /// A parameter of the query, by name.
        QueryParameter = "QUERY_PARAMETER",
        /// A header of the request, by name.
        RequestHeader = "REQUEST_HEADER",
        /// The body of the request.
        RequestBody = "REQUEST_BODY",
        /// A response.
        Response = "RESPONSE",
        /// A header of the response, by name.
        ResponseHeader = "RESPONSE_HEADER",
        /// The body of the response.
        ResponseBody = "RESPONSE_BODY",
    }
}

/// Which thing a documentation part describes. No two parts of an API share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DocumentationPartLocation {
    /// The kind of thing.
    #[serde(rename = "type")]
    pub kind: DocumentationPartType,
    /// The path of its resource; absent: `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The verb of its method; absent or `*`: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The status of its response; absent or `*`: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// Its name, where things of its kind have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl DocumentationPartLocation {
    /// The location of this kind with nothing else set.
    #[must_use]
    pub const fn new(kind: DocumentationPartType) -> Self {
        Self {
            kind,
            path: None,
            method: None,
            status_code: None,
            name: None,
        }
    }
}

/// What readers are told about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DocumentationPart {
    /// The part's id.
    pub id: String,
    /// The thing.
    pub location: DocumentationPartLocation,
    /// What is told, as the text of a JSON object.
    pub properties: String,
}

impl DocumentationPart {
    /// A part with an id, for a location.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        location: DocumentationPartLocation,
        properties: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            location,
            properties: properties.into(),
        }
    }
}

/// A version of an API's documentation: all parts as they were when it was made. Only its description
/// can change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DocumentationVersion {
    /// The version's name, which no other one of the API has.
    pub version: String,
    /// When it was made.
    pub created_date: Timestamp,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The parts. The service shows no such member: it exports them with a stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<DocumentationPart>,
}

impl DocumentationVersion {
    /// A version of these parts.
    #[must_use]
    pub fn new(
        version: impl Into<String>,
        created_date: Timestamp,
        parts: Vec<DocumentationPart>,
    ) -> Self {
        Self {
            version: version.into(),
            created_date,
            description: None,
            parts,
        }
    }
}
