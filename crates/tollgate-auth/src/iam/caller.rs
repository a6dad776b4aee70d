//! An identity of an AWS account, with what policies can ask about it.

use std::fmt;

use thiserror::Error;
use tollgate_core::Signer;
use tollgate_iam::policy::{
    CallerArn, ConditionKey, Context, InvalidCallerArn, Policy, PolicyKind, RequestContext,
};
use tollgate_iam::sigv4::Principal;

/// Somebody who signs requests: an identity, the policies that are attached to it, and its condition
/// keys.
///
/// ```
/// use tollgate_auth::IamCaller;
/// use tollgate_iam::policy::{Policy, PolicyKind};
/// use tollgate_iam::sigv4::Principal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = r#"{
///     "Version": "2012-10-17",
///     "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]
/// }"#;
/// let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
/// let alice = IamCaller::new(alice, [Policy::parse(policy, PolicyKind::Identity)?])?
///     .with_key("aws:PrincipalTag/team", ["blue"]);
/// assert_eq!(alice.arn(), "arn:aws:iam::123456789012:user/alice");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct IamCaller {
    principal: Principal,
    policies: Box<[Policy]>,
    keys: Context,
}

/// An identity that cannot call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidCaller {
    /// Its ARN is none of an identity.
    #[error(transparent)]
    Arn(#[from] InvalidCallerArn),
    /// A policy is attached to it that is none of an identity.
    #[error("a policy of kind {0:?}, expected identity policies")]
    PolicyKind(PolicyKind),
}

impl IamCaller {
    /// An identity with these policies: its own, and those of its groups.
    ///
    /// The keys `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:userid` and, of a
    /// user, `aws:username` follow from the identity. `aws:PrincipalArn` of a role's session is the
    /// role's (IAM User Guide, "AWS global condition context keys"); where the role has a path, which
    /// the ARN of a session leaves out, it has to be set.
    ///
    /// # Errors
    ///
    /// [`InvalidCaller`] for an ARN that is none of a user, a role, a session or an account's root, and
    /// for policies of another kind.
    pub fn new(
        principal: Principal,
        policies: impl IntoIterator<Item = Policy>,
    ) -> Result<Self, InvalidCaller> {
        let policies: Box<[Policy]> = policies.into_iter().collect();
        if let Some(other) = policies
            .iter()
            .find(|policy| policy.kind() != PolicyKind::Identity)
        {
            return Err(InvalidCaller::PolicyKind(other.kind()));
        }
        let keys = keys(&principal)?;
        Ok(Self {
            principal,
            policies,
            keys,
        })
    }

    /// Gives a condition key these values, in the place of what it had; without any it is missing.
    #[must_use]
    pub fn with_key<V: Into<Box<str>>>(
        mut self,
        key: impl Into<ConditionKey>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.keys.set_all(key, values);
        self
    }

    /// Who it is.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.principal.arn()
    }

    /// What is attached to it.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    pub(crate) const fn keys(&self) -> &dyn RequestContext {
        &self.keys
    }

    /// The identity with one of its keys.
    pub(super) fn signer(&self, access_key_id: &str) -> Signer {
        let text = |key| self.keys.values(&key).iter().next().map(Into::into);
        let mut signer = Signer::new(access_key_id, self.arn());
        signer.user_id = text(ConditionKey::UserId);
        signer.organization_id = text(ConditionKey::new("aws:PrincipalOrgID"));
        signer
    }
}

impl fmt::Debug for IamCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IamCaller")
            .field("principal", &self.principal)
            .field("policies", &self.policies.len())
            .finish_non_exhaustive()
    }
}

/// The condition keys that an identity has by itself.
fn keys(principal: &Principal) -> Result<Context, InvalidCaller> {
    let caller = CallerArn::parse(principal.arn())?;
    let mut keys = Context::new();
    keys.set(ConditionKey::PrincipalAccount, caller.account());
    // `arn:partition:service::account:kind/name`
    let parts: Vec<&str> = caller.as_str().splitn(6, ':').collect();
    let entity = parts.get(5).copied().unwrap_or_default();
    let (kind, name) = entity.split_once('/').unwrap_or((entity, ""));
    let (principal_type, arn) = match kind {
        "assumed-role" => {
            let role = name.split('/').next().unwrap_or_default();
            let partition = parts.get(1).copied().unwrap_or_default();
            let account = caller.account();
            let arn = format!("arn:{partition}:iam::{account}:role/{role}");
            ("AssumedRole", Some(arn))
        }
        "user" => {
            let name = name.rsplit('/').next().unwrap_or_default();
            keys.set(ConditionKey::UserName, name);
            ("User", None)
        }
        "federated-user" => ("FederatedUser", None),
        "role" => ("AssumedRole", None),
        // Nothing else is the ARN of a caller.
        _ => ("Account", None),
    };
    keys.set(ConditionKey::PrincipalType, principal_type);
    let arn = arn.unwrap_or_else(|| principal.arn().to_owned());
    keys.set(ConditionKey::PrincipalArn, arn);
    match principal.user_id() {
        Some(user_id) => keys.set(ConditionKey::UserId, user_id),
        None if principal_type == "Account" => keys.set(ConditionKey::UserId, caller.account()),
        None => {}
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 5] = [
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalType",
        "aws:username",
        "aws:userid",
    ];

    fn keys_of(principal: Principal) -> [Option<String>; 5] {
        let caller = IamCaller::new(principal, []).unwrap();
        KEYS.map(|key| {
            let values = caller.keys().values(&ConditionKey::new(key));
            values.iter().next().map(ToOwned::to_owned)
        })
    }

    #[test]
    fn keys_follow_from_the_identity() {
        let account = "123456789012";
        for (arn, user_id, expected) in [
            (
                "arn:aws:iam::123456789012:user/team/alice",
                Some("AIDA1"),
                [
                    Some("arn:aws:iam::123456789012:user/team/alice"),
                    Some(account),
                    Some("User"),
                    Some("alice"),
                    Some("AIDA1"),
                ],
            ),
            (
                "arn:aws:sts::123456789012:assumed-role/app/i-1",
                Some("AROA1:i-1"),
                [
                    Some("arn:aws:iam::123456789012:role/app"),
                    Some(account),
                    Some("AssumedRole"),
                    None,
                    Some("AROA1:i-1"),
                ],
            ),
            (
                "arn:aws-cn:sts::123456789012:federated-user/bob",
                None,
                [
                    Some("arn:aws-cn:sts::123456789012:federated-user/bob"),
                    Some(account),
                    Some("FederatedUser"),
                    None,
                    None,
                ],
            ),
            (
                "arn:aws:iam::123456789012:root",
                None,
                [
                    Some("arn:aws:iam::123456789012:root"),
                    Some(account),
                    Some("Account"),
                    None,
                    Some(account),
                ],
            ),
        ] {
            let mut principal = Principal::new(arn);
            if let Some(user_id) = user_id {
                principal = principal.with_user_id(user_id);
            }
            assert_eq!(
                keys_of(principal),
                expected.map(|value| value.map(ToOwned::to_owned)),
                "{arn}"
            );
        }
    }

    #[test]
    fn only_identities_call() {
        let text = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
        let policy = Policy::parse(text, PolicyKind::Authorizer).unwrap();
        let alice = || Principal::new("arn:aws:iam::123456789012:user/alice");
        let refused = IamCaller::new(alice(), [policy]).map(|_| ());
        assert_eq!(
            refused,
            Err(InvalidCaller::PolicyKind(PolicyKind::Authorizer))
        );
        let refused = IamCaller::new(Principal::new("alice"), []).map(|_| ());
        assert!(matches!(refused, Err(InvalidCaller::Arn(_))));
    }
}
