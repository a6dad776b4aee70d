//! Real documents, imported, deployed, exported and imported again.

use serde_json::{Value, json};
use tollgate_model::{ApiDocument, DocumentationVersion, Timestamp};
use tollgate_openapi::{ExportFormat, ExportOptions, Extensions};
use tollgate_store::{Change, Entity};

use crate::support::bare::bare;
use crate::support::corpus::corpus;
use crate::support::{Plane, patches};

const FORMATS: [&str; 2] = ["swagger", "oas30"];

/// Imports a document, and gives the path of the API.
async fn imported(plane: &Plane, text: &str) -> Result<String, Value> {
    let answer = plane.send("POST", "/restapis?mode=import", text.to_owned());
    let answer = answer.await;
    match answer.body["id"].as_str() {
        Some(id) => Ok(format!("/restapis/{id}")),
        None => Err(answer.body),
    }
}

async fn draft(plane: &Plane, api: &str) -> ApiDocument {
    let state = plane.store.load().await.expect("it is in memory");
    let api = api.trim_start_matches("/restapis/").into();
    state.draft(&api).expect("it is there")
}

/// Lets methods that call nothing answer by themselves: many documents say nothing of integrations.
async fn mock(plane: &Plane, api: &str) {
    for resource in draft(plane, api).await.resources {
        let methods = resource.resource_methods.values();
        for method in methods.filter(|one| one.method_integration.is_none()) {
            let (id, verb) = (&resource.id, method.http_method);
            let path = format!("{api}/resources/{id}/methods/{verb}/integration");
            plane.done(201, "PUT", &path, json!({"type": "MOCK"})).await;
        }
    }
}

/// Deploys an API with its documentation; what it is refused with otherwise.
async fn deployed(plane: &Plane, api: &str) -> Result<(), Value> {
    let deployments = format!("{api}/deployments");
    let body = json!({"stageName": "prod"});
    let answer = plane.ask("POST", &deployments, body).await;
    if answer.status != 201 {
        return Err(answer.body);
    }
    let draft = draft(plane, api).await;
    let id = draft.rest_api.id.expect("it has one");
    let version = DocumentationVersion::new("1", Timestamp::default(), draft.documentation_parts);
    let state = plane.store.load().await.expect("it is in memory");
    let change = Change::Put(Entity::DocumentationVersion(id, version));
    let committed = plane.store.commit(state.revision(), &[change]).await;
    committed.expect("it is whole");
    let stage = format!("{api}/stages/prod");
    let version = patches([("replace", "/documentationVersion", "1")]);
    plane.done(200, "PATCH", &stage, version).await;
    Ok(())
}

async fn exported(plane: &Plane, api: &str, format: &str) -> Result<String, Value> {
    let path = format!("{api}/stages/prod/exports/{format}?extensions=all");
    let answer = plane.get(&path).await;
    if answer.status == 200 {
        Ok(answer.body.to_string())
    } else {
        Err(answer.body)
    }
}

/// Whether a document of this format says all of an API that makes a difference.
fn says_all(api: &ApiDocument, format: &str) -> bool {
    let format: ExportFormat = format.parse().expect("it is one");
    let mut options = ExportOptions::new(format, Timestamp::default());
    options.extensions = Extensions::ALL;
    let exported = tollgate_openapi::export(api, &options).expect("it was exported");
    let is_note = |severity| severity == tollgate_core::Severity::Note;
    exported.remarks.iter().all(|one| is_note(one.severity))
}

#[tokio::test]
async fn what_is_exported_and_imported_is_the_same() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    let (mut trips, mut twins) = (0, 0);
    let (mut refused, mut idle, mut unsaid) = (0, 0, 0);
    for (name, text) in corpus {
        let plane = Plane::new();
        let Ok(api) = imported(&plane, &text).await else {
            refused += 1;
            continue;
        };
        mock(&plane, &api).await;
        if let Err(body) = deployed(&plane, &api).await {
            let message = "The REST API doesn't contain any methods";
            assert_eq!(body["message"], message, "{name}");
            idle += 1;
            continue;
        }
        let original = draft(&plane, &api).await;
        let mut both = Vec::new();
        for format in FORMATS {
            let exported = exported(&plane, &api, format).await;
            let exported = exported.unwrap_or_else(|body| panic!("{name} {format}: {body}"));
            let again = imported(&plane, &exported).await;
            let again = again.unwrap_or_else(|body| panic!("{name} {format}: {body}\n{exported}"));
            let again = draft(&plane, &again).await;
            if says_all(&original, format) {
                assert_eq!(bare(&again), bare(&original), "{name} {format}");
                both.push(bare(&again));
                trips += 1;
            } else {
                unsaid += 1;
            }
        }
        if let [one, other] = &both[..] {
            assert_eq!(one, other, "{name}");
            twins += 1;
        }
    }
    println!(
        "{trips} round trips, {twins} of them of twins; {unsaid} that a format has no words for; \
         documents: {refused} are none, {idle} have no methods"
    );
}

/// Two documents of one API, in 3.0 and in 2.0, are one API but for what it is called.
#[tokio::test]
async fn twins_are_one_api() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    let plane = Plane::new();
    let mut both = Vec::new();
    for number in 0..2 {
        let name =
            format!("guide/api-as-kinesis-proxy-export-swagger-with-extensions-{number}.json");
        let (_, text) = corpus
            .iter()
            .find(|(one, _)| *one == name)
            .expect("it is there");
        let api = imported(&plane, text).await.expect("it is a document");
        let mut api = bare(&draft(&plane, &api).await);
        for info in ["name", "description", "version"] {
            let members = api.as_object_mut().expect("it is an object");
            members.remove(info);
        }
        both.push(api);
    }
    assert_eq!(both[0], both[1]);
}
