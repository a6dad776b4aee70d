//! Identifiers: small text values that are cheap to clone and cannot be mixed up.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is.
            #[must_use]
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text of the identifier.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }

        text_id!(@views $name);
    };
    (@views $name:ident) => {
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &*self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A twelve-digit AWS account number, as `$context.accountId` shows it.
    AccountId
}
text_id! {
    /// The id of a REST API: ten lower-case letters and digits on AWS.
    ApiId
}
text_id! {
    /// The id of a deployment.
    DeploymentId
}
text_id! {
    /// The id of a resource, a node of the path tree.
    ResourceId
}

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
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

text_id!(@views StageName);

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for StageName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stage_names_keep_to_their_alphabet_and_length() {
        let longest = "a".repeat(StageName::MAX_LENGTH);
        for name in ["default", "v1", "a-b_c", longest.as_str()] {
            assert_eq!(name.parse::<StageName>().unwrap().as_str(), name);
        }
        let too_long = "a".repeat(StageName::MAX_LENGTH + 1);
        for name in ["", "a b", "a/b", "ä", "a.b", too_long.as_str()] {
            assert_eq!(
                name.parse::<StageName>(),
                Err(InvalidStageName {
                    name: name.to_owned()
                }),
                "{name}"
            );
        }
    }

    #[test]
    fn ids_show_their_text() {
        let id = ApiId::from("abc123");
        assert_eq!(id.to_string(), "abc123");
        assert_eq!(format!("{id:?}"), r#"ApiId("abc123")"#);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn ids_travel_as_plain_text() {
        let id: ApiId = serde_json::from_str(r#""abc""#).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""abc""#);
        assert!(serde_json::from_str::<StageName>(r#""a/b""#).is_err());
    }
}
