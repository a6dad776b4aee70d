//! API keys as a file has them.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::error::Found;
use super::secret::Secret;

/// A key: its value, or the file that it stands in.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKey {
    #[serde(default)]
    value: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) value_file: Option<Spanned<PathBuf>>,
    #[serde(default = "enabled")]
    pub(crate) enabled: bool,
}

const fn enabled() -> bool {
    true
}

impl ApiKey {
    /// What is wrong with the key of this id.
    pub(super) fn check(&self, id: &Spanned<String>, found: &mut Vec<Found>) {
        self.value().check(id, found);
        if let (Some(value), None) = (self.value().text(), &self.value_file) {
            // Not at the value, which would be shown.
            if let Err(error) = tollgate::throttle::ApiKey::new("", value) {
                found.push((id.span(), error.to_string()));
            }
        }
    }

    /// The value.
    pub(crate) fn value(&self) -> Secret<'_> {
        Secret::new("value", self.value.as_ref(), self.value_file.as_ref())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("value_file", &self.value_file)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
