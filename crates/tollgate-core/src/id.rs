//! Identifiers: small text values that are cheap to clone and cannot be mixed up.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::text::text_value;

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

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self::new(text))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &*self.0)
            }
        }

        text_value!($name);
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
    /// An AWS region, such as `us-east-1`.
    Region
}
text_id! {
    /// The id of a resource, a node of the path tree.
    ResourceId
}

impl Region {
    /// The partition of ARNs that the region is in: `aws`, `aws-cn` or `aws-us-gov`.
    ///
    /// ```
    /// assert_eq!(tollgate_core::Region::new("cn-north-1").partition(), "aws-cn");
    /// ```
    #[must_use]
    pub fn partition(&self) -> &'static str {
        if self.as_str().starts_with("cn-") {
            "aws-cn"
        } else if self.as_str().starts_with("us-gov-") {
            "aws-us-gov"
        } else {
            "aws"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
