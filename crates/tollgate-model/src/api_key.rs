//! API keys.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Home, Timestamp};

/// A key that callers show. `Debug` does not show its value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiKey {
    /// The key's id, which is no secret.
    pub id: String,
    /// The secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The customer it belongs to, in the words of a marketplace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether callers get in with it.
    #[serde(default)]
    pub enabled: bool,
    /// When it was made.
    #[serde(default)]
    pub created_date: Timestamp,
    /// When it was changed last.
    #[serde(default)]
    pub last_updated_date: Timestamp,
    /// Stages that it was tied to before there were usage plans, as `api/stage`.
    #[serde(default)]
    pub stage_keys: Vec<String>,
    /// Labels of the owner.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// The account and region that it belongs to; absent: those of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
}

impl ApiKey {
    /// A key that nobody gets in with yet.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
