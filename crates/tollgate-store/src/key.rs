//! Names of records.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use thiserror::Error;
use tollgate_core::{
    AccountId, ApiId, DeploymentId, GatewayResponseType, Region, ResourceId, StageName,
};
use tollgate_model::ContentHash;

/// Bytes that the stored form of a key may have (a decision; PostgreSQL's indexes take 2,700).
pub const MAX_KEY_BYTES: usize = 1_024;

/// What is written as `%XX` in a name.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'@')
    .remove(b':');

/// The name of a record. Its stored form reads like a path:
///
/// ```
/// use tollgate_store::EntityKey;
///
/// let key: EntityKey = "apis/a1b2c3d4e5/stages/prod".parse()?;
/// assert_eq!(key, EntityKey::Stage("a1b2c3d4e5".into(), "prod".parse()?));
/// assert_eq!(key.to_string(), "apis/a1b2c3d4e5/stages/prod");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Keys are in the order of their kinds, and then of their names, so that what belongs together stands
/// side by side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntityKey {
    /// The settings of an API: `apis/{api}`.
    RestApi(ApiId),
    /// A resource of an API's draft, with its methods: `apis/{api}/resources/{id}`.
    Resource(ApiId, ResourceId),
    /// A model, by name: `apis/{api}/models/{name}`.
    Model(ApiId, Arc<str>),
    /// A validator: `apis/{api}/requestvalidators/{id}`.
    RequestValidator(ApiId, Arc<str>),
    /// An authorizer: `apis/{api}/authorizers/{id}`.
    Authorizer(ApiId, Arc<str>),
    /// A gateway response: `apis/{api}/gatewayresponses/{type}`.
    GatewayResponse(ApiId, GatewayResponseType),
    /// A documentation part: `apis/{api}/documentation/{id}`.
    DocumentationPart(ApiId, Arc<str>),
    /// A version of an API's documentation: `apis/{api}/documentationversions/{version}`.
    DocumentationVersion(ApiId, Arc<str>),
    /// A deployment: `apis/{api}/deployments/{id}`.
    Deployment(ApiId, DeploymentId),
    /// A stage: `apis/{api}/stages/{name}`.
    Stage(ApiId, StageName),
    /// A frozen document: `documents/{hash}`.
    Document(ContentHash),
    /// An API key, by its id: `apikeys/{id}`.
    ApiKey(Arc<str>),
    /// A usage plan: `usageplans/{id}`.
    UsagePlan(Arc<str>),
    /// A key of a usage plan: `usageplans/{id}/keys/{key}`.
    UsagePlanKey(Arc<str>, Arc<str>),
    /// A custom domain name: `domains/{name}`.
    DomainName(Arc<str>),
    /// A base path of a domain name: `domains/{name}/mappings/{path}`.
    BasePathMapping(Arc<str>, Arc<str>),
    /// A link into a private network: `vpclinks/{id}`.
    VpcLink(Arc<str>),
    /// A client certificate: `clientcertificates/{id}`.
    ClientCertificate(Arc<str>),
    /// The settings of an account in a region: `accounts/{account}/regions/{region}`.
    Account(AccountId, Region),
}

/// A text that is the stored form of no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} names no record")]
pub struct InvalidKey(pub Box<str>);

/// The kinds of records, in the order of [`EntityKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    RestApi,
    Resource,
    Model,
    RequestValidator,
    Authorizer,
    GatewayResponse,
    DocumentationPart,
    DocumentationVersion,
    Deployment,
    Stage,
    Document,
    ApiKey,
    UsagePlan,
    UsagePlanKey,
    DomainName,
    BasePathMapping,
    VpcLink,
    ClientCertificate,
    Account,
}

impl Kind {
    /// What is below an API.
    pub(crate) const OF_API: [Self; 9] = [
        Self::Resource,
        Self::Model,
        Self::RequestValidator,
        Self::Authorizer,
        Self::GatewayResponse,
        Self::DocumentationPart,
        Self::DocumentationVersion,
        Self::Deployment,
        Self::Stage,
    ];

    /// The words before the first and the second name.
    const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::RestApi => ("apis", None),
            Self::Resource => ("apis", Some("resources")),
            Self::Model => ("apis", Some("models")),
            Self::RequestValidator => ("apis", Some("requestvalidators")),
            Self::Authorizer => ("apis", Some("authorizers")),
            Self::GatewayResponse => ("apis", Some("gatewayresponses")),
            Self::DocumentationPart => ("apis", Some("documentation")),
            Self::DocumentationVersion => ("apis", Some("documentationversions")),
            Self::Deployment => ("apis", Some("deployments")),
            Self::Stage => ("apis", Some("stages")),
            Self::Document => ("documents", None),
            Self::ApiKey => ("apikeys", None),
            Self::UsagePlan => ("usageplans", None),
            Self::UsagePlanKey => ("usageplans", Some("keys")),
            Self::DomainName => ("domains", None),
            Self::BasePathMapping => ("domains", Some("mappings")),
            Self::VpcLink => ("vpclinks", None),
            Self::ClientCertificate => ("clientcertificates", None),
            Self::Account => ("accounts", Some("regions")),
        }
    }
}

impl EntityKey {
    /// The API that the record belongs to, if it belongs to one.
    #[must_use]
    pub const fn api(&self) -> Option<&ApiId> {
        match self {
            Self::RestApi(api)
            | Self::Resource(api, _)
            | Self::Model(api, _)
            | Self::RequestValidator(api, _)
            | Self::Authorizer(api, _)
            | Self::GatewayResponse(api, _)
            | Self::DocumentationPart(api, _)
            | Self::DocumentationVersion(api, _)
            | Self::Deployment(api, _)
            | Self::Stage(api, _) => Some(api),
            Self::Document(_)
            | Self::ApiKey(_)
            | Self::UsagePlan(_)
            | Self::UsagePlanKey(..)
            | Self::DomainName(_)
            | Self::BasePathMapping(..)
            | Self::VpcLink(_)
            | Self::ClientCertificate(_)
            | Self::Account(..) => None,
        }
    }

    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::RestApi(_) => Kind::RestApi,
            Self::Resource(..) => Kind::Resource,
            Self::Model(..) => Kind::Model,
            Self::RequestValidator(..) => Kind::RequestValidator,
            Self::Authorizer(..) => Kind::Authorizer,
            Self::GatewayResponse(..) => Kind::GatewayResponse,
            Self::DocumentationPart(..) => Kind::DocumentationPart,
            Self::DocumentationVersion(..) => Kind::DocumentationVersion,
            Self::Deployment(..) => Kind::Deployment,
            Self::Stage(..) => Kind::Stage,
            Self::Document(_) => Kind::Document,
            Self::ApiKey(_) => Kind::ApiKey,
            Self::UsagePlan(_) => Kind::UsagePlan,
            Self::UsagePlanKey(..) => Kind::UsagePlanKey,
            Self::DomainName(_) => Kind::DomainName,
            Self::BasePathMapping(..) => Kind::BasePathMapping,
            Self::VpcLink(_) => Kind::VpcLink,
            Self::ClientCertificate(_) => Kind::ClientCertificate,
            Self::Account(..) => Kind::Account,
        }
    }

    /// The names; a missing one, and the hash of a document, are empty.
    pub(crate) fn names(&self) -> [&str; 2] {
        match self {
            Self::RestApi(api) => [api.as_str(), ""],
            Self::Resource(api, id) => [api.as_str(), id.as_str()],
            Self::Model(api, name)
            | Self::RequestValidator(api, name)
            | Self::Authorizer(api, name)
            | Self::DocumentationPart(api, name)
            | Self::DocumentationVersion(api, name) => [api.as_str(), name],
            Self::GatewayResponse(api, kind) => [api.as_str(), kind.as_str()],
            Self::Deployment(api, id) => [api.as_str(), id.as_str()],
            Self::Stage(api, name) => [api.as_str(), name.as_str()],
            Self::Document(_) => ["", ""],
            Self::ApiKey(name)
            | Self::UsagePlan(name)
            | Self::DomainName(name)
            | Self::VpcLink(name)
            | Self::ClientCertificate(name) => [name, ""],
            Self::UsagePlanKey(one, other) | Self::BasePathMapping(one, other) => [one, other],
            Self::Account(account, region) => [account.as_str(), region.as_str()],
        }
    }

    /// Whether all names of it are there.
    pub(crate) fn is_named(&self) -> bool {
        let [first, second] = self.names();
        match (self, self.kind().words()) {
            (Self::Document(_), _) => true,
            (_, (_, None)) => !first.is_empty(),
            (_, (_, Some(_))) => !first.is_empty() && !second.is_empty(),
        }
    }

    fn of_words(words: (&str, Option<&str>), first: &str, second: &str) -> Option<Self> {
        let second = || Arc::from(second);
        let api = || ApiId::new(first);
        Some(match words {
            ("apis", None) => Self::RestApi(api()),
            ("apis", Some("resources")) => Self::Resource(api(), ResourceId::new(second())),
            ("apis", Some("models")) => Self::Model(api(), second()),
            ("apis", Some("requestvalidators")) => Self::RequestValidator(api(), second()),
            ("apis", Some("authorizers")) => Self::Authorizer(api(), second()),
            ("apis", Some("gatewayresponses")) => {
                Self::GatewayResponse(api(), second().parse().ok()?)
            }
            ("apis", Some("documentation")) => Self::DocumentationPart(api(), second()),
            ("apis", Some("documentationversions")) => Self::DocumentationVersion(api(), second()),
            ("apis", Some("deployments")) => Self::Deployment(api(), DeploymentId::new(second())),
            ("apis", Some("stages")) => Self::Stage(api(), second().parse().ok()?),
            ("documents", None) => Self::Document(first.parse().ok()?),
            ("apikeys", None) => Self::ApiKey(first.into()),
            ("usageplans", None) => Self::UsagePlan(first.into()),
            ("usageplans", Some("keys")) => Self::UsagePlanKey(first.into(), second()),
            ("domains", None) => Self::DomainName(first.into()),
            ("domains", Some("mappings")) => Self::BasePathMapping(first.into(), second()),
            ("vpclinks", None) => Self::VpcLink(first.into()),
            ("clientcertificates", None) => Self::ClientCertificate(first.into()),
            ("accounts", Some("regions")) => {
                Self::Account(AccountId::new(first), Region::new(second()))
            }
            _ => return None,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let name = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
        let mut parts = text.split('/');
        let (word, first) = (parts.next()?, name(parts.next()?)?);
        let below = parts.next();
        let second = match below {
            None => String::new(),
            Some(_) => name(parts.next()?)?,
        };
        let key = Self::of_words((word, below), &first, &second)?;
        // One spelling of each key alone.
        (parts.next().is_none() && key.is_named() && key.to_string() == text).then_some(key)
    }
}

impl Ord for EntityKey {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Document(one), Self::Document(other)) = (self, other) {
            return one.cmp(other);
        }
        let kinds = self.kind().cmp(&other.kind());
        kinds.then_with(|| self.names().cmp(&other.names()))
    }
}

impl PartialOrd for EntityKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for EntityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |name| utf8_percent_encode(name, ESCAPED);
        let [first, second] = self.names();
        match (self, self.kind().words()) {
            (Self::Document(hash), (word, _)) => write!(f, "{word}/{hash}"),
            (_, (word, None)) => write!(f, "{word}/{}", escaped(first)),
            (_, (word, Some(below))) => {
                write!(f, "{word}/{}/{below}/{}", escaped(first), escaped(second))
            }
        }
    }
}

impl FromStr for EntityKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        Self::parse(text).ok_or_else(|| InvalidKey(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_their_stored_form() {
        for text in [
            "apis/a",
            "apis/a/resources/r",
            "apis/a/models/Pet",
            "apis/a/requestvalidators/v",
            "apis/a/authorizers/z",
            "apis/a/gatewayresponses/DEFAULT_4XX",
            "apis/a/documentation/d",
            "apis/a/documentationversions/1.0%20%28draft%29",
            "apis/a/deployments/d",
            "apis/a/stages/prod-1",
            "documents/abababababababababababababababababababababababababababababababab",
            "apikeys/k",
            "usageplans/p",
            "usageplans/p/keys/k",
            "domains/api.example.com",
            "domains/*.example.com/mappings/%28none%29",
            "domains/d/mappings/a%2Fb",
            "vpclinks/l",
            "clientcertificates/c",
            "accounts/123456789012/regions/eu-west-1",
            "apis/%C3%A4%25",
        ] {
            let text = text.replace('*', "%2A");
            let key: EntityKey = text.parse().expect(&text);
            assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "apis",
            "apis/",
            "apis//stages/s",
            "apis/a/",
            "apis/a/stages",
            "apis/a/stages/",
            "apis/a/stages/a.b",
            "apis/a/stages/s/more",
            "apis/a/gatewayresponses/NONE",
            "documents/ab",
            "apikeys/k/keys/k",
            "accounts/123456789012",
            "others/a",
            "apis/%61",
            "apis/%ff",
            "apis/a%2fb",
        ] {
            assert_eq!(text.parse::<EntityKey>(), Err(InvalidKey(text.into())));
        }
    }
}
