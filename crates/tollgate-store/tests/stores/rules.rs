//! What can be changed, and what cannot: a table for all stores.

use tollgate_core::ApiId;
use tollgate_store::{Change, Entity, Revision, State, StoreError};

use crate::places::{Place, empty};
use crate::support::entities::{
    account, api, api_key, client_certificate, deployment, document, documentation_version, domain,
    frozen, mapping, model, put, remove, resource, stage, usage_plan, usage_plan_key, vpc_link,
};

struct Row {
    name: &'static str,
    changes: Vec<Change>,
    /// What is refused, or which keys come and go.
    expected: Result<(&'static [&'static str], &'static [&'static str]), String>,
}

/// An API with three resources, a version of its documentation and a stage, a plan with a key, a domain
/// name, a link, a certificate, and an account.
fn before() -> Vec<Change> {
    let entities = [
        api("a", "Pets"),
        resource("a", "root", None, "/"),
        resource("a", "pets", Some("root"), "/pets"),
        resource("a", "pet", Some("pets"), "/pets/{id}"),
        model("a", "Pet", "{}"),
        documentation_version("a", "1.0", "d1"),
        document("Pets"),
        deployment("a", "d1", "Pets"),
        stage("a", "prod", "d1", None),
        api_key("k", "Ada"),
        usage_plan("p"),
        usage_plan_key("p", "k"),
        domain("example.com"),
        mapping("example.com", "(none)", "a"),
        vpc_link("l", "backend"),
        client_certificate("c", "a key"),
        account("eu-west-1", "a role"),
    ];
    entities.into_iter().map(put).collect()
}

/// The stage, with a version of the documentation and a certificate.
fn naming(version: &str, certificate: &str) -> Entity {
    let mut entity = stage("a", "prod", "d1", None);
    if let Entity::Stage(_, stage) = &mut entity {
        stage.documentation_version = Some(version.to_owned());
        stage.client_certificate_id = Some(certificate.to_owned());
    }
    entity
}

fn hash(name: &str) -> String {
    frozen(name).hash().to_string()
}

fn missing(by: &str, key: &str) -> String {
    format!("{by} needs {key}, which is not there")
}

fn rows() -> Vec<Row> {
    let row = |name, changes, expected| Row {
        name,
        changes,
        expected,
    };
    let pets = hash("Pets");
    let mut rows = vec![
        row(
            "an API goes with all that is below it, its documents too",
            vec![remove("apis/a")],
            Ok((
                &[],
                &[
                    "apis/a",
                    "apis/a/deployments/d1",
                    "apis/a/documentationversions/1.0",
                    "apis/a/models/Pet",
                    "apis/a/resources/pet",
                    "apis/a/resources/pets",
                    "apis/a/resources/root",
                    "apis/a/stages/prod",
                    "documents/*",
                ],
            )),
        ),
        row(
            "what is put below an API once more needs the API",
            vec![remove("apis/a"), put(model("a", "Pet", "{}"))],
            Err(missing("apis/a/models/Pet", "apis/a")),
        ),
        row(
            "so does a version of its documentation",
            vec![put(documentation_version("b", "1.0", "d1"))],
            Err(missing("apis/b/documentationversions/1.0", "apis/b")),
        ),
        row(
            "a resource goes with those below its path",
            vec![remove("apis/a/resources/pets")],
            Ok((&[], &["apis/a/resources/pet", "apis/a/resources/pets"])),
        ),
        row(
            "a resource needs its parent",
            vec![put(resource("a", "x", Some("none"), "/none/x"))],
            Err(missing("apis/a/resources/x", "apis/a/resources/none")),
        ),
        row(
            "a parent may come later in the same commit",
            vec![
                put(resource("a", "dog", Some("dogs"), "/dogs/{id}")),
                put(resource("a", "dogs", Some("root"), "/dogs")),
            ],
            Ok((&["apis/a/resources/dog", "apis/a/resources/dogs"], &[])),
        ),
        row(
            "a path follows from the parent",
            vec![put(resource("a", "x", Some("pets"), "/dogs/x"))],
            Err(
                "apis/a/resources/x has a path that is not that of its parent with its path part"
                    .into(),
            ),
        ),
        row(
            "a resource that moves takes those below it with it",
            vec![put(resource("a", "pets", Some("root"), "/dogs"))],
            Err(
                "apis/a/resources/pet has a path that is not that of its parent with its path part"
                    .into(),
            ),
        ),
        row(
            "and they may come with it",
            vec![
                put(resource("a", "pets", Some("root"), "/dogs")),
                put(resource("a", "pet", Some("pets"), "/dogs/{id}")),
            ],
            Ok((&[], &[])),
        ),
        row(
            "two resources cannot have one path",
            vec![put(resource("a", "x", Some("root"), "/pets"))],
            Err("apis/a/resources/x has the path of apis/a/resources/pets".into()),
        ),
        row(
            "nor can two be the root",
            vec![put(resource("a", "x", None, "/"))],
            Err("apis/a/resources/x has the path of apis/a/resources/root".into()),
        ),
        row(
            "two resources can change places",
            vec![
                put(resource("a", "cats", Some("root"), "/cats")),
                put(resource("a", "cats", Some("root"), "/pets")),
                put(resource("a", "pets", Some("root"), "/cats")),
                put(resource("a", "pet", Some("pets"), "/cats/{id}")),
            ],
            Ok((&["apis/a/resources/cats"], &[])),
        ),
        row(
            "a deployment needs its document",
            vec![put(deployment("a", "d2", "Cats"))],
            Err(missing(
                "apis/a/deployments/d2",
                &format!("documents/{}", hash("Cats")),
            )),
        ),
        row(
            "a document that no deployment names is not kept",
            vec![put(document("Cats"))],
            Ok((&[], &[])),
        ),
        row(
            "a deployment comes with its document, or with one that is there",
            vec![
                put(deployment("a", "d2", "Cats")),
                put(document("Cats")),
                put(deployment("a", "d3", "Pets")),
            ],
            Ok((
                &[
                    "apis/a/deployments/d2",
                    "apis/a/deployments/d3",
                    "documents/*",
                ],
                &[],
            )),
        ),
        row(
            "a document that is named stays",
            vec![remove(&format!("documents/{pets}"))],
            Err(missing(
                "apis/a/deployments/d1",
                &format!("documents/{pets}"),
            )),
        ),
        row(
            "a deployment that a stage names stays",
            vec![remove("apis/a/deployments/d1")],
            Err(missing("apis/a/stages/prod", "apis/a/deployments/d1")),
        ),
        row(
            "it goes with the stage, and its document with it",
            vec![
                remove("apis/a/deployments/d1"),
                remove("apis/a/stages/prod"),
            ],
            Ok((
                &[],
                &["apis/a/deployments/d1", "apis/a/stages/prod", "documents/*"],
            )),
        ),
        row(
            "a stage needs its deployment",
            vec![put(stage("a", "test", "d2", None))],
            Err(missing("apis/a/stages/test", "apis/a/deployments/d2")),
        ),
        row(
            "and that of its canary",
            vec![put(stage("a", "test", "d1", Some("d2")))],
            Err(missing("apis/a/stages/test", "apis/a/deployments/d2")),
        ),
        row(
            "a key of a plan needs the key",
            vec![put(usage_plan_key("p", "k2"))],
            Err(missing("usageplans/p/keys/k2", "apikeys/k2")),
        ),
        row(
            "and the plan",
            vec![put(usage_plan_key("p2", "k"))],
            Err(missing("usageplans/p2/keys/k", "usageplans/p2")),
        ),
        row(
            "an API key leaves its plans",
            vec![remove("apikeys/k")],
            Ok((&[], &["apikeys/k", "usageplans/p/keys/k"])),
        ),
        row(
            "a plan goes with its keys",
            vec![remove("usageplans/p")],
            Ok((&[], &["usageplans/p", "usageplans/p/keys/k"])),
        ),
        row(
            "a mapping needs its domain name",
            vec![put(mapping("example.org", "v1", "a"))],
            Err(missing(
                "domains/example.org/mappings/v1",
                "domains/example.org",
            )),
        ),
        row(
            "a domain name goes with its mappings",
            vec![remove("domains/example.com")],
            Ok((
                &[],
                &[
                    "domains/example.com",
                    "domains/example.com/mappings/%28none%29",
                ],
            )),
        ),
        row(
            "what a stage only names may be missing, and may go",
            vec![
                put(naming("2.0", "none")),
                put(naming("1.0", "c")),
                remove("apis/a/documentationversions/1.0"),
                remove("clientcertificates/c"),
            ],
            Ok((
                &[],
                &["apis/a/documentationversions/1.0", "clientcertificates/c"],
            )),
        ),
        row(
            "links and the settings of accounts stand alone",
            vec![
                put(vpc_link("l2", "other")),
                put(account("us-east-1", "a role")),
                remove("vpclinks/l"),
                remove("accounts/123456789012/regions/eu-west-1"),
            ],
            Ok((
                &["accounts/123456789012/regions/us-east-1", "vpclinks/l2"],
                &["accounts/123456789012/regions/eu-west-1", "vpclinks/l"],
            )),
        ),
        row(
            "what is not there cannot be removed",
            vec![remove("apis/a/stages/prod"), remove("apis/a/stages/prod")],
            Err("there is no apis/a/stages/prod".into()),
        ),
        row(
            "what comes and goes in one commit was never there",
            vec![put(api_key("x", "Bo")), remove("apikeys/x")],
            Ok((&[], &[])),
        ),
        row(
            "ids are there",
            vec![put(api("", "No id"))],
            Err("apis/ lacks an id or a name".into()),
        ),
        row(
            "keys have a length",
            vec![put(api_key(&"k".repeat(1_017), "Bo"))],
            Err("a key has 1025 bytes, of 1024 that it may have".into()),
        ),
    ];
    rows.push(row(
        "whatever comes before a change that is refused is not there",
        vec![put(api_key("x", "Bo")), remove("apis/b")],
        Err("there is no apis/b".into()),
    ));
    rows
}

fn names(keys: &[String]) -> Vec<&str> {
    let names = keys.iter().map(|key| match key.strip_prefix("documents/") {
        Some(_) => "documents/*",
        None => key.as_str(),
    });
    names.collect()
}

#[tokio::test]
async fn all_stores_keep_to_the_rules() {
    for place in Place::all().await {
        let store = place.open().await;
        for row in rows() {
            let (name, on) = (row.name, place.name());
            let empty = empty(&*store).await;
            let first = store.commit(empty, &before()).await;
            let first = first.expect("it is whole");
            let keys = |state: &State| -> Vec<String> {
                let mut keys: Vec<_> = state.records().map(|(key, _)| key.to_string()).collect();
                keys.sort();
                keys
            };
            let known = keys(&first);
            assert_eq!(known.len(), 17);
            let committed = store.commit(first.revision(), &row.changes).await;
            match &row.expected {
                Ok((come, go)) => {
                    let next = committed.expect(name);
                    assert_eq!(next.revision(), first.revision().next(), "{name}, {on}");
                    let now = keys(&next);
                    let mut new = now.clone();
                    new.retain(|key| !known.contains(key));
                    assert_eq!(names(&new), *come, "{name}, {on}");
                    let mut gone = known;
                    gone.retain(|key| !now.contains(key));
                    assert_eq!(names(&gone), *go, "{name}, {on}");
                }
                Err(expected) => {
                    let Err(StoreError::Invalid(refusal)) = committed else {
                        panic!("{name}, {on}: {committed:?}");
                    };
                    assert_eq!(refusal.to_string(), *expected, "{name}, {on}");
                    let now = store.load().await.expect("it is there");
                    assert_eq!(now.revision(), first.revision(), "{name}, {on}");
                    assert_eq!(keys(&now), known, "{name}, {on}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_committed_is_there_when_a_store_is_opened_again() {
    for place in Place::all().await {
        let on = place.name();
        let store = place.open().await;
        assert!(store.load().await.expect("it is there").is_empty(), "{on}");
        let first = store.commit(Revision::EMPTY, &before()).await.expect(on);
        let more = [
            put(deployment("a", "a-later-one", "Pets")),
            put(stage("a", "test", "d1", Some("a-later-one"))),
        ];
        let last = store.commit(first.revision(), &more).await.expect(on);
        drop(store);
        let again = place.open().await.load().await.expect("it is there");
        assert_eq!(again.revision(), last.revision(), "{on}");
        let entities = |state: &State| -> Vec<_> {
            let records = state.records();
            records
                .map(|(key, record)| (key.clone(), record.made(), record.entity().clone()))
                .collect()
        };
        assert_eq!(entities(&again), entities(&last), "{on}");
        let api = ApiId::from("a");
        let lifecycle = again.lifecycle(&api).expect("the API is there");
        let made: Vec<_> = lifecycle.deployments.keys().map(|id| id.as_str()).collect();
        assert_eq!(made, ["d1", "a-later-one"], "{on}");
        let draft = again.draft(&api).expect("the API is there");
        let paths: Vec<_> = draft
            .resources
            .iter()
            .map(|one| one.path.as_str())
            .collect();
        assert_eq!(paths, ["/", "/pets", "/pets/{id}"], "{on}");
        assert_eq!(draft.rest_api.name, "Pets", "{on}");
        assert_eq!(draft.models.len(), 1, "{on}");
        assert_eq!(again.usage_plans_of("k").collect::<Vec<_>>(), ["p"], "{on}");
    }
}
