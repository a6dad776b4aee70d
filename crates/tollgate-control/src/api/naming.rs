//! What names stages from outside of their APIs.

use tollgate_core::{ApiId, StageName};
use tollgate_store::{Change, Entity, EntityKey};

use crate::call::Call;

/// Takes an API, or one of its stages, out of all that names it: usage plans and base path mappings.
///
/// Mappings that name an API without a stage stay when one of its stages goes.
pub(super) fn forget(call: &Call<'_>, api: &ApiId, stage: Option<&StageName>) -> Vec<Change> {
    let is_it = |name: &StageName| stage.is_none_or(|stage| stage == name);
    let mut changes = Vec::new();
    for plan in call.state.usage_plans() {
        let mut plan = plan.clone();
        let before = plan.api_stages.len();
        plan.api_stages
            .retain(|of| of.api_id != *api || !is_it(&of.stage));
        if plan.api_stages.len() < before {
            changes.push(Change::Put(Entity::UsagePlan(plan)));
        }
    }
    for domain in call.state.domain_names() {
        let domain = domain.domain_name.as_str();
        for mapping in call.state.base_path_mappings(domain) {
            let is_named = match &mapping.stage {
                Some(name) => is_it(name),
                None => stage.is_none(),
            };
            if mapping.rest_api_id == *api && is_named {
                let path = mapping.base_path.as_str().into();
                let key = EntityKey::BasePathMapping(domain.into(), path);
                changes.push(Change::Remove(key));
            }
        }
    }
    changes
}
