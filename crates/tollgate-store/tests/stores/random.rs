//! Random changes: every store does what a naive model does that looks at everything each time.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tollgate_store::{Change, Entity, EntityKey, StoreError};

use crate::places::{Place, empty};
use crate::support::entities::{
    account, api, api_key, client_certificate, deployment, document, documentation_version, domain,
    mapping, model, put, resource, stage, usage_plan, usage_plan_key, vpc_link,
};

/// Entities in the order in which they were made.
#[derive(Clone, Default)]
struct Naive(Vec<Entity>);

impl Naive {
    fn at(&self, key: &EntityKey) -> Option<usize> {
        self.0.iter().position(|entity| entity.key() == *key)
    }

    fn get(&self, key: &EntityKey) -> Option<&Entity> {
        self.at(key).and_then(|at| self.0.get(at))
    }

    fn commit(&self, changes: &[Change]) -> Option<Self> {
        let mut next = self.clone();
        for change in changes {
            match change {
                Change::Put(entity) => match next.at(&entity.key()) {
                    Some(at) => next.0[at] = entity.clone(),
                    None => next.0.push(entity.clone()),
                },
                Change::Remove(key) => {
                    let removed = next.get(key)?.clone();
                    next.0.retain(|entity| !is_below(entity, &removed));
                }
                _ => return None,
            }
        }
        let named: Vec<_> = next.0.iter().filter_map(document_of).collect();
        next.0.retain(|entity| match entity {
            Entity::Document(frozen) => named.contains(&frozen.hash()),
            _ => true,
        });
        next.0
            .iter()
            .all(|entity| next.is_whole(entity))
            .then_some(next)
    }

    fn is_whole(&self, entity: &Entity) -> bool {
        let has = |key| self.get(&key).is_some();
        let api = entity.key().api().cloned();
        if !api.is_none_or(|api| has(EntityKey::RestApi(api))) {
            return false;
        }
        match entity {
            Entity::Resource(api, one) => {
                let mut same = self.0.iter().filter(|other| match other {
                    Entity::Resource(of, other) => of == api && other.path == one.path,
                    _ => false,
                });
                let follows = match (&one.parent_id, &one.path_part) {
                    (None, _) => one.path == "/",
                    (Some(parent), Some(part)) => {
                        let parent = EntityKey::Resource(api.clone(), parent.clone());
                        match self.get(&parent) {
                            Some(Entity::Resource(_, parent)) if parent.path == "/" => {
                                one.path == format!("/{part}")
                            }
                            Some(Entity::Resource(_, parent)) => {
                                one.path == format!("{}/{part}", parent.path)
                            }
                            _ => false,
                        }
                    }
                    _ => false,
                };
                follows && same.nth(1).is_none()
            }
            Entity::Deployment(_, one) => has(EntityKey::Document(one.content_hash)),
            Entity::Stage(api, one) => {
                let canary = one.canary_settings.as_ref();
                let canary = canary.and_then(|canary| canary.deployment_id.as_ref());
                let mut named = one.deployment_id.iter().chain(canary);
                named.all(|id| has(EntityKey::Deployment(api.clone(), id.clone())))
            }
            Entity::UsagePlanKey(one) => {
                has(EntityKey::UsagePlan(one.usage_plan_id.as_str().into()))
                    && has(EntityKey::ApiKey(one.key_id.as_str().into()))
            }
            Entity::BasePathMapping(domain, _) => has(EntityKey::DomainName(domain.clone())),
            _ => true,
        }
    }
}

fn document_of(entity: &Entity) -> Option<tollgate_model::ContentHash> {
    match entity {
        Entity::Deployment(_, one) => Some(one.content_hash),
        _ => None,
    }
}

/// Whether an entity goes with another one, or is the same.
fn is_below(entity: &Entity, removed: &Entity) -> bool {
    let key = entity.key();
    if key == removed.key() {
        return true;
    }
    match (removed, entity) {
        (Entity::RestApi(api), _) => key.api().is_some() && key.api() == api.id.as_ref(),
        (Entity::Resource(api, above), Entity::Resource(of, below)) => {
            let above = above.path.trim_end_matches('/');
            let rest = below.path.strip_prefix(above);
            of == api && rest.is_some_and(|rest| rest.starts_with('/'))
        }
        (Entity::UsagePlan(plan), Entity::UsagePlanKey(key)) => key.usage_plan_id == plan.id,
        (Entity::ApiKey(of), Entity::UsagePlanKey(key)) => key.key_id == of.id,
        (Entity::DomainName(domain), Entity::BasePathMapping(of, _)) => **of == *domain.domain_name,
        _ => false,
    }
}

/// A small world, so that much of it meets.
fn entity() -> impl Strategy<Value = Entity> {
    let one = || prop::sample::select(vec!["a", "b"]);
    let paths = [
        ("r", None, "/"),
        ("x", Some("r"), "/x"),
        ("y", Some("r"), "/y"),
        ("y", Some("x"), "/x/y"),
        ("z", Some("x"), "/x/z"),
        ("x", Some("r"), "/y"),
        ("z", Some("y"), "/y/z"),
        ("z", Some("y"), "/x/y/z"),
        ("w", Some("z"), "/x/z/w"),
    ];
    let kinds = prop_oneof![Just(None), Just(Some("a")), Just(Some("b"))];
    prop_oneof![
        (one(), one()).prop_map(|(id, name)| api(id, name)),
        (one(), prop::sample::select(paths.to_vec()))
            .prop_map(|(api, (id, parent, path))| resource(api, id, parent, path)),
        (one(), one(), one()).prop_map(|(api, name, schema)| model(api, name, schema)),
        one().prop_map(document),
        (one(), one(), one()).prop_map(|(api, id, document)| deployment(api, id, document)),
        (one(), one(), one(), kinds)
            .prop_map(|(api, name, id, canary)| stage(api, name, id, canary)),
        (one(), one()).prop_map(|(id, name)| api_key(id, name)),
        one().prop_map(usage_plan),
        (one(), one()).prop_map(|(plan, key)| usage_plan_key(plan, key)),
        one().prop_map(domain),
        (one(), one(), one()).prop_map(|(name, path, api)| mapping(name, path, api)),
        (one(), one(), one())
            .prop_map(|(api, version, part)| documentation_version(api, version, part)),
        (one(), one()).prop_map(|(id, name)| vpc_link(id, name)),
        (one(), one()).prop_map(|(id, key)| client_certificate(id, key)),
        (one(), one()).prop_map(|(region, role)| account(region, role)),
    ]
}

fn commits() -> impl Strategy<Value = Vec<Vec<Change>>> {
    let change = prop_oneof![
        4 => entity().prop_map(put),
        1 => entity().prop_map(|entity| Change::Remove(entity.key())),
    ];
    // What changes need is often there.
    let whole = Just(
        ["a", "b"]
            .into_iter()
            .flat_map(|id| [api(id, id), resource(id, "r", None, "/")])
            .map(put)
            .collect(),
    );
    let change = prop::collection::vec(change, 1..4);
    (whole, prop::collection::vec(change, 0..40)).prop_map(|(first, mut rest)| {
        rest.insert(0, first);
        rest
    })
}

async fn run(place: &Place, commits: &[Vec<Change>]) -> Result<(), TestCaseError> {
    let on = place.name();
    let mut store = place.open().await;
    // One place does for all cases.
    let mut revision = empty(&*store).await;
    let mut naive = Naive::default();
    for (number, changes) in commits.iter().enumerate() {
        let committed = store.commit(revision, changes).await;
        match (naive.commit(changes), committed) {
            (Some(next), Ok(state)) => {
                revision = revision.next();
                prop_assert_eq!(state.revision(), revision, "{}", on);
                naive = next;
            }
            (None, Err(StoreError::Invalid(_))) => {}
            (expected, found) => {
                let expected = expected.is_some();
                let found = found.map(|state| state.len());
                return Err(TestCaseError::fail(format!(
                    "{on}: {changes:?} should be {expected}, and is {found:?}"
                )));
            }
        }
        if number % 16 == 15 {
            drop(store);
            store = place.open().await;
        }
        let state = store.load().await.expect(on);
        prop_assert_eq!(state.revision(), revision);
        let mut records: Vec<_> = state.records().map(|(_, record)| record).collect();
        records.sort_by_key(|record| record.made());
        let entities: Vec<_> = records
            .iter()
            .map(|record| record.entity().clone())
            .collect();
        prop_assert_eq!(&entities, &naive.0, "{}", on);
    }
    Ok(())
}

#[test]
fn stores_do_what_a_naive_model_does() {
    let runtime = tokio::runtime::Runtime::new().expect("there are threads");
    for place in runtime.block_on(Place::all()) {
        let is_quick = matches!(place, Place::Memory(_));
        let cases = if is_quick { 256 } else { 12 };
        let mut runner = TestRunner::new(Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: 200,
            ..Config::default()
        });
        let ran = runner.run(&commits(), |commits| {
            runtime.block_on(run(&place, &commits))
        });
        ran.unwrap_or_else(|error| panic!("{}: {error}", place.name()));
        println!("{}: {cases} cases", place.name());
    }
}
