//! A draft in place of another one.

use std::collections::HashSet;

use tollgate_core::ApiId;
use tollgate_model::ApiDocument;

use super::State;
use crate::key::Kind;
use crate::{Change, Entity, EntityKey};

/// What a draft has besides resources.
const OF_DRAFT: [Kind; 5] = [
    Kind::Model,
    Kind::RequestValidator,
    Kind::Authorizer,
    Kind::GatewayResponse,
    Kind::DocumentationPart,
];

impl State {
    /// The changes that make a document the draft of its API, which is made if it is not there: what is
    /// the same is left alone. Deployments, stages and versions of documentation stay.
    ///
    /// ```
    /// use tollgate_model::{ApiDocument, Model};
    /// use tollgate_store::State;
    ///
    /// let mut pets = ApiDocument::new("pets");
    /// pets.rest_api.id = Some("a1b2c3d4e5".into());
    /// let state = State::new().apply(&State::new().replace_draft(&pets))?.state;
    /// assert_eq!(state.draft(&"a1b2c3d4e5".into()), Some(pets.clone()));
    /// assert!(state.replace_draft(&pets).is_empty());
    /// # Ok::<(), tollgate_store::InvalidChange>(())
    /// ```
    #[must_use]
    pub fn replace_draft(&self, document: &ApiDocument) -> Vec<Change> {
        let api = document.rest_api.id.clone().unwrap_or_else(|| "".into());
        let wanted = entities(&api, document);
        let keys: HashSet<_> = wanted.iter().map(Entity::key).collect();
        let resources = self.resources(&api);
        let resources = resources.map(|one| EntityKey::Resource(api.clone(), one.id.clone()));
        // Those below before those above, which would take them along.
        let mut known: Vec<_> = resources.collect();
        known.reverse();
        for kind in OF_DRAFT {
            known.extend(self.keys_below(kind, api.as_str()).cloned());
        }
        let gone = known.into_iter().filter(|key| !keys.contains(key));
        let mut changes: Vec<_> = gone.map(Change::Remove).collect();
        let is_other = |entity: &Entity| self.entity(&entity.key()) != Some(entity);
        changes.extend(wanted.into_iter().filter(is_other).map(Change::Put));
        changes
    }
}

/// The parts of a document, each after what it needs.
fn entities(api: &ApiId, document: &ApiDocument) -> Vec<Entity> {
    let ApiDocument {
        rest_api,
        resources,
        models,
        request_validators,
        authorizers,
        gateway_responses,
        documentation_parts,
        ..
    } = document;
    let mut all = vec![Entity::RestApi(rest_api.clone())];
    macro_rules! add {
        ($($parts:ident => $kind:ident),+ $(,)?) => {
            $(all.extend($parts.iter().map(|one| Entity::$kind(api.clone(), one.clone())));)+
        };
    }
    add! {
        resources => Resource,
        models => Model,
        request_validators => RequestValidator,
        authorizers => Authorizer,
        gateway_responses => GatewayResponse,
        documentation_parts => DocumentationPart,
    }
    all
}
