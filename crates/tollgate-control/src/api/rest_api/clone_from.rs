//! The draft of an API, as that of another one.

use std::collections::{HashMap, HashSet};

use tollgate_core::{ApiId, ResourceId};
use tollgate_model::{ApiDocument, Resource};

use super::policy::readdressed;
use crate::call::Call;
use crate::error::{ControlError, Result};

/// The draft of an API that is here, as that of the new API `to`: with resources of its own, and with its
/// own id wherever the other's stood, in the policy above all, which would not hold otherwise.
///
/// # Errors
///
/// Where there is no such API.
pub(super) fn cloned(call: &Call<'_>, from: &str, to: &ApiId) -> Result<ApiDocument> {
    let from = ApiId::new(from);
    let api = call.state.api(&from);
    let api = api.filter(|api| call.is_here(api.home.as_ref()));
    let draft = api.and_then(|_| call.state.draft(&from));
    let mut draft = draft.ok_or_else(|| {
        let account = &call.home.account_id;
        ControlError::not_found(format!("Invalid API identifier specified {account}:{from}"))
    })?;
    let api = &mut draft.rest_api;
    api.tags.clear();
    api.policy = api
        .policy
        .take()
        .map(|policy| readdressed(&policy, &from, to));
    let reference = |id: &ApiId| format!("/restapis/{id}/models/");
    for model in &mut draft.models {
        model.schema = model.schema.replace(&reference(&from), &reference(to));
    }
    rename_resources(call, &mut draft);
    Ok(draft)
}

/// Gives all resources ids that nobody has.
fn rename_resources(call: &Call<'_>, draft: &mut ApiDocument) {
    let (mut ids, mut taken) = (HashMap::new(), HashSet::new());
    for resource in &draft.resources {
        let length = if resource.parent_id.is_none() { 10 } else { 6 };
        let id = call.new_id(length, |id| taken.contains(id));
        ids.insert(resource.id.clone(), ResourceId::new(id.as_str()));
        taken.insert(id);
    }
    let renamed = |id: &ResourceId| ids.get(id).cloned().unwrap_or_else(|| id.clone());
    for resource in &mut draft.resources {
        rename_caches(resource, renamed);
        resource.parent_id = resource.parent_id.as_ref().map(renamed);
        resource.id = renamed(&resource.id);
    }
    let api = &mut draft.rest_api;
    api.root_resource_id = api.root_resource_id.as_ref().map(renamed);
}

/// A namespace of cached answers is that of its resource where nothing else was said.
fn rename_caches(resource: &mut Resource, renamed: impl Fn(&ResourceId) -> ResourceId) {
    let (old, new) = (resource.id.to_string(), renamed(&resource.id).to_string());
    let methods = resource.resource_methods.values_mut();
    for integration in methods.filter_map(|method| method.method_integration.as_mut()) {
        if integration.cache_namespace.as_ref() == Some(&old) {
            integration.cache_namespace = Some(new.clone());
        }
    }
}
