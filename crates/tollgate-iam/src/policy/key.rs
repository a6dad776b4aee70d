//! Condition keys, told apart without regard to case.

use std::fmt;

/// A condition key as policies and request contexts name it; case plays no part.
///
/// The keys that API Gateway knows have a variant of their own, so that a [`RequestContext`] over
/// typed data answers by a `match` (API Gateway Developer Guide, "AWS condition keys that can be
/// used in API Gateway resource policies").
///
/// ```
/// use tollgate_iam::policy::ConditionKey;
///
/// assert_eq!(ConditionKey::new("AWS:sourceip"), ConditionKey::SourceIp);
/// assert_eq!(ConditionKey::new("aws:CalledVia").as_str(), "aws:calledvia");
/// ```
///
/// [`RequestContext`]: super::RequestContext
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConditionKey {
    /// `aws:CurrentTime`
    CurrentTime,
    /// `aws:EpochTime`
    EpochTime,
    /// `aws:MultiFactorAuthAge`
    MultiFactorAuthAge,
    /// `aws:MultiFactorAuthPresent`
    MultiFactorAuthPresent,
    /// `aws:PrincipalAccount`
    PrincipalAccount,
    /// `aws:PrincipalArn`
    PrincipalArn,
    /// `aws:PrincipalOrgID`
    PrincipalOrgId,
    /// `aws:PrincipalOrgPaths`
    PrincipalOrgPaths,
    /// `aws:PrincipalType`
    PrincipalType,
    /// `aws:Referer`
    Referer,
    /// `aws:SecureTransport`
    SecureTransport,
    /// `aws:SourceArn`
    SourceArn,
    /// `aws:SourceIp`
    SourceIp,
    /// `aws:SourceVpc`
    SourceVpc,
    /// `aws:SourceVpce`
    SourceVpce,
    /// `aws:TokenIssueTime`
    TokenIssueTime,
    /// `aws:UserAgent`
    UserAgent,
    /// `aws:userid`
    UserId,
    /// `aws:username`
    UserName,
    /// `execute-api:viaDomainArn`
    ViaDomainArn,
    /// `aws:VpcSourceIp`
    VpcSourceIp,
    /// Any other key, such as `aws:PrincipalTag/team`, in lower case.
    Other(OtherKey),
}

/// The name of a key that has no variant of its own; [`ConditionKey::new`] makes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtherKey(Box<str>);

impl OtherKey {
    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ConditionKey {
    /// The key of this name in any case.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let name = name.to_lowercase();
        match name.as_str() {
            "aws:currenttime" => Self::CurrentTime,
            "aws:epochtime" => Self::EpochTime,
            "aws:multifactorauthage" => Self::MultiFactorAuthAge,
            "aws:multifactorauthpresent" => Self::MultiFactorAuthPresent,
            "aws:principalaccount" => Self::PrincipalAccount,
            "aws:principalarn" => Self::PrincipalArn,
            "aws:principalorgid" => Self::PrincipalOrgId,
            "aws:principalorgpaths" => Self::PrincipalOrgPaths,
            "aws:principaltype" => Self::PrincipalType,
            "aws:referer" => Self::Referer,
            "aws:securetransport" => Self::SecureTransport,
            "aws:sourcearn" => Self::SourceArn,
            "aws:sourceip" => Self::SourceIp,
            "aws:sourcevpc" => Self::SourceVpc,
            "aws:sourcevpce" => Self::SourceVpce,
            "aws:tokenissuetime" => Self::TokenIssueTime,
            "aws:useragent" => Self::UserAgent,
            "aws:userid" => Self::UserId,
            "aws:username" => Self::UserName,
            "execute-api:viadomainarn" => Self::ViaDomainArn,
            "aws:vpcsourceip" => Self::VpcSourceIp,
            _ => Self::Other(OtherKey(name.into())),
        }
    }

    /// Its name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::CurrentTime => "aws:currenttime",
            Self::EpochTime => "aws:epochtime",
            Self::MultiFactorAuthAge => "aws:multifactorauthage",
            Self::MultiFactorAuthPresent => "aws:multifactorauthpresent",
            Self::PrincipalAccount => "aws:principalaccount",
            Self::PrincipalArn => "aws:principalarn",
            Self::PrincipalOrgId => "aws:principalorgid",
            Self::PrincipalOrgPaths => "aws:principalorgpaths",
            Self::PrincipalType => "aws:principaltype",
            Self::Referer => "aws:referer",
            Self::SecureTransport => "aws:securetransport",
            Self::SourceArn => "aws:sourcearn",
            Self::SourceIp => "aws:sourceip",
            Self::SourceVpc => "aws:sourcevpc",
            Self::SourceVpce => "aws:sourcevpce",
            Self::TokenIssueTime => "aws:tokenissuetime",
            Self::UserAgent => "aws:useragent",
            Self::UserId => "aws:userid",
            Self::UserName => "aws:username",
            Self::ViaDomainArn => "execute-api:viadomainarn",
            Self::VpcSourceIp => "aws:vpcsourceip",
            Self::Other(name) => name.as_str(),
        }
    }
}

impl From<&str> for ConditionKey {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for ConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
