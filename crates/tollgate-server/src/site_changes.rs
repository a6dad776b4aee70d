//! From documents and their configuration to what stands in a store.

use std::sync::Arc;

use tollgate::core::ApiId;
use tollgate::deploy::Frozen;
use tollgate::gateway::address;
use tollgate::model::{BasePathMapping, Deployment, DomainName, Stage, Timestamp};
use tollgate::store::{Change, Entity, EntityKey, State};

use crate::site::Site;

/// A document that is deployed anew.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) document: Frozen,
    /// The stages that serve it, each with the id of the deployment.
    pub(crate) stages: Vec<Stage>,
}

/// The changes after which a store has what a site says. A deployment that nobody serves any more goes:
/// what a document said before, its author has.
pub(crate) fn changes(state: &State, site: &Site, fresh: &[Fresh], now: Timestamp) -> Vec<Change> {
    let mut changes = Vec::new();
    let known = state.apis().filter_map(|api| api.id.as_ref());
    let is_served = |id: &ApiId| site.apis.iter().any(|api| api.id == *id);
    for id in known.filter(|id| !is_served(id)) {
        changes.push(Change::Remove(EntityKey::RestApi(id.clone())));
    }
    for fresh in fresh {
        deploy(state, fresh, now, &mut changes);
    }
    for name in state
        .domain_names()
        .map(|domain| domain.domain_name.as_str())
    {
        if !site.domains.iter().any(|(known, _)| known.as_str() == name) {
            changes.push(Change::Remove(EntityKey::DomainName(name.into())));
        }
    }
    for (name, mappings) in &site.domains {
        domain(state, name.as_str(), mappings, &mut changes);
    }
    changes
}

fn deploy(state: &State, fresh: &Fresh, now: Timestamp, changes: &mut Vec<Change>) {
    let document = fresh.document.document();
    let Some(api) = document.rest_api.id.clone() else {
        return;
    };
    changes.extend(state.replace_draft(document));
    changes.push(Change::Put(Entity::Document(fresh.document.clone())));
    let ids: Vec<_> = fresh
        .stages
        .iter()
        .filter_map(|stage| stage.deployment_id.as_ref())
        .collect();
    let known = state.lifecycle(&api).unwrap_or_default();
    for id in &ids {
        // One whose document is not another one is the same deployment.
        let is_same = known
            .deployments
            .get(*id)
            .is_some_and(|one| one.content_hash == fresh.document.hash());
        if !is_same {
            let made = Deployment::new((*id).clone(), now, fresh.document.hash());
            changes.push(Change::Put(Entity::Deployment(api.clone(), made)));
        }
    }
    for stage in &fresh.stages {
        let mut stage = stage.clone();
        let known = known.stages.get(&stage.stage_name);
        stage.created_date = known.and_then(|known| known.created_date).or(Some(now));
        stage.last_updated_date = Some(now);
        changes.push(Change::Put(Entity::Stage(api.clone(), stage)));
    }
    for name in known.stages.keys() {
        if !fresh.stages.iter().any(|stage| stage.stage_name == *name) {
            let key = EntityKey::Stage(api.clone(), name.clone());
            changes.push(Change::Remove(key));
        }
    }
    for id in known.deployments.keys().filter(|id| !ids.contains(id)) {
        let key = EntityKey::Deployment(api.clone(), id.clone());
        changes.push(Change::Remove(key));
    }
}

fn domain(
    state: &State,
    name: &str,
    mappings: &[address::BasePathMapping],
    changes: &mut Vec<Change>,
) {
    if state.domain_name(name).is_none() {
        let domain = DomainName::new(name);
        changes.push(Change::Put(Entity::DomainName(domain)));
    }
    let wanted: Vec<_> = mappings.iter().map(mapping).collect();
    for known in state.base_path_mappings(name) {
        if !wanted.iter().any(|one| one.base_path == known.base_path) {
            let path = known.base_path.as_str().into();
            let key = EntityKey::BasePathMapping(name.into(), path);
            changes.push(Change::Remove(key));
        }
    }
    for one in wanted {
        if state.base_path_mapping(name, &one.base_path) != Some(&one) {
            changes.push(Change::Put(Entity::BasePathMapping(Arc::from(name), one)));
        }
    }
}

fn mapping(mapping: &address::BasePathMapping) -> BasePathMapping {
    let path = match mapping.base_path.as_str() {
        "" => BasePathMapping::REST,
        path => path,
    };
    let mut to = BasePathMapping::new(path, mapping.api.clone());
    to.stage.clone_from(&mapping.stage);
    to
}
