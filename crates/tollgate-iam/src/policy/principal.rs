//! Who calls, and whom a statement names.

use thiserror::Error;

/// Digits of an AWS account number.
const ACCOUNT_LEN: usize = 12;

/// Who makes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Principal<'a> {
    /// Nobody in particular: no signature was asked for.
    Anonymous,
    /// An identity of an AWS account.
    Caller(CallerArn<'a>),
    /// An AWS service, such as `lambda.amazonaws.com`.
    Service(&'a str),
    /// An identity provider's user, by the provider's name or ARN.
    Federated(&'a str),
}

impl<'a> Principal<'a> {
    /// The caller with this ARN.
    ///
    /// # Errors
    ///
    /// [`InvalidCallerArn`] as for [`CallerArn::parse`].
    pub fn from_arn(arn: &'a str) -> Result<Self, InvalidCallerArn> {
        CallerArn::parse(arn).map(Self::Caller)
    }

    /// Whether the caller belongs to the account, in its partition, that the ARN says is the owner.
    pub(super) fn owns(&self, arn: &str) -> bool {
        let Self::Caller(caller) = self else {
            return false;
        };
        let mut parts = arn.split(':');
        parts.nth(1) == Some(caller.partition) && parts.nth(2) == Some(caller.account)
    }

    /// The account the caller belongs to.
    #[must_use]
    pub const fn account(&self) -> Option<&'a str> {
        match self {
            Self::Caller(caller) => Some(caller.account),
            Self::Anonymous | Self::Service(_) | Self::Federated(_) => None,
        }
    }
}

/// A text that is not the ARN of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "caller {found:?}, expected arn:partition:iam::account:root, …:user/name or …:role/name, or \
     arn:partition:sts::account:assumed-role/role/session or …:federated-user/name"
)]
pub struct InvalidCallerArn {
    /// The text.
    pub found: String,
}

/// The ARN of an identity of an AWS account, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerArn<'a> {
    arn: &'a str,
    partition: &'a str,
    account: &'a str,
    entity: Entity<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entity<'a> {
    Root,
    User,
    Role { name: &'a str },
    Session { role: &'a str },
    FederatedUser,
}

impl<'a> CallerArn<'a> {
    /// Takes the ARN of an account's root user, a user, a role, a role session or a federated user
    /// apart.
    ///
    /// # Errors
    ///
    /// [`InvalidCallerArn`] for any other text.
    pub fn parse(arn: &'a str) -> Result<Self, InvalidCallerArn> {
        Self::split(arn).ok_or_else(|| InvalidCallerArn {
            found: arn.to_owned(),
        })
    }

    fn split(arn: &'a str) -> Option<Self> {
        let (partition, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
        let (service, rest) = rest.split_once("::")?;
        let (account, entity) = rest.split_once(':')?;
        if partition.is_empty() || !is_account(account) {
            return None;
        }
        let (kind, name) = entity.split_once('/').unwrap_or((entity, ""));
        let last = name.rsplit('/').next().unwrap_or(name);
        let entity = match (service, kind) {
            ("iam", "root") if entity == "root" => Entity::Root,
            ("iam", "user") if !last.is_empty() => Entity::User,
            ("iam", "role") if !last.is_empty() => Entity::Role { name: last },
            ("sts", "federated-user") if !last.is_empty() => Entity::FederatedUser,
            ("sts", "assumed-role") => match name.split_once('/') {
                Some((role, session)) if !role.is_empty() && !session.is_empty() => {
                    Entity::Session { role }
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(Self {
            arn,
            partition,
            account,
            entity,
        })
    }

    /// The ARN as text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.arn
    }

    /// The number of the account.
    #[must_use]
    pub const fn account(&self) -> &'a str {
        self.account
    }
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_LEN && text.bytes().all(|b| b.is_ascii_digit())
}

/// Spellings of a principal under `AWS`.
pub(super) const AWS_PRINCIPALS: &str = "*, twelve digits, or the ARN of an account's root, a \
     user, a role, a role session or a federated user, without wildcards";

/// Spellings of a principal under the other types.
pub(super) const NAMED_PRINCIPALS: &str = "* or a name without wildcards";

/// One entry of a `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PrincipalPattern {
    /// `*`, or `*` under `AWS`.
    Everyone,
    /// An account by its number or the ARN of its root.
    Account {
        partition: Option<Box<str>>,
        account: Box<str>,
    },
    /// One identity of an account.
    Identity {
        arn: Box<str>,
        account: Box<str>,
        role: Option<Role>,
    },
    /// A service; `None` for any.
    Service(Option<Box<str>>),
    /// A provider of identities; `None` for any.
    Federated(Option<Box<str>>),
    /// A user of Amazon S3 only: no caller of an API is one.
    CanonicalUser,
}

/// A role named as principal covers its sessions, whose ARN leaves the role's path out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    partition: Box<str>,
    name: Box<str>,
}

/// How a statement that allows came to cover the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grant {
    /// It names the caller's account, which may pass the right on to the caller by a policy of its
    /// own.
    Delegated,
    /// It names the caller, or everyone.
    Direct,
}

impl PrincipalPattern {
    /// An entry under this type; the error says what may stand there.
    pub(super) fn new(principal_type: PrincipalType, text: &str) -> Result<Self, &'static str> {
        let name = |text: &str| match text {
            "*" => Ok(None),
            text if text.is_empty() || text.contains(['*', '?']) => Err(NAMED_PRINCIPALS),
            text => Ok(Some(text.into())),
        };
        match principal_type {
            PrincipalType::Aws => Self::of_aws(text).ok_or(AWS_PRINCIPALS),
            PrincipalType::Service => name(text).map(Self::Service),
            PrincipalType::Federated => name(text).map(Self::Federated),
            PrincipalType::CanonicalUser => name(text).map(|_| Self::CanonicalUser),
        }
    }

    fn of_aws(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everyone);
        }
        if is_account(text) {
            return Some(Self::Account {
                partition: None,
                account: text.into(),
            });
        }
        if text.contains(['*', '?']) {
            return None;
        }
        let named = CallerArn::split(text)?;
        Some(match named.entity {
            Entity::Root => Self::Account {
                partition: Some(named.partition.into()),
                account: named.account.into(),
            },
            entity => Self::Identity {
                arn: text.into(),
                account: named.account.into(),
                role: match entity {
                    Entity::Role { name } => Some(Role {
                        partition: named.partition.into(),
                        name: name.into(),
                    }),
                    _ => None,
                },
            },
        })
    }

    /// Whether it covers the caller, and how.
    pub(super) fn covers(&self, principal: &Principal<'_>) -> Option<Grant> {
        let direct = match (self, principal) {
            (Self::Everyone, _) => true,
            (Self::Account { partition, account }, Principal::Caller(caller)) => {
                let partition = partition.as_deref().unwrap_or(caller.partition);
                if caller.account != &**account || caller.partition != partition {
                    return None;
                }
                if caller.entity != Entity::Root {
                    return Some(Grant::Delegated);
                }
                true
            }
            (Self::Identity { arn, account, role }, Principal::Caller(caller)) => {
                caller.arn == &**arn
                    || role.as_ref().is_some_and(|role| {
                        caller.entity == Entity::Session { role: &role.name }
                            && caller.account == &**account
                            && caller.partition == &*role.partition
                    })
            }
            (Self::Service(name), Principal::Service(caller))
            | (Self::Federated(name), Principal::Federated(caller)) => {
                name.as_deref().is_none_or(|name| name == *caller)
            }
            _ => false,
        };
        direct.then_some(Grant::Direct)
    }

    /// The account of which it names one identity.
    fn identity_account(&self) -> Option<&str> {
        match self {
            Self::Identity { account, .. } => Some(account),
            _ => None,
        }
    }
}

/// The members of a `Principal` object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrincipalType {
    Aws,
    Service,
    Federated,
    CanonicalUser,
}

impl PrincipalType {
    pub(super) fn new(name: &str) -> Option<Self> {
        Some(match name {
            "AWS" => Self::Aws,
            "Service" => Self::Service,
            "Federated" => Self::Federated,
            "CanonicalUser" => Self::CanonicalUser,
            _ => return None,
        })
    }
}

/// A `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Principals {
    /// `Principal`
    Only(Box<[PrincipalPattern]>),
    /// `NotPrincipal`
    AllBut(Box<[PrincipalPattern]>),
}

impl Principals {
    /// `NotPrincipal`. An account listed beside identities of its own is listed for their sake, so
    /// that a service that looks at the account first lets them pass; it spares nobody else of
    /// that account (IAM User Guide, "AWS JSON policy elements: NotPrincipal", whose example
    /// denies all but the named user).
    pub(super) fn all_but(patterns: &[PrincipalPattern]) -> Self {
        let accompanies = |pattern: &PrincipalPattern| match pattern {
            PrincipalPattern::Account { account, .. } => {
                let mut accounts = patterns
                    .iter()
                    .filter_map(PrincipalPattern::identity_account);
                accounts.any(|of_identity| of_identity == &**account)
            }
            _ => false,
        };
        let spared = patterns.iter().filter(|it| !accompanies(it));
        Self::AllBut(spared.cloned().collect())
    }

    /// Whether they cover the caller, and how.
    pub(super) fn cover(&self, principal: &Principal<'_>) -> Option<Grant> {
        let grant = |patterns: &[PrincipalPattern]| {
            let grants = patterns.iter().filter_map(|it| it.covers(principal));
            grants.max()
        };
        match self {
            Self::Only(patterns) => grant(patterns),
            Self::AllBut(patterns) => match grant(patterns) {
                Some(_) => None,
                None => Some(Grant::Direct),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CallerArn, Grant, Principal, PrincipalPattern, PrincipalType, Principals};

    const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
    const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/svc/job1";

    fn aws(text: &str) -> PrincipalPattern {
        PrincipalPattern::new(PrincipalType::Aws, text).unwrap()
    }

    #[test]
    fn covers_callers() {
        let root = "arn:aws:iam::123456789012:root";
        for (pattern, caller, expected) in [
            ("*", ALICE, Some(Grant::Direct)),
            ("123456789012", ALICE, Some(Grant::Delegated)),
            (root, ALICE, Some(Grant::Delegated)),
            (root, root, Some(Grant::Direct)),
            ("123456789013", ALICE, None),
            ("arn:aws-cn:iam::123456789012:root", ALICE, None),
            (ALICE, ALICE, Some(Grant::Direct)),
            ("arn:aws:iam::123456789012:user/Alice", ALICE, None),
            (
                "arn:aws:iam::123456789012:role/svc",
                SESSION,
                Some(Grant::Direct),
            ),
            (
                "arn:aws:iam::123456789012:role/service-role/svc",
                SESSION,
                Some(Grant::Direct),
            ),
            ("arn:aws:iam::123456789013:role/svc", SESSION, None),
            ("arn:aws:iam::123456789012:user/svc", SESSION, None),
            (SESSION, SESSION, Some(Grant::Direct)),
            (
                SESSION,
                "arn:aws:sts::123456789012:assumed-role/svc/job2",
                None,
            ),
        ] {
            let principal = Principal::from_arn(caller).unwrap();
            let actual = aws(pattern).covers(&principal);
            assert_eq!(actual, expected, "{pattern} for {caller}");
        }
        assert_eq!(aws("*").covers(&Principal::Anonymous), Some(Grant::Direct));
        assert_eq!(aws("123456789012").covers(&Principal::Anonymous), None);
        let lambda = Principal::Service("lambda.amazonaws.com");
        let service = |name| PrincipalPattern::new(PrincipalType::Service, name).unwrap();
        assert_eq!(
            service("lambda.amazonaws.com").covers(&lambda),
            Some(Grant::Direct)
        );
        assert_eq!(service("sns.amazonaws.com").covers(&lambda), None);
        assert_eq!(service("*").covers(&lambda), Some(Grant::Direct));
    }

    #[test]
    fn an_account_beside_its_user_spares_the_user_only() {
        let alice = Principal::from_arn(ALICE).unwrap();
        let session = Principal::from_arn(SESSION).unwrap();
        let beside = Principals::all_but(&[aws(ALICE), aws("123456789012")]);
        assert_eq!(beside.cover(&alice), None);
        assert_eq!(beside.cover(&session), Some(Grant::Direct));
        assert_eq!(beside.cover(&Principal::Anonymous), Some(Grant::Direct));
        let alone = Principals::all_but(&[aws("123456789012")]);
        assert_eq!(alone.cover(&alice), None);
        assert_eq!(alone.cover(&session), None);
    }

    #[test]
    fn refuses_what_names_nobody() {
        for text in [
            "",
            "alice",
            "12345678901",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::123456789012:user/al*",
            "arn:aws:iam::*:root",
            "arn:aws:iam::123456789012:group/all",
            "arn:aws:iam:us-east-1:123456789012:user/alice",
            "arn:aws:sts::123456789012:assumed-role/svc",
            "arn:aws:sts::123456789012:assumed-role/svc/*",
            "arn:aws:iam::123456789012:root/x",
        ] {
            assert!(
                PrincipalPattern::new(PrincipalType::Aws, text).is_err(),
                "{text}"
            );
            if !text.contains('*') {
                assert!(CallerArn::parse(text).is_err(), "{text}");
            }
        }
    }
}
