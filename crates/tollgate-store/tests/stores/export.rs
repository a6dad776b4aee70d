//! States as one text.

use tollgate_store::{
    Entity, EntityKey, MemoryStore, RedbStore, Revision, State, StoreError, export, import,
};

use crate::support::Folder;
use crate::support::entities::{api, api_key, deployment, document, put, resource, stage};

fn state() -> State {
    let entities = [
        api("a", "Pets"),
        resource("a", "root", None, "/"),
        document("Pets"),
        deployment("a", "d", "Pets"),
        stage("a", "prod", "d", None),
        api_key("k", "Ada"),
    ];
    let changes: Vec<_> = entities.into_iter().map(put).collect();
    State::new().apply(&changes).expect("it is whole").state
}

fn text(state: &State) -> String {
    let mut text = Vec::new();
    export(state, &mut text).expect("memory can be written");
    String::from_utf8(text).expect("it is JSON")
}

#[test]
fn what_is_exported_is_the_same_once_it_is_imported() {
    let text_of = text(&state());
    let imported = import(text_of.as_bytes()).expect("it is whole");
    assert_eq!(text(&imported), text_of);
    assert_eq!(imported.revision(), Revision::new(1));
    assert!(text_of.starts_with(
        "{\n\"format\": 1,\n\"revision\": 1,\n\"records\": [\n{\"key\": \"apikeys/k\""
    ));
    // One member a line.
    assert!(text_of.contains("\n  \"name\": \"Pets\",\n"), "{text_of}");
}

#[tokio::test]
async fn an_import_fills_an_empty_store_alone() {
    let folder = Folder::new();
    let store = RedbStore::open(folder.join("store"))
        .await
        .expect("it opens");
    let text_of = text(&state());
    let imported = import(text_of.as_bytes()).expect("it is whole");
    let filled = store.fill(imported.clone()).await.expect("it is empty");
    assert_eq!(filled.revision(), Revision::new(1));
    let again = store.fill(imported.clone()).await;
    assert!(
        matches!(again, Err(StoreError::NotEmpty { revision }) if revision == Revision::new(1))
    );
    drop(store);
    let store = RedbStore::open(folder.join("store"))
        .await
        .expect("it opens");
    let loaded = tollgate_store::ConfigStore::load(&store)
        .await
        .expect("it is there");
    assert_eq!(text(&loaded), text_of);
    let memory = MemoryStore::of(imported);
    let loaded = tollgate_store::ConfigStore::load(&memory)
        .await
        .expect("it is there");
    assert_eq!(text(&loaded), text_of);
}

#[test]
fn other_texts_are_refused_and_what_is_wrong_is_said() {
    let good = text(&state());
    let hash = match state()
        .records()
        .find(|(key, _)| matches!(key, EntityKey::Document(_)))
    {
        Some((EntityKey::Document(hash), _)) => hash.to_string(),
        _ => unreachable!("there is one"),
    };
    for (name, text, said) in [
        ("no JSON", "{".to_owned(), "EOF"),
        ("no format", "{}".to_owned(), "missing field `format`"),
        (
            "a format of none",
            good.replace("\"format\": 1", "\"format\": 0"),
            "no format 0",
        ),
        (
            "a later format",
            good.replace("\"format\": 1", "\"format\": 2"),
            "has format 2; this version knows 1",
        ),
        (
            "no key",
            good.replace("apikeys/k", "apikeys"),
            "it is no key",
        ),
        (
            "another key",
            good.replace("apikeys/k", "apikeys/x"),
            "it is the record of apikeys/k",
        ),
        (
            "an unknown member",
            good.replace("\"format\": 1", "\"format\": 1, \"more\": 1"),
            "unknown field `more`",
        ),
        (
            "a document that was changed",
            good.replacen("\"name\": \"Pets\"", "\"name\": \"Cats\"", 9),
            "hash",
        ),
        (
            "a stage without deployment",
            good.replace("\"deploymentId\": \"d\"", "\"deploymentId\": \"e\""),
            "apis/a/stages/prod needs apis/a/deployments/e",
        ),
        ("another hash", good.replace(&hash, &"0".repeat(64)), "hash"),
    ] {
        let error = import(text.as_bytes()).expect_err(name);
        assert!(error.to_string().contains(said), "{name}: {error}");
    }
    let twice = good.replacen(
        "\"records\": [\n",
        "\"records\": [\n{\"key\": \"apikeys/k\", \"made\": 9, \"value\": {\"id\": \"k\"}},\n",
        1,
    );
    let error = import(twice.as_bytes()).expect_err("two of one key");
    assert!(
        error.to_string().contains("two records have one key"),
        "{error}"
    );
}

#[test]
fn messages_show_no_secret() {
    let state = state();
    let key = state.entity(&EntityKey::ApiKey("k".into()));
    assert!(matches!(key, Some(Entity::ApiKey(key)) if key.value.is_some()));
    assert!(!format!("{state:?}").contains("the secret value"));
}
