//! What is kept.

use std::sync::Arc;

use thiserror::Error;
use tollgate_core::ApiId;
use tollgate_deploy::{FreezeError, Frozen};
use tollgate_model::{
    Account, ApiKey, Authorizer, BasePathMapping, ClientCertificate, Deployment, DocumentationPart,
    DocumentationVersion, DomainName, GatewayResponse, Model, RequestValidator, Resource, RestApi,
    Stage, UsagePlan, UsagePlanKey, VpcLink,
};

use crate::EntityKey;

/// One thing that is kept as a record of its own, with the name of what it belongs to where it does
/// not say that itself.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Entity {
    /// The settings of an API. They must have an id.
    RestApi(RestApi),
    /// A resource of an API's draft, with its methods.
    Resource(ApiId, Resource),
    /// A model of an API's draft.
    Model(ApiId, Model),
    /// A validator of an API's draft.
    RequestValidator(ApiId, RequestValidator),
    /// An authorizer of an API's draft.
    Authorizer(ApiId, Authorizer),
    /// A gateway response of an API's draft.
    GatewayResponse(ApiId, GatewayResponse),
    /// A documentation part of an API's draft.
    DocumentationPart(ApiId, DocumentationPart),
    /// A version of an API's documentation.
    DocumentationVersion(ApiId, DocumentationVersion),
    /// A deployment of an API.
    Deployment(ApiId, Deployment),
    /// A stage of an API.
    Stage(ApiId, Stage),
    /// A document that deployments name.
    Document(Frozen),
    /// An API key.
    ApiKey(ApiKey),
    /// A usage plan.
    UsagePlan(UsagePlan),
    /// A key of a usage plan.
    UsagePlanKey(UsagePlanKey),
    /// A custom domain name.
    DomainName(DomainName),
    /// What stands below a path of a domain name.
    BasePathMapping(Arc<str>, BasePathMapping),
    /// A link into a private network.
    VpcLink(VpcLink),
    /// A client certificate, with its key.
    ClientCertificate(ClientCertificate),
    /// The settings of an account in a region.
    Account(Account),
}

/// Why the JSON of a record cannot be read.
#[derive(Debug, Error)]
pub(crate) enum Unreadable {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Document(#[from] FreezeError),
    #[error("it is the record of {0}")]
    OtherKey(EntityKey),
}

impl Entity {
    /// The name of its record.
    #[must_use]
    pub fn key(&self) -> EntityKey {
        use EntityKey as Key;
        match self {
            Self::RestApi(api) => Key::RestApi(api.id.clone().unwrap_or_else(|| "".into())),
            Self::Resource(api, one) => Key::Resource(api.clone(), one.id.clone()),
            Self::Model(api, one) => Key::Model(api.clone(), one.name.as_str().into()),
            Self::RequestValidator(api, one) => {
                Key::RequestValidator(api.clone(), one.id.as_str().into())
            }
            Self::Authorizer(api, one) => Key::Authorizer(api.clone(), one.id.as_str().into()),
            Self::GatewayResponse(api, one) => Key::GatewayResponse(api.clone(), one.response_type),
            Self::DocumentationPart(api, one) => {
                Key::DocumentationPart(api.clone(), one.id.as_str().into())
            }
            Self::DocumentationVersion(api, one) => {
                Key::DocumentationVersion(api.clone(), one.version.as_str().into())
            }
            Self::Deployment(api, one) => Key::Deployment(api.clone(), one.id.clone()),
            Self::Stage(api, one) => Key::Stage(api.clone(), one.stage_name.clone()),
            Self::Document(frozen) => Key::Document(frozen.hash()),
            Self::ApiKey(key) => Key::ApiKey(key.id.as_str().into()),
            Self::UsagePlan(plan) => Key::UsagePlan(plan.id.as_str().into()),
            Self::UsagePlanKey(key) => Key::UsagePlanKey(
                key.usage_plan_id.as_str().into(),
                key.key_id.as_str().into(),
            ),
            Self::DomainName(domain) => Key::DomainName(domain.domain_name.as_str().into()),
            Self::BasePathMapping(domain, mapping) => {
                Key::BasePathMapping(Arc::clone(domain), mapping.base_path.as_str().into())
            }
            Self::VpcLink(link) => Key::VpcLink(link.id.as_str().into()),
            Self::ClientCertificate(certificate) => {
                Key::ClientCertificate(certificate.client_certificate_id.as_str().into())
            }
            Self::Account(account) => {
                let home = &account.home;
                Key::Account(home.account_id.clone(), home.region.clone())
            }
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        let json = match self {
            Self::RestApi(one) => serde_json::to_vec(one),
            Self::Resource(_, one) => serde_json::to_vec(one),
            Self::Model(_, one) => serde_json::to_vec(one),
            Self::RequestValidator(_, one) => serde_json::to_vec(one),
            Self::Authorizer(_, one) => serde_json::to_vec(one),
            Self::GatewayResponse(_, one) => serde_json::to_vec(one),
            Self::DocumentationPart(_, one) => serde_json::to_vec(one),
            Self::DocumentationVersion(_, one) => serde_json::to_vec(one),
            Self::Deployment(_, one) => serde_json::to_vec(one),
            Self::Stage(_, one) => serde_json::to_vec(one),
            Self::Document(frozen) => return frozen.to_json(),
            Self::ApiKey(one) => serde_json::to_vec(one),
            Self::UsagePlan(one) => serde_json::to_vec(one),
            Self::UsagePlanKey(one) => serde_json::to_vec(one),
            Self::DomainName(one) => serde_json::to_vec(one),
            Self::BasePathMapping(_, one) => serde_json::to_vec(one),
            Self::VpcLink(one) => serde_json::to_vec(one),
            Self::ClientCertificate(one) => serde_json::to_vec(one),
            Self::Account(one) => serde_json::to_vec(one),
        };
        json.expect("all maps of the model have texts for keys")
    }

    /// Reads the record of a key.
    pub(crate) fn from_json(key: &EntityKey, json: &[u8]) -> Result<Self, Unreadable> {
        use EntityKey as Key;
        let from = json;
        let entity = match key.clone() {
            Key::RestApi(_) => Self::RestApi(serde_json::from_slice(from)?),
            Key::Resource(api, _) => Self::Resource(api, serde_json::from_slice(from)?),
            Key::Model(api, _) => Self::Model(api, serde_json::from_slice(from)?),
            Key::RequestValidator(api, _) => {
                Self::RequestValidator(api, serde_json::from_slice(from)?)
            }
            Key::Authorizer(api, _) => Self::Authorizer(api, serde_json::from_slice(from)?),
            Key::GatewayResponse(api, _) => {
                Self::GatewayResponse(api, serde_json::from_slice(from)?)
            }
            Key::DocumentationPart(api, _) => {
                Self::DocumentationPart(api, serde_json::from_slice(from)?)
            }
            Key::DocumentationVersion(api, _) => {
                Self::DocumentationVersion(api, serde_json::from_slice(from)?)
            }
            Key::Deployment(api, _) => Self::Deployment(api, serde_json::from_slice(from)?),
            Key::Stage(api, _) => Self::Stage(api, serde_json::from_slice(from)?),
            Key::Document(hash) => Self::Document(Frozen::from_json(hash, from)?),
            Key::ApiKey(_) => Self::ApiKey(serde_json::from_slice(from)?),
            Key::UsagePlan(_) => Self::UsagePlan(serde_json::from_slice(from)?),
            Key::UsagePlanKey(..) => Self::UsagePlanKey(serde_json::from_slice(from)?),
            Key::DomainName(_) => Self::DomainName(serde_json::from_slice(from)?),
            Key::BasePathMapping(domain, _) => {
                Self::BasePathMapping(domain, serde_json::from_slice(from)?)
            }
            Key::VpcLink(_) => Self::VpcLink(serde_json::from_slice(from)?),
            Key::ClientCertificate(_) => Self::ClientCertificate(serde_json::from_slice(from)?),
            Key::Account(..) => Self::Account(serde_json::from_slice(from)?),
        };
        let found = entity.key();
        if found != *key {
            return Err(Unreadable::OtherKey(found));
        }
        Ok(entity)
    }
}
