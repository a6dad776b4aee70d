//! APIs from documents, and documents of what is deployed.

use http::Request;
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};
use tollgate_core::Body;
use tollgate_model::{
    DocumentationPart, DocumentationPartLocation, DocumentationPartType, DocumentationVersion,
    Timestamp,
};
use tollgate_store::{Change, Entity};

use crate::support::{Plane, patches};

const BAD: &str = "BadRequestException";

const PETS: &str = r##"{
  "openapi": "3.0.1",
  "info": {"title": "Pets", "version": "1.0"},
  "servers": [{"url": "https://example.com/v1/shop"}],
  "paths": {"/pets": {"get": {
    "responses": {"200": {"description": "all of them"}},
    "x-amazon-apigateway-integration": {
      "type": "mock",
      "responses": {"default": {"statusCode": "200"}}
    }
  }}},
  "components": {"schemas": {
    "Pet": {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/Owner"}}},
    "Owner": {"type": "object"}
  }}
}"##;

/// A document with what is warned of.
const COOKIE: &str = r#"{
  "openapi": "3.0.1",
  "info": {"title": "Cookies"},
  "paths": {"/pets": {"get": {
    "parameters": [{"name": "session", "in": "cookie"}],
    "x-amazon-apigateway-integration": {"type": "mock"}
  }}}
}"#;

const WARNING: &str = "Parameter type cookie for parameter session not supported. Ignoring.";

async fn paths(plane: &Plane, api: &str) -> Vec<String> {
    let all = format!("{api}/resources");
    let all = plane.done(200, "GET", &all, json!(null)).await;
    let all = all["item"].as_array().expect("it is a list");
    let path = |one: &Value| one["path"].as_str().expect("it has one").to_owned();
    let mut paths: Vec<_> = all.iter().map(path).collect();
    paths.sort();
    paths
}

async fn imported(plane: &Plane, query: &str, text: &str) -> (String, Value) {
    let path = format!("/restapis?mode=import{query}");
    let answer = plane.send("POST", &path, text.to_owned()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.body["id"].as_str().expect("it has one");
    (format!("/restapis/{id}"), answer.body)
}

#[tokio::test]
async fn a_document_becomes_an_api() {
    let plane = Plane::new();
    let (api, shown) = imported(&plane, "", PETS).await;
    let id = shown["id"].as_str().expect("it has one");
    assert_eq!(id.len(), 10);
    let mut expected = json!({
        "id": id,
        "name": "Pets",
        "version": "1.0",
        "createdDate": 0,
        "apiKeySource": "HEADER",
        "disableExecuteApiEndpoint": false,
        "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
        "rootResourceId": shown["rootResourceId"],
    });
    assert_eq!(shown, expected);
    expected["tags"] = json!({});
    assert_eq!(plane.done(200, "GET", &api, json!(null)).await, expected);
    assert_eq!(paths(&plane, &api).await, ["/", "/pets"]);

    // The models are the document's alone, and refer to each other.
    let state = plane.store.load().await.expect("it is in memory");
    let models: Vec<_> = state.models(&id.into()).collect();
    let names: Vec<_> = models.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Owner", "Pet"]);
    let reference = format!("https://apigateway.amazonaws.com/restapis/{id}/models/Owner");
    assert!(models[1].schema.contains(&reference), "{:?}", models[1]);

    plane.done(202, "DELETE", &api, json!(null)).await;
    let state = plane.store.load().await.expect("it is in memory");
    assert!(state.is_empty(), "{state:?}");
}

#[tokio::test]
async fn arguments_say_how_a_document_is_read() {
    let plane = Plane::new();
    for (query, expected) in [
        ("&basepath=ignore", vec!["/", "/pets"]),
        (
            "&basepath=prepend",
            vec!["/", "/v1", "/v1/shop", "/v1/shop/pets"],
        ),
        ("&basepath=split", vec!["/", "/shop", "/shop/pets"]),
    ] {
        let (api, _) = imported(&plane, query, PETS).await;
        assert_eq!(paths(&plane, &api).await, expected, "{query}");
    }
    let query = "&endpointConfigurationTypes=REGIONAL";
    let (_, shown) = imported(&plane, query, PETS).await;
    assert_eq!(shown["endpointConfiguration"]["types"], json!(["REGIONAL"]));

    let (_, shown) = imported(&plane, "&failonwarnings=false", COOKIE).await;
    assert_eq!(shown["warnings"], json!([WARNING]));
    let yaml = "swagger: 2.0\ninfo: {title: Pets, version: 1}\npaths: {/pets: {}}\n";
    let (api, shown) = imported(&plane, "", yaml).await;
    assert_eq!(shown["version"], "1");
    assert_eq!(paths(&plane, &api).await, ["/", "/pets"]);

    let documented = r#"{
      "swagger": "2.0", "info": {"title": "Pets"}, "paths": {},
      "x-amazon-apigateway-documentation": {"documentationParts": [
        {"location": {"type": "API"}, "properties": {"description": "all of it"}}
      ]}
    }"#;
    for (query, count) in [("", 1), ("&ignore=documentation", 0)] {
        let (api, _) = imported(&plane, query, documented).await;
        let state = plane.store.load().await.expect("it is in memory");
        let api = api.trim_start_matches("/restapis/").into();
        assert_eq!(state.documentation_parts(&api).count(), count, "{query}");
    }
}

#[tokio::test]
async fn values_of_the_account_stand_for_their_names() {
    let plane = Plane::new();
    let text = PETS.replace(
        "\"Pets\"",
        "\"${AWS::Partition} ${AWS::Region} ${AWS::AccountId}\"",
    );
    let (_, shown) = imported(&plane, "", &text).await;
    assert_eq!(shown["name"], "aws us-east-1 123456789012");
    let policy = r#""x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*"
    }]}, "paths""#;
    let (_, shown) = imported(&plane, "", &PETS.replace("\"paths\"", policy)).await;
    let id = shown["id"].as_str().expect("it has one");
    let whole = format!("arn:aws:execute-api:us-east-1:123456789012:{id}\\/*");
    let policy = shown["policy"].as_str().expect("it has one");
    assert!(policy.contains(&whole), "{policy}");
}

#[tokio::test]
async fn documents_that_are_none_are_refused_and_change_nothing() {
    let plane = Plane::new();
    let (api, _) = imported(&plane, "", PETS).await;
    let before = plane
        .store
        .load()
        .await
        .expect("it is in memory")
        .revision();
    let import = "/restapis?mode=import".to_owned();
    let invalid = "Invalid OpenAPI input.";
    let siblings =
        r#"{"swagger": "2.0", "info": {"title": "T"}, "paths": {"/{a}": {}, "/{b}": {}}}"#;
    let sibling = "Errors found during import:\n\tUnable to create resource at path '/{b}': A \
                   sibling ({a}) of this resource already has a variable path part -- only one is \
                   allowed";
    let warned = format!("Warnings found during import:\n\t{WARNING}");
    for (verb, path) in [("POST", &import), ("PUT", &api)] {
        let separator = if path.contains('?') { '&' } else { '?' };
        for (text, message) in [
            (&b"{"[..], invalid),
            (b"", invalid),
            (b"\xff", invalid),
            (b"a: [", invalid),
            (siblings.as_bytes(), sibling),
        ] {
            let answer = plane.send(verb, path, text.to_vec()).await;
            answer.refused(400, BAD, message);
        }
        let strict = format!("{path}{separator}failonwarnings=true");
        let answer = plane.send(verb, &strict, COOKIE).await;
        answer.refused(400, BAD, &warned);
        let wrong = format!("{path}{separator}basepath=x");
        let answer = plane.send(verb, &wrong, PETS).await;
        let message = "unknown base path mode \"x\", expected one of ignore, prepend, split";
        answer.refused(400, BAD, message);
    }
    for (types, message) in [
        (
            "x",
            "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
        ),
        (
            "EDGE,REGIONAL",
            "Cannot create an api with multiple Endpoint Types.",
        ),
    ] {
        let path = format!("{import}&endpointConfigurationTypes={types}");
        plane
            .send("POST", &path, PETS)
            .await
            .refused(400, BAD, message);
    }
    let answer = plane.send("PUT", &format!("{api}?mode=x"), PETS).await;
    answer.refused(
        400,
        "ValidationException",
        "1 validation error detected: Value 'x' at 'putRestApiInput.mode' failed to satisfy \
         constraint: Member must satisfy enum value set: [merge, overwrite]",
    );
    let answer = plane.send("PUT", "/restapis/none", PETS).await;
    let gone = "Invalid API identifier specified 123456789012:none";
    answer.refused(404, "NotFoundException", gone);
    let long = vec![b' '; tollgate_openapi::limits::MAX_DOCUMENT_BYTES + 1];
    let answer = plane.send("POST", &import, long).await;
    answer.refused(400, BAD, invalid);
    let after = plane
        .store
        .load()
        .await
        .expect("it is in memory")
        .revision();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_document_is_merged_into_an_api_or_overwrites_it() {
    let plane = Plane::new();
    let (api, shown) = imported(&plane, "", PETS).await;
    let resources = format!("{api}/resources");
    let ids = async || {
        let all = plane.done(200, "GET", &resources, json!(null)).await;
        let all = all["item"].as_array().expect("it is a list").clone();
        let id = |path| {
            let found = all.iter().find(|one| one["path"] == path);
            found.map(|one| one["id"].clone())
        };
        ["/", "/pets", "/cats"].map(id)
    };
    let [root, pets, _] = ids().await;
    let cats = PETS
        .replace("/pets", "/cats")
        .replace("\"Pets\"", "\"Cats\"");

    let answer = plane
        .send("PUT", &format!("{api}?mode=merge"), cats.clone())
        .await;
    let mut expected = shown;
    expected["name"] = json!("Cats");
    expected["tags"] = json!({});
    assert_eq!((answer.status, &answer.body), (200, &expected));
    assert_eq!(plane.done(200, "GET", &api, json!(null)).await, expected);
    let [same_root, same_pets, of_cats] = ids().await;
    assert_eq!([&same_root, &same_pets], [&root, &pets]);
    assert!(of_cats.is_some());

    let path = format!("{api}?mode=overwrite");
    let answer = plane.send("PUT", &path, cats).await;
    assert_eq!((answer.status, &answer.body), (200, &expected));
    assert_eq!(ids().await, [root, None, of_cats]);

    // The mode is `merge` where nothing is said; warnings are told.
    let answer = plane.send("PUT", &api, COOKIE).await;
    assert_eq!(answer.body["warnings"], json!([WARNING]));
    assert_eq!(paths(&plane, &api).await, ["/", "/cats", "/pets"]);
}

#[tokio::test]
async fn a_stage_is_exported_as_it_is_deployed() {
    let plane = Plane::new();
    let (api, _) = imported(&plane, "", PETS).await;
    plane.deployed(&api, json!({"stageName": "prod"})).await;
    let id = api.trim_start_matches("/restapis/");
    let export = async |kind: &str, accept: &str| {
        let request = Request::get(format!("{api}/stages/prod/exports/{kind}"));
        let request = request.header(ACCEPT, accept).body(Body::empty());
        let (parts, body) = plane.raw(request.expect("it is a request")).await;
        let header = |name| {
            let value = parts.headers.get(name);
            value
                .map_or("", |value| value.to_str().expect("it is text"))
                .to_owned()
        };
        assert_eq!(parts.status, 200, "{body:?}");
        assert_eq!(header(CONTENT_TYPE), "application/octet-stream");
        let text = String::from_utf8(body.to_vec()).expect("it is text");
        (header(CONTENT_DISPOSITION), text)
    };
    let json = |text: &str| -> Value { serde_json::from_str(text).expect("it is JSON") };

    let (disposition, text) = export("swagger", "application/json").await;
    assert_eq!(disposition, "attachment; filename=\"swagger_1.0.json\"");
    let swagger = json(&text);
    assert_eq!(swagger["swagger"], "2.0");
    assert_eq!(
        swagger["host"],
        format!("{id}.execute-api.us-east-1.amazonaws.com")
    );
    assert_eq!(swagger["basePath"], "/prod");
    let operation = &swagger["paths"]["/pets"]["get"];
    assert_eq!(operation.get("x-amazon-apigateway-integration"), None);

    for query in [
        "extensions=integrations",
        "extensions=integrations%2Cauthorizers",
        "extensions=authorizers&extensions=apigateway",
    ] {
        let (disposition, text) = export(&format!("oas30?{query}"), "*/*").await;
        assert_eq!(disposition, "attachment; filename=\"oas30_1.0.json\"");
        let oas30 = json(&text);
        assert_eq!(
            oas30["servers"][0]["variables"]["basePath"]["default"],
            "prod"
        );
        let operation = &oas30["paths"]["/pets"]["get"];
        let integration = &operation["x-amazon-apigateway-integration"];
        assert_eq!(integration["type"], "mock", "{query}");
    }
    let (disposition, text) = export("oas30", "application/yaml").await;
    assert_eq!(disposition, "attachment; filename=\"oas30_1.0.yaml\"");
    assert!(text.starts_with("openapi: 3.0.1\n"), "{text}");

    // What is drawn up now is not what the stage serves; documentation is the stage's.
    let changed = PETS.replace("/pets", "/cats");
    plane.send("PUT", &api, changed).await;
    let location = DocumentationPartLocation::new(DocumentationPartType::Api);
    let part = DocumentationPart::new("p1", location, r#"{"info": {"description": "all of it"}}"#);
    let version = DocumentationVersion::new("2", Timestamp::default(), vec![part]);
    let state = plane.store.load().await.expect("it is in memory");
    let change = Change::Put(Entity::DocumentationVersion(id.into(), version));
    let committed = plane.store.commit(state.revision(), &[change]).await;
    committed.expect("it is whole");
    let (_, text) = export("oas30?extensions=documentation", "*/*").await;
    let before = json(&text);
    let documentation = "x-amazon-apigateway-documentation";
    assert_eq!(
        before["paths"].as_object().map(serde_json::Map::len),
        Some(1)
    );
    assert_eq!(before.get(documentation), None);
    let version = patches([("replace", "/documentationVersion", "2")]);
    plane
        .done(200, "PATCH", &format!("{api}/stages/prod"), version)
        .await;
    let (_, text) = export("oas30?extensions=documentation", "*/*").await;
    let after = json(&text);
    assert_eq!(after["info"]["description"], "all of it");
    assert_eq!(after[documentation]["version"], "2");
}

#[tokio::test]
async fn exports_that_cannot_be_are_refused() {
    let plane = Plane::new();
    let (api, _) = imported(&plane, "", PETS).await;
    plane.deployed(&api, json!({"stageName": "prod"})).await;
    for (path, status, message) in [
        (
            format!("{api}/stages/none/exports/swagger"),
            404,
            "Invalid stage identifier specified",
        ),
        (
            format!("{api}/stages/prod/exports/raml"),
            400,
            "unknown export type \"raml\", expected one of swagger, oas30",
        ),
        (
            format!("{api}/stages/prod/exports/oas30?extensions=x"),
            400,
            "unknown extension \"x\", expected one of integrations, authorizers, documentation, \
             postman, apigateway, all",
        ),
        (
            "/restapis/none/stages/prod/exports/oas30".to_owned(),
            404,
            "Invalid API identifier specified 123456789012:none",
        ),
    ] {
        let error = if status == 404 {
            "NotFoundException"
        } else {
            BAD
        };
        plane.get(&path).await.refused(status, error, message);
    }
}
