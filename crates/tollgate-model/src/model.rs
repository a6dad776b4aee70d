//! Models: JSON Schemas by name.

use serde::{Deserialize, Serialize};

/// A JSON Schema (draft 4) that bodies can be checked against, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Model {
    /// The model's id; absent where nobody has stored it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Letters and digits.
    pub name: String,
    /// What the model describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The schema, as JSON text.
    pub schema: String,
    /// The media type it applies to.
    pub content_type: String,
}

impl Model {
    /// A model for `application/json`.
    #[must_use]
    pub fn new(name: impl Into<String>, schema: impl Into<String>) -> Self {
        Self {
            id: None,
            name: name.into(),
            description: None,
            schema: schema.into(),
            content_type: "application/json".to_owned(),
        }
    }
}
