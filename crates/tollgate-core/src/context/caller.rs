//! Who calls, as a method's authorization found out.

use std::fmt;
use std::sync::Arc;

/// The signer of a request: what `$context.identity` shows of callers of `AWS_IAM` methods.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signer {
    /// The id of the key that signed.
    pub access_key_id: Box<str>,
    /// The ARN of whose key it is.
    pub arn: Box<str>,
    /// The account: the fifth part of the ARN.
    pub account_id: Option<Box<str>>,
    /// The unique id, such as `AIDACKCEVSQ6C2EXAMPLE`; of a role's session `AROA…:name`.
    pub user_id: Option<Box<str>>,
    /// The organization of the account.
    pub organization_id: Option<Box<str>>,
}

impl Signer {
    /// The holder of a key, by the holder's ARN.
    #[must_use]
    pub fn new(access_key_id: &str, arn: &str) -> Self {
        let account_id = arn.split(':').nth(4).filter(|part| !part.is_empty());
        Self {
            access_key_id: access_key_id.into(),
            arn: arn.into(),
            account_id: account_id.map(Into::into),
            user_id: None,
            organization_id: None,
        }
    }
}

/// What an authorizer said of the caller: `$context.authorizer`.
///
/// It is cheap to clone. `Debug` shows names and no values: they are about people.
///
/// ```
/// use tollgate_core::AuthorizerContext;
///
/// let said = AuthorizerContext::of_members([("principalId", "alice"), ("team", "7")]);
/// assert_eq!(said.value("team"), Some("7"));
///
/// let token = AuthorizerContext::of_claims([("sub", "alice")]);
/// assert_eq!(token.value("claims.sub"), Some("alice"));
/// assert_eq!(token.value("claims"), None);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizerContext {
    are_claims: bool,
    members: Arc<[(Box<str>, Box<str>)]>,
}

/// What the names of claims begin with.
const CLAIMS: &str = "claims.";

impl AuthorizerContext {
    /// What a Lambda authorizer said: `principalId`, and the members of its `context`.
    #[must_use]
    pub fn of_members<N: Into<Box<str>>, V: Into<Box<str>>>(
        members: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self::of(false, members)
    }

    /// What a token says: its claims, which are the members of `$context.authorizer.claims`.
    #[must_use]
    pub fn of_claims<N: Into<Box<str>>, V: Into<Box<str>>>(
        claims: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self::of(true, claims)
    }

    fn of<N: Into<Box<str>>, V: Into<Box<str>>>(
        are_claims: bool,
        members: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let members = members.into_iter();
        Self {
            are_claims,
            members: members
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }

    /// Whether these are the claims of a token.
    #[must_use]
    pub const fn are_claims(&self) -> bool {
        self.are_claims
    }

    /// The members, or the claims, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The value of `$context.authorizer.{name}`; names of claims begin with `claims.`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        if self.are_claims {
            self.member(name.strip_prefix(CLAIMS)?)
        } else {
            self.member(name)
        }
    }

    /// The value of a member or claim.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

impl fmt::Debug for AuthorizerContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.are_claims {
            "Claims"
        } else {
            "AuthorizerContext"
        })?;
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}
