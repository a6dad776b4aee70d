//! Who signed.

use std::sync::Arc;

/// An identity that keys are issued to, named by its ARN.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    arn: Arc<str>,
    user_id: Option<Arc<str>>,
}

impl Principal {
    /// The principal with this ARN.
    #[must_use]
    pub fn new(arn: impl Into<Arc<str>>) -> Self {
        Self {
            arn: arn.into(),
            user_id: None,
        }
    }

    /// The unique id, such as `AIDACKCEVSQ6C2EXAMPLE`; of a role's session `AROA…:name`.
    #[must_use]
    pub fn with_user_id(mut self, user_id: impl Into<Arc<str>>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// The ARN, as `aws:PrincipalArn` and `$context.identity.userArn` show it.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The unique id, as `aws:userid` and `$context.identity.user` show it.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// The account: the fifth part of the ARN, if there is one.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        self.arn.split(':').nth(4).filter(|part| !part.is_empty())
    }
}

/// The caller of a request whose signature was verified.
///
/// A `SigV4Layer` puts it into the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authenticated(Arc<KeyHolder>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct KeyHolder {
    access_key_id: Arc<str>,
    principal: Principal,
}

impl Authenticated {
    pub(crate) fn new(access_key_id: Arc<str>, principal: Principal) -> Self {
        Self(Arc::new(KeyHolder {
            access_key_id,
            principal,
        }))
    }

    /// The id of the key that signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.0.access_key_id
    }

    /// Whose key it is.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.0.principal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_read_from_the_arn() {
        for (arn, account) in [
            ("arn:aws:iam::123456789012:user/alice", Some("123456789012")),
            ("arn:aws:iam:::user/alice", None),
            ("alice", None),
        ] {
            assert_eq!(Principal::new(arn).account_id(), account, "{arn}");
        }
    }
}
