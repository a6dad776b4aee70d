//! As whom a service is called.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// As whom a service is called: what an integration's `credentials` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// As the gateway itself. On AWS the service's own policy then permits the call.
    #[default]
    Gateway,
    /// As a role that the gateway assumes.
    Role(RoleArn),
    /// As whoever calls the gateway: `arn:aws:iam::*:user/*`.
    Caller,
}

/// The ARN of a role, such as `arn:aws:iam::123456789012:role/gateway`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleArn(Box<str>);

/// A text that says of nobody as whom to call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "invalid credentials {text:?}, expected the ARN of a role, arn:aws:iam::123456789012:role/name, \
     or arn:aws:iam::*:user/* for the caller's own"
)]
pub struct InvalidIdentity {
    /// The text.
    pub text: String,
}

impl FromStr for Identity {
    type Err = InvalidIdentity;

    /// Reads `credentials` of an integration, stage variables replaced. A variable that is not there
    /// leaves an empty text, which is refused: the gateway itself may do more than the role.
    fn from_str(text: &str) -> Result<Self, InvalidIdentity> {
        let parsed = || {
            let mut parts = text.splitn(6, ':');
            let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
            let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
            if arn != "arn" || !partition.starts_with("aws") || service != "iam" {
                return None;
            }
            if !region.is_empty() {
                return None;
            }
            if account == "*" && resource == "user/*" {
                return Some(Self::Caller);
            }
            let is_account = account.len() == 12 && account.bytes().all(|it| it.is_ascii_digit());
            let is_role = resource.strip_prefix("role/").is_some_and(is_role_name);
            (is_account && is_role).then(|| Self::Role(RoleArn(text.into())))
        };
        parsed().ok_or_else(|| InvalidIdentity {
            text: text.to_owned(),
        })
    }
}

/// A path and a name, of the characters that IAM allows.
fn is_role_name(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_graphic() && !b"*?\"'<>".contains(&byte);
    !text.is_empty() && text.len() <= 576 && text.bytes().all(is_of_name)
}

impl RoleArn {
    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_name_a_role_or_the_caller() {
        let role = |text: &str| Ok(Identity::Role(RoleArn(text.into())));
        for (text, expected) in [
            ("", Err(())),
            ("arn:aws:iam::*:user/*", Ok(Identity::Caller)),
            (
                "arn:aws:iam::123456789012:role/gateway",
                role("arn:aws:iam::123456789012:role/gateway"),
            ),
            (
                "arn:aws-cn:iam::123456789012:role/service-role/a+b@c",
                role("arn:aws-cn:iam::123456789012:role/service-role/a+b@c"),
            ),
            ("gateway", Err(())),
            ("arn:aws:iam::123456789012:user/ada", Err(())),
            ("arn:aws:iam::123456789012:role/", Err(())),
            ("arn:aws:iam::12345678901:role/a", Err(())),
            ("arn:aws:iam::*:role/a", Err(())),
            ("arn:aws:iam:us-east-1:123456789012:role/a", Err(())),
            ("arn:aws:sts::123456789012:role/a", Err(())),
            ("arn:aws:iam::123456789012:role/a b", Err(())),
        ] {
            assert_eq!(text.parse::<Identity>().map_err(drop), expected, "{text}");
        }
    }
}
