//! What is in a state.

use std::sync::Arc;

use tollgate_core::{ApiId, DeploymentId, ResourceId, StageName};
use tollgate_deploy::{Change, Frozen, Lifecycle};
use tollgate_model::{
    Account, ApiDocument, ApiKey, BasePathMapping, ClientCertificate, ContentHash, Deployment,
    DomainName, Home, Resource, RestApi, Stage, UsagePlan, UsagePlanKey, VpcLink,
};

use super::State;
use crate::key::Kind;
use crate::{Entity, EntityKey, Record};

/// What is of one kind, of all entities.
macro_rules! each {
    ($records:expr, $kind:ident $pattern:tt => $value:expr) => {
        $records.filter_map(|record| match record.entity() {
            Entity::$kind $pattern => Some($value),
            _ => None,
        })
    };
}

/// What a key leads to.
macro_rules! one {
    ($state:ident, $key:expr, $kind:ident $pattern:tt => $value:expr) => {
        match $state.entity(&$key)? {
            Entity::$kind $pattern => Some($value),
            _ => None,
        }
    };
}

mod parts;

impl State {
    /// The keys of a kind whose first name is this one.
    pub(super) fn keys_below(&self, kind: Kind, first: &str) -> impl Iterator<Item = &EntityKey> {
        self.entries_below(kind, first).map(|(key, _)| key)
    }

    fn entries_below(
        &self,
        kind: Kind,
        first: &str,
    ) -> impl Iterator<Item = (&EntityKey, &Record)> {
        let begins = (kind, [first, ""]);
        let entries = self
            .records
            .iter_from(move |key| (key.kind(), key.names()) < begins);
        entries.take_while(move |(key, _)| {
            let [of, _] = key.names();
            key.kind() == kind && of == first
        })
    }

    fn below(&self, kind: Kind, first: &str) -> impl Iterator<Item = &Record> {
        self.entries_below(kind, first).map(|(_, record)| record)
    }

    fn all(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        let entries = self.records.iter_from(move |key| key.kind() < kind);
        let entries = entries.take_while(move |(key, _)| key.kind() == kind);
        entries.map(|(_, record)| record)
    }

    /// The settings of all APIs, by id.
    pub fn apis(&self) -> impl Iterator<Item = &RestApi> {
        each!(self.all(Kind::RestApi), RestApi(api) => api)
    }

    /// The settings of an API.
    #[must_use]
    pub fn api(&self, api: &ApiId) -> Option<&RestApi> {
        one!(self, EntityKey::RestApi(api.clone()), RestApi(api) => api)
    }

    /// An API's draft whole: resources by path, and the rest by id or name.
    ///
    /// It is put together from its parts, which takes time in proportion to its size.
    #[must_use]
    pub fn draft(&self, api: &ApiId) -> Option<ApiDocument> {
        let mut draft = ApiDocument::default();
        draft.rest_api = self.api(api)?.clone();
        draft.resources = self.resources(api).cloned().collect();
        draft.models = self.models(api).cloned().collect();
        draft.request_validators = self.request_validators(api).cloned().collect();
        draft.authorizers = self.authorizers(api).cloned().collect();
        draft.gateway_responses = self.gateway_responses(api).cloned().collect();
        draft.documentation_parts = self.documentation_parts(api).cloned().collect();
        Some(draft)
    }

    /// The resources of an API's draft, by path: each after its parent.
    pub fn resources(&self, api: &ApiId) -> impl Iterator<Item = &Resource> {
        let entries = self.paths.iter_from(|(of, _, _)| of < api);
        let entries = entries.take_while(move |((of, _, _), ())| of == api);
        entries.filter_map(|((api, _, id), ())| self.resource(api, id))
    }

    /// A resource of an API's draft.
    #[must_use]
    pub fn resource(&self, api: &ApiId, id: &ResourceId) -> Option<&Resource> {
        one!(self, EntityKey::Resource(api.clone(), id.clone()), Resource(_, one) => one)
    }

    /// The deployments and stages of an API, each in the order in which they were made.
    #[must_use]
    pub fn lifecycle(&self, api: &ApiId) -> Option<Lifecycle> {
        self.api(api)?;
        let mut records: Vec<_> = self.below(Kind::Deployment, api.as_str()).collect();
        records.extend(self.below(Kind::Stage, api.as_str()));
        records.sort_by_key(|record| record.made());
        let mut lifecycle = Lifecycle::new();
        for record in records {
            match record.entity() {
                Entity::Deployment(_, one) => {
                    lifecycle.apply(&Change::PutDeployment(one.clone()));
                }
                Entity::Stage(_, one) => lifecycle.apply(&Change::PutStage(one.clone())),
                _ => {}
            }
        }
        Some(lifecycle)
    }

    /// The deployments of an API, by id.
    pub fn deployments(&self, api: &ApiId) -> impl Iterator<Item = &Deployment> {
        let records = self.below(Kind::Deployment, api.as_str());
        each!(records, Deployment(_, deployment) => deployment)
    }

    /// A deployment of an API.
    #[must_use]
    pub fn deployment(&self, api: &ApiId, id: &DeploymentId) -> Option<&Deployment> {
        one!(self, EntityKey::Deployment(api.clone(), id.clone()), Deployment(_, one) => one)
    }

    /// The stages of an API, by name.
    pub fn stages(&self, api: &ApiId) -> impl Iterator<Item = &Stage> {
        each!(self.below(Kind::Stage, api.as_str()), Stage(_, stage) => stage)
    }

    /// A stage of an API.
    #[must_use]
    pub fn stage(&self, api: &ApiId, name: &StageName) -> Option<&Stage> {
        one!(self, EntityKey::Stage(api.clone(), name.clone()), Stage(_, stage) => stage)
    }

    /// A frozen document.
    #[must_use]
    pub fn document(&self, hash: ContentHash) -> Option<&Frozen> {
        one!(self, EntityKey::Document(hash), Document(frozen) => frozen)
    }

    /// All API keys, by id.
    pub fn api_keys(&self) -> impl Iterator<Item = &ApiKey> {
        each!(self.all(Kind::ApiKey), ApiKey(key) => key)
    }

    /// An API key, by its id.
    #[must_use]
    pub fn api_key(&self, id: &str) -> Option<&ApiKey> {
        one!(self, EntityKey::ApiKey(id.into()), ApiKey(key) => key)
    }

    /// All usage plans, by id.
    pub fn usage_plans(&self) -> impl Iterator<Item = &UsagePlan> {
        each!(self.all(Kind::UsagePlan), UsagePlan(plan) => plan)
    }

    /// A usage plan.
    #[must_use]
    pub fn usage_plan(&self, id: &str) -> Option<&UsagePlan> {
        one!(self, EntityKey::UsagePlan(id.into()), UsagePlan(plan) => plan)
    }

    /// The keys of a usage plan, by id.
    pub fn usage_plan_keys(&self, plan: &str) -> impl Iterator<Item = &UsagePlanKey> {
        each!(self.below(Kind::UsagePlanKey, plan), UsagePlanKey(key) => key)
    }

    /// The ids of the usage plans that have a key.
    pub fn usage_plans_of(&self, key: &str) -> impl Iterator<Item = &str> {
        let entries = self.plans_of_key.iter_from(|(of, _)| **of < *key);
        let entries = entries.take_while(move |((of, _), ())| **of == *key);
        entries.map(|((_, plan), ())| &**plan)
    }

    /// All custom domain names.
    pub fn domain_names(&self) -> impl Iterator<Item = &DomainName> {
        each!(self.all(Kind::DomainName), DomainName(domain) => domain)
    }

    /// A custom domain name.
    #[must_use]
    pub fn domain_name(&self, name: &str) -> Option<&DomainName> {
        one!(self, EntityKey::DomainName(name.into()), DomainName(domain) => domain)
    }

    /// What stands below the paths of a domain name, by path.
    pub fn base_path_mappings(&self, domain: &str) -> impl Iterator<Item = &BasePathMapping> {
        let records = self.below(Kind::BasePathMapping, domain);
        each!(records, BasePathMapping(_, mapping) => mapping)
    }

    /// What stands below one path of a domain name.
    #[must_use]
    pub fn base_path_mapping(&self, domain: &str, path: &str) -> Option<&BasePathMapping> {
        let key = EntityKey::BasePathMapping(Arc::from(domain), Arc::from(path));
        one!(self, key, BasePathMapping(_, mapping) => mapping)
    }

    /// All links into private networks, by id.
    pub fn vpc_links(&self) -> impl Iterator<Item = &VpcLink> {
        each!(self.all(Kind::VpcLink), VpcLink(link) => link)
    }

    /// A link into a private network.
    #[must_use]
    pub fn vpc_link(&self, id: &str) -> Option<&VpcLink> {
        one!(self, EntityKey::VpcLink(id.into()), VpcLink(link) => link)
    }

    /// All client certificates, by id.
    pub fn client_certificates(&self) -> impl Iterator<Item = &ClientCertificate> {
        each!(self.all(Kind::ClientCertificate), ClientCertificate(certificate) => certificate)
    }

    /// A client certificate.
    #[must_use]
    pub fn client_certificate(&self, id: &str) -> Option<&ClientCertificate> {
        let key = EntityKey::ClientCertificate(id.into());
        one!(self, key, ClientCertificate(certificate) => certificate)
    }

    /// What an account has set in a region; `None`: nothing yet.
    #[must_use]
    pub fn account(&self, home: &Home) -> Option<&Account> {
        let key = EntityKey::Account(home.account_id.clone(), home.region.clone());
        one!(self, key, Account(account) => account)
    }
}
