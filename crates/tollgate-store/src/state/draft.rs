//! A state that is being changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use tollgate_core::{ApiId, DeploymentId, ResourceId};
use tollgate_model::{ContentHash, Resource, Stage};

use super::{Applied, MAX_COMMIT_BYTES, State, Write};
use crate::key::Kind;
use crate::{
    Change, Entity, EntityKey, InvalidChange, MAX_KEY_BYTES, MAX_RECORD_BYTES, Record, Revision,
};

pub(super) struct Draft {
    state: State,
    /// What was put or removed.
    touched: BTreeSet<EntityKey>,
    /// Paths that resources had and have no more.
    left: Vec<(ApiId, Arc<str>)>,
    /// Documents that may be named no more.
    loose: BTreeSet<ContentHash>,
    /// Bytes of records that may still be put.
    bytes_left: usize,
}

/// What the paths below a path begin with.
fn beginning(path: &str) -> String {
    format!("{}/", path.trim_end_matches('/'))
}

impl Draft {
    pub(super) fn of(state: &State) -> Self {
        Self {
            state: state.clone(),
            touched: BTreeSet::new(),
            left: Vec::new(),
            loose: BTreeSet::new(),
            bytes_left: MAX_COMMIT_BYTES,
        }
    }

    pub(super) fn change(&mut self, change: &Change) -> Result<(), InvalidChange> {
        match change {
            Change::Put(entity) => self.put(entity),
            Change::Remove(key) => {
                if !self.state.records.contains(key) {
                    return Err(InvalidChange::NotThere { key: key.clone() });
                }
                self.remove_whole(key);
                Ok(())
            }
        }
    }

    fn put(&mut self, entity: &Entity) -> Result<(), InvalidChange> {
        let key = entity.key();
        if !key.is_named() {
            return Err(InvalidChange::Unnamed { key });
        }
        let bytes = key.to_string().len();
        if bytes > MAX_KEY_BYTES {
            return Err(InvalidChange::KeyTooLong { bytes });
        }
        let known = self.state.records.get(&key);
        if let (Entity::Document(frozen), Some(_)) = (entity, known) {
            // Its bytes stay those that were written first.
            self.loose.insert(frozen.hash());
            return Ok(());
        }
        let made = known.map_or(self.state.next_made, Record::made);
        let record = Record::new(made, entity.clone());
        let bytes = record.json().len();
        if bytes > MAX_RECORD_BYTES {
            return Err(InvalidChange::TooLarge { key, bytes });
        }
        let left = self.bytes_left.checked_sub(bytes);
        self.bytes_left = left.ok_or(InvalidChange::CommitTooLarge)?;
        // One record that cannot be read would keep all others from being read.
        if let Err(error) = Entity::from_json(&key, record.json()) {
            let reason = error.to_string();
            return Err(InvalidChange::Unreadable { key, reason });
        }
        self.write(Write {
            key,
            record: Some(record),
        });
        Ok(())
    }

    /// Removes a record and what is below it.
    fn remove_whole(&mut self, key: &EntityKey) {
        let mut below = Vec::new();
        match key {
            EntityKey::RestApi(api) => {
                for kind in Kind::OF_API {
                    below.extend(self.state.keys_below(kind, api.as_str()).cloned());
                }
            }
            EntityKey::Resource(api, _) => {
                if let Some(Entity::Resource(_, resource)) = self.state.entity(key) {
                    let beginning = beginning(&resource.path);
                    let inside = self.resources_from(api, &beginning);
                    below.extend(inside.map(|id| EntityKey::Resource(api.clone(), id.clone())));
                }
            }
            EntityKey::UsagePlan(plan) => {
                below.extend(self.state.keys_below(Kind::UsagePlanKey, plan).cloned());
            }
            EntityKey::DomainName(domain) => {
                below.extend(
                    self.state
                        .keys_below(Kind::BasePathMapping, domain)
                        .cloned(),
                );
            }
            EntityKey::ApiKey(id) => {
                let plans = self.state.plans_of_key.iter_from(|(key, _)| key < id);
                let plans = plans.take_while(|((key, _), ())| key == id);
                below.extend(plans.map(|((key, plan), ())| {
                    EntityKey::UsagePlanKey(Arc::clone(plan), Arc::clone(key))
                }));
            }
            _ => {}
        }
        below.push(key.clone());
        for key in below {
            self.write(Write { key, record: None });
        }
    }

    /// Writes a record as it is, and what follows from it.
    pub(super) fn write(&mut self, write: Write) {
        let Write { key, record } = write;
        let state = &mut self.state;
        let before = match record.clone() {
            Some(record) => {
                state.next_made = state.next_made.max(record.made().saturating_add(1));
                state.records.insert(key.clone(), record)
            }
            None => state.records.remove(&key),
        };
        if let Some(before) = before {
            self.forget(before.entity());
        }
        if let Some(record) = record {
            self.note(record.entity());
        }
        self.touched.insert(key);
    }

    fn forget(&mut self, entity: &Entity) {
        let state = &mut self.state;
        match entity {
            Entity::Resource(api, resource) => {
                let path: Arc<str> = resource.path.as_str().into();
                let entry = (api.clone(), path, resource.id.clone());
                state.paths.remove(&entry);
                self.left.push((entry.0, entry.1));
            }
            Entity::Deployment(_, deployment) => {
                let hash = deployment.content_hash;
                let left = state.named.get(&hash).map_or(0, |count| count - 1);
                if left == 0 {
                    state.named.remove(&hash);
                } else {
                    state.named.insert(hash, left);
                }
                self.loose.insert(hash);
            }
            Entity::UsagePlanKey(key) => {
                let entry = (
                    key.key_id.as_str().into(),
                    key.usage_plan_id.as_str().into(),
                );
                state.plans_of_key.remove(&entry);
            }
            _ => {}
        }
    }

    fn note(&mut self, entity: &Entity) {
        let state = &mut self.state;
        match entity {
            Entity::Resource(api, resource) => {
                let path = resource.path.as_str().into();
                let entry = (api.clone(), path, resource.id.clone());
                state.paths.insert(entry, ());
            }
            Entity::Deployment(_, deployment) => {
                let hash = deployment.content_hash;
                let count = state.named.get(&hash).map_or(1, |count| count + 1);
                state.named.insert(hash, count);
            }
            Entity::Document(frozen) => {
                self.loose.insert(frozen.hash());
            }
            Entity::UsagePlanKey(key) => {
                let entry = (
                    key.key_id.as_str().into(),
                    key.usage_plan_id.as_str().into(),
                );
                state.plans_of_key.insert(entry, ());
            }
            _ => {}
        }
    }

    /// Removes documents that no deployment names.
    pub(super) fn collect(&mut self) {
        for hash in std::mem::take(&mut self.loose) {
            let key = EntityKey::Document(hash);
            if !self.state.named.contains(&hash) && self.state.records.contains(&key) {
                self.write(Write { key, record: None });
            }
        }
    }

    /// Looks whether what was touched is whole, and what has to do with it.
    pub(super) fn check(&self) -> Result<(), InvalidChange> {
        for key in &self.touched {
            match self.state.records.get(key) {
                Some(record) => self.check_needs(key, record.entity())?,
                None => self.check_needed(key)?,
            }
        }
        for (api, path) in &self.left {
            for id in self.resources_from(api, &beginning(path)) {
                let key = EntityKey::Resource(api.clone(), id.clone());
                if let Some(entity) = self.state.entity(&key) {
                    self.check_needs(&key, entity)?;
                }
            }
        }
        Ok(())
    }

    /// What is there needs others.
    fn check_needs(&self, key: &EntityKey, entity: &Entity) -> Result<(), InvalidChange> {
        if let Some(api) = key.api() {
            self.need(EntityKey::RestApi(api.clone()), key)?;
        }
        match entity {
            Entity::Resource(api, resource) => self.check_resource(key, api, resource),
            Entity::Deployment(_, deployment) => {
                self.need(EntityKey::Document(deployment.content_hash), key)
            }
            Entity::Stage(api, stage) => deployments(stage)
                .try_for_each(|id| self.need(EntityKey::Deployment(api.clone(), id.clone()), key)),
            Entity::UsagePlanKey(one) => {
                self.need(EntityKey::UsagePlan(one.usage_plan_id.as_str().into()), key)?;
                self.need(EntityKey::ApiKey(one.key_id.as_str().into()), key)
            }
            Entity::BasePathMapping(domain, _) => {
                self.need(EntityKey::DomainName(Arc::clone(domain)), key)
            }
            _ => Ok(()),
        }
    }

    /// Others may need what is not there any more. What is below it is gone, too, unless it was put
    /// once more, and then it was looked at.
    fn check_needed(&self, key: &EntityKey) -> Result<(), InvalidChange> {
        match key {
            EntityKey::Deployment(api, id) => {
                let mut stages = self.state.stages(api);
                let by = stages.find(|stage| deployments(stage).any(|named| named == id));
                by.map_or(Ok(()), |stage| {
                    Err(InvalidChange::Missing {
                        key: key.clone(),
                        by: EntityKey::Stage(api.clone(), stage.stage_name.clone()),
                    })
                })
            }
            EntityKey::Document(hash) if self.state.named.contains(hash) => {
                let mut all = self.state.records.iter();
                let by = all.find_map(|(by, record)| match record.entity() {
                    Entity::Deployment(_, one) if one.content_hash == *hash => Some(by.clone()),
                    _ => None,
                });
                by.map_or(Ok(()), |by| {
                    Err(InvalidChange::Missing {
                        key: key.clone(),
                        by,
                    })
                })
            }
            _ => Ok(()),
        }
    }

    fn need(&self, key: EntityKey, by: &EntityKey) -> Result<(), InvalidChange> {
        if self.state.records.contains(&key) {
            return Ok(());
        }
        let by = by.clone();
        Err(InvalidChange::Missing { key, by })
    }

    fn check_resource(
        &self,
        key: &EntityKey,
        api: &ApiId,
        resource: &Resource,
    ) -> Result<(), InvalidChange> {
        let wrong = || InvalidChange::Path { key: key.clone() };
        match (&resource.parent_id, &resource.path_part) {
            (None, None) if resource.path == "/" => {}
            (Some(parent), Some(part)) if !part.is_empty() && !part.contains('/') => {
                let above = EntityKey::Resource(api.clone(), parent.clone());
                self.need(above.clone(), key)?;
                let Some(Entity::Resource(_, parent)) = self.state.entity(&above) else {
                    return Err(wrong());
                };
                if resource.path != beginning(&parent.path) + part {
                    return Err(wrong());
                }
            }
            _ => return Err(wrong()),
        }
        let same = self.resources_from(api, &resource.path);
        let same = same.take(2).find(|id| **id != resource.id);
        let other = same.map(|id| EntityKey::Resource(api.clone(), id.clone()));
        match other {
            Some(other) if self.path(&other) == Some(resource.path.as_str()) => {
                Err(InvalidChange::SamePath {
                    key: key.clone(),
                    other,
                })
            }
            _ => Ok(()),
        }
    }

    fn path(&self, key: &EntityKey) -> Option<&str> {
        match self.state.entity(key)? {
            Entity::Resource(_, resource) => Some(&resource.path),
            _ => None,
        }
    }

    /// The resources whose paths begin so, sorted by path.
    fn resources_from(&self, api: &ApiId, beginning: &str) -> impl Iterator<Item = &ResourceId> {
        let entries = self
            .state
            .paths
            .iter_from(|(of, path, _)| (of, &**path) < (api, beginning));
        entries
            .take_while(move |((of, path, _), ())| of == api && path.starts_with(beginning))
            .map(|((_, _, id), ())| id)
    }

    /// The state, and how it differs from the one before.
    pub(super) fn finish(self, before: &State, revision: Revision) -> Applied {
        let mut state = self.state;
        state.revision = revision;
        let mut writes = Vec::new();
        for key in self.touched {
            let record = state.records.get(&key);
            let is_same = match (before.records.get(&key), record) {
                (None, None) => true,
                (Some(one), Some(other)) => one.is_same(other),
                _ => false,
            };
            if !is_same {
                let record = record.cloned();
                writes.push(Write { key, record });
            }
        }
        Applied { state, writes }
    }
}

/// The deployments that a stage names.
fn deployments(stage: &Stage) -> impl Iterator<Item = &DeploymentId> {
    let canary = stage.canary_settings.as_ref();
    let canary = canary.and_then(|canary| canary.deployment_id.as_ref());
    stage.deployment_id.iter().chain(canary)
}

#[cfg(test)]
mod tests {
    use tollgate_model::{ApiKey, CanarySettings};

    use super::*;

    #[test]
    fn the_records_of_a_commit_have_a_size_together() {
        let key = |id: &str| Change::Put(Entity::ApiKey(ApiKey::new(id)));
        let bytes = Entity::ApiKey(ApiKey::new("a")).to_json().len();
        let mut draft = Draft::of(&State::new());
        draft.bytes_left = 2 * bytes;
        assert_eq!(draft.change(&key("a")), Ok(()));
        assert_eq!(draft.change(&key("b")), Ok(()));
        assert_eq!(draft.change(&key("c")), Err(InvalidChange::CommitTooLarge));
    }

    #[test]
    fn a_record_can_be_read_again() {
        let mut stage = Stage::new("prod".parse().expect("it is a name"));
        let mut canary = CanarySettings::default();
        canary.percent_traffic = f64::NAN;
        stage.canary_settings = Some(canary);
        let refused = Draft::of(&State::new()).put(&Entity::Stage("a".into(), stage));
        let error = refused.expect_err("there is no such number in JSON");
        assert!(
            error
                .to_string()
                .starts_with("apis/a/stages/prod could not be read again: invalid type: null"),
            "{error}"
        );
    }

    #[test]
    fn a_record_has_a_size() {
        let mut key = ApiKey::new("a");
        let rest = Entity::ApiKey(key.clone()).to_json().len() + ",\"name\":\"\"".len();
        key.name = Some("x".repeat(MAX_RECORD_BYTES - rest));
        let mut draft = Draft::of(&State::new());
        assert_eq!(draft.put(&Entity::ApiKey(key.clone())), Ok(()));
        if let Some(name) = &mut key.name {
            name.push('x');
        }
        let too_large = InvalidChange::TooLarge {
            key: EntityKey::ApiKey("a".into()),
            bytes: MAX_RECORD_BYTES + 1,
        };
        assert_eq!(draft.put(&Entity::ApiKey(key)), Err(too_large));
    }
}
