//! Entities in few words.

use tollgate_deploy::Frozen;
use tollgate_model::{
    Account, ApiDocument, ApiKey, Authorizer, AuthorizerType, BasePathMapping, CanarySettings,
    ClientCertificate, Deployment, DocumentationPart, DocumentationPartLocation,
    DocumentationPartType, DocumentationVersion, DomainName, GatewayResponse, Home, Model,
    RequestValidator, Resource, RestApi, Stage, Timestamp, UsagePlan, UsagePlanKey, VpcLink,
};
use tollgate_store::{Change, Entity};

pub(crate) fn api(id: &str, name: &str) -> Entity {
    let mut api = RestApi::default();
    api.id = Some(id.into());
    name.clone_into(&mut api.name);
    Entity::RestApi(api)
}

/// A resource `id` at a path, below `parent`; the root where there is none.
pub(crate) fn resource(api: &str, id: &str, parent: Option<&str>, path: &str) -> Entity {
    let mut resource = Resource::root(id.into());
    if let Some(parent) = parent {
        resource.parent_id = Some(parent.into());
        resource.path_part = path.rsplit('/').next().map(str::to_owned);
    }
    path.clone_into(&mut resource.path);
    Entity::Resource(api.into(), resource)
}

pub(crate) fn model(api: &str, name: &str, schema: &str) -> Entity {
    Entity::Model(api.into(), Model::new(name, schema))
}

pub(crate) fn validator(api: &str, id: &str) -> Entity {
    Entity::RequestValidator(api.into(), RequestValidator::new(id, "all"))
}

pub(crate) fn authorizer(api: &str, id: &str) -> Entity {
    let one = Authorizer::new(id, "of tokens", AuthorizerType::Token);
    Entity::Authorizer(api.into(), one)
}

pub(crate) fn gateway_response(api: &str, response_type: &str) -> Entity {
    let response_type = response_type.parse().expect("it is a type");
    Entity::GatewayResponse(api.into(), GatewayResponse::new(response_type))
}

fn part(id: &str) -> DocumentationPart {
    let location = DocumentationPartLocation::new(DocumentationPartType::Api);
    DocumentationPart::new(id, location, "{}")
}

pub(crate) fn documentation_part(api: &str, id: &str) -> Entity {
    Entity::DocumentationPart(api.into(), part(id))
}

/// A version with one part.
pub(crate) fn documentation_version(api: &str, version: &str, part_id: &str) -> Entity {
    let made = Timestamp::from_seconds(1_700_000_000);
    let one = DocumentationVersion::new(version, made, vec![part(part_id)]);
    Entity::DocumentationVersion(api.into(), one)
}

pub(crate) fn frozen(name: &str) -> Frozen {
    Frozen::new(ApiDocument::new(name)).expect("it is small")
}

pub(crate) fn document(name: &str) -> Entity {
    Entity::Document(frozen(name))
}

pub(crate) fn deployment(api: &str, id: &str, document: &str) -> Entity {
    let hash = frozen(document).hash();
    let made = Timestamp::from_seconds(1_700_000_000);
    Entity::Deployment(api.into(), Deployment::new(id.into(), made, hash))
}

pub(crate) fn stage(api: &str, name: &str, deployment: &str, canary: Option<&str>) -> Entity {
    let mut stage = Stage::new(name.parse().expect("it is a name"));
    stage.deployment_id = Some(deployment.into());
    stage.canary_settings = canary.map(|deployment| {
        let mut canary = CanarySettings::default();
        canary.deployment_id = Some(deployment.into());
        canary.percent_traffic = 12.5;
        canary
    });
    Entity::Stage(api.into(), stage)
}

pub(crate) fn api_key(id: &str, name: &str) -> Entity {
    let mut key = ApiKey::new(id);
    key.name = Some(name.to_owned());
    key.value = Some(format!("the secret value of {id}"));
    Entity::ApiKey(key)
}

pub(crate) fn usage_plan(id: &str) -> Entity {
    Entity::UsagePlan(UsagePlan::new(id, "gold"))
}

pub(crate) fn usage_plan_key(plan: &str, key: &str) -> Entity {
    Entity::UsagePlanKey(UsagePlanKey::new(plan, key))
}

pub(crate) fn domain(name: &str) -> Entity {
    Entity::DomainName(DomainName::new(name))
}

pub(crate) fn mapping(domain: &str, path: &str, api: &str) -> Entity {
    Entity::BasePathMapping(domain.into(), BasePathMapping::new(path, api.into()))
}

pub(crate) fn vpc_link(id: &str, name: &str) -> Entity {
    Entity::VpcLink(VpcLink::new(id, name))
}

pub(crate) fn client_certificate(id: &str, key: &str) -> Entity {
    Entity::ClientCertificate(ClientCertificate::new(id, "a certificate", key))
}

pub(crate) fn home(region: &str) -> Home {
    Home::new("123456789012", region)
}

pub(crate) fn account(region: &str, role: &str) -> Entity {
    let mut account = Account::new(home(region));
    account.cloudwatch_role_arn = Some(role.to_owned());
    Entity::Account(account)
}

pub(crate) fn put(entity: Entity) -> Change {
    Change::Put(entity)
}

pub(crate) fn remove(key: &str) -> Change {
    Change::Remove(key.parse().expect("it is a key"))
}
