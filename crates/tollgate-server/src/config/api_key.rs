//! API keys as a file has them.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::error::Found;

/// A key: its value, or the file that it stands in.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKey {
    #[serde(default)]
    pub(crate) value: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) value_file: Option<Spanned<PathBuf>>,
    #[serde(default = "enabled")]
    pub(crate) enabled: bool,
}

const fn enabled() -> bool {
    true
}

impl ApiKey {
    /// What is wrong with the key of this id.
    pub(super) fn check(&self, id: &Spanned<String>, found: &mut Vec<Found>) {
        match (&self.value, &self.value_file) {
            (None, None) => {
                let message = "the key has no value, expected value or value_file".to_owned();
                found.push((id.span(), message));
            }
            (Some(_), Some(file)) => {
                let message = "the key has a value already, expected one of the two".to_owned();
                found.push((file.span(), message));
            }
            (Some(value), None) => {
                let key = tollgate::throttle::ApiKey::new("", value.get_ref().as_str());
                if let Err(error) = key {
                    // Not at the value, which would be shown.
                    found.push((id.span(), error.to_string()));
                }
            }
            (None, Some(_)) => {}
        }
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
