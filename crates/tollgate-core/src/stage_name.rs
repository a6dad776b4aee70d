//! The name of a stage.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use crate::text::text_value;

/// The name of a stage: 1 to 128 letters, digits, hyphens and underscores.
///
/// The alphabet is that of the developer guide's page on known issues.
///
/// ```
/// use tollgate_core::StageName;
///
/// assert_eq!("prod-1".parse::<StageName>()?.as_str(), "prod-1");
/// assert!("a/b".parse::<StageName>().is_err());
/// # Ok::<(), tollgate_core::InvalidStageName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageName(Arc<str>);

impl StageName {
    /// Characters that a name may have at most.
    pub const MAX_LENGTH: usize = 128;

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `default`, the stage of what is served without naming one.
impl Default for StageName {
    fn default() -> Self {
        Self("default".into())
    }
}

/// A text that is no stage name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "stage name {name:?}: expected 1 to {} letters, digits, hyphens and underscores",
    StageName::MAX_LENGTH
)]
pub struct InvalidStageName {
    /// The text that was refused.
    pub name: String,
}

impl FromStr for StageName {
    type Err = InvalidStageName;

    fn from_str(name: &str) -> Result<Self, InvalidStageName> {
        let fits = (1..=Self::MAX_LENGTH).contains(&name.len());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if fits && name.bytes().all(allowed) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidStageName {
                name: name.to_owned(),
            })
        }
    }
}

text_value!(StageName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_their_alphabet_and_length() {
        let longest = "a".repeat(StageName::MAX_LENGTH);
        for name in ["default", "v1", "a-b_c", longest.as_str()] {
            assert_eq!(name.parse::<StageName>().unwrap().as_str(), name);
        }
        let too_long = "a".repeat(StageName::MAX_LENGTH + 1);
        for name in ["", "a b", "a/b", "ä", "a.b", too_long.as_str()] {
            let error = InvalidStageName {
                name: name.to_owned(),
            };
            assert_eq!(name.parse::<StageName>(), Err(error), "{name}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn names_are_checked_when_they_are_read() {
        assert!(serde_json::from_str::<StageName>(r#""a/b""#).is_err());
    }
}
