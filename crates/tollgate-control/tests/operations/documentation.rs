//! Documentation parts and versions.

use serde_json::{Value, json};
use tollgate_core::ApiId;
use tollgate_model::Stage;
use tollgate_store::{Change, Entity};

use crate::support::{Plane, patches};

const NO_API: &str = "Invalid API identifier specified 123456789012:none";

fn id(part: &Value) -> &str {
    part["id"].as_str().expect("it has one")
}

#[tokio::test]
async fn parts_are_made_found_changed_and_removed() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/documentation/parts");
    let locations = [
        json!({"type": "API"}),
        json!({"type": "MODEL", "name": "Pet"}),
        json!({"type": "AUTHORIZER", "name": "Pet"}),
        json!({"type": "RESOURCE"}),
        json!({"type": "RESOURCE", "path": "/pets"}),
        json!({"type": "METHOD", "path": "/pets", "method": "GET"}),
        json!({"type": "QUERY_PARAMETER", "path": "/pets", "method": "*", "name": "page"}),
        json!({"type": "RESPONSE", "path": "/pets", "method": "GET", "statusCode": "200"}),
        json!({"type": "RESPONSE_HEADER", "statusCode": "*", "name": "x"}),
    ];
    let mut made = Vec::new();
    for (place, location) in locations.iter().enumerate() {
        let properties = if place == 0 { "{ }" } else { "{ \"a\" : 1 }" };
        let body = json!({"location": location, "properties": properties});
        let part = plane.done(201, "POST", &all, body.clone()).await;
        let mut expected = body.clone();
        expected["id"] = part["id"].clone();
        assert_eq!(id(&part).len(), 6);
        assert_eq!(part, expected);
        let one = format!("{all}/{}", id(&part));
        assert_eq!(plane.done(200, "GET", &one, Value::Null).await, expected);
        made.push(part);
    }
    // What a location does not say is its default.
    for (location, told) in [
        (json!({"type": "API"}), "type 'API'"),
        (
            json!({"type": "RESOURCE", "path": "/"}),
            "type 'RESOURCE', path '/'",
        ),
        (
            json!({"type": "QUERY_PARAMETER", "path": "/pets", "name": "page"}),
            "type 'QUERY_PARAMETER', path '/pets', name 'page'",
        ),
        (
            json!({"type": "RESPONSE_HEADER", "method": "*", "statusCode": " ", "name": "x"}),
            "type 'RESPONSE_HEADER', method '*', name 'x'",
        ),
    ] {
        let body = json!({"location": location, "properties": "{}"});
        let answer = plane.ask("POST", &all, body).await;
        let message =
            format!("Documentation part already exists for the specified location: {told}.");
        answer.refused(409, "ConflictException", &message);
    }
    for (query, places) in [
        ("", vec![0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("type=RESOURCE", vec![3, 4]),
        ("name=Pet", vec![1, 2]),
        ("path=/pets", vec![4, 5, 6, 7]),
        ("path=/", vec![3, 8]),
        ("type=RESPONSE&path=%2Fpets", vec![7]),
        ("locationStatus=UNDOCUMENTED", vec![0]),
        ("locationStatus=DOCUMENTED&type=API", vec![]),
    ] {
        let list = format!("{all}?{query}");
        let list = plane.done(200, "GET", &list, Value::Null).await;
        let mut expected: Vec<_> = places
            .iter()
            .map(|place: &usize| made[*place].clone())
            .collect();
        expected.sort_by_key(|part| part["id"].to_string());
        assert_eq!(list, json!({ "item": expected }), "{query}");
    }
    let one = format!("{all}/{}", id(&made[0]));
    let change = patches([("replace", "/properties", "{\"b\": 2}")]);
    made[0]["properties"] = "{\"b\": 2}".into();
    assert_eq!(plane.done(200, "PATCH", &one, change).await, made[0]);
    assert_eq!(plane.done(200, "GET", &one, Value::Null).await, made[0]);
    for part in &made {
        let one = format!("{all}/{}", id(part));
        plane.done(202, "DELETE", &one, Value::Null).await;
        let gone = plane.get(&one).await;
        let none = "Invalid Documentation part identifier specified";
        gone.refused(404, "NotFoundException", none);
    }
}

#[tokio::test]
async fn wrong_parts_are_refused() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let api = format!("/restapis/{api}");
    let all = format!("{api}/documentation/parts");
    let (bad, none) = ("BadRequestException", "NotFoundException");
    let at = |location: Value| json!({"location": location, "properties": "{}"});
    let made = plane
        .done(201, "POST", &all, at(json!({"type": "API"})))
        .await;
    let one = format!("{all}/{}", id(&made));
    for (location, message) in [
        (
            json!({"type": "API", "path": "/"}),
            "location.path: a documentation part of type API has none",
        ),
        (
            json!({"type": "MODEL"}),
            "location.name: a documentation part of type MODEL needs one",
        ),
        (
            json!({"type": "RESOURCE", "method": "GET"}),
            "location.method: a documentation part of type RESOURCE has none",
        ),
        (
            json!({"type": "RESOURCE", "path": "pets"}),
            "location.path: a documentation part of type RESOURCE has one that begins with a slash",
        ),
        (
            json!({"type": "METHOD", "method": "get"}),
            "location.method: a documentation part of type METHOD has * or the verb of a method",
        ),
        (
            json!({"type": "REQUEST_BODY", "statusCode": "200"}),
            "location.statusCode: a documentation part of type REQUEST_BODY has none",
        ),
        (
            json!({"type": "RESPONSE_BODY", "name": "a"}),
            "location.name: a documentation part of type RESPONSE_BODY has none",
        ),
        (
            json!({"type": "RESPONSE_HEADER", "name": ""}),
            "location.name: a documentation part of type RESPONSE_HEADER needs one",
        ),
    ] {
        let answer = plane.ask("POST", &all, at(location)).await;
        answer.refused(400, bad, message);
    }
    let kinds = "[API, AUTHORIZER, MODEL, RESOURCE, METHOD, PATH_PARAMETER, QUERY_PARAMETER, \
                 REQUEST_HEADER, REQUEST_BODY, RESPONSE, RESPONSE_HEADER, RESPONSE_BODY]";
    let wrong_kind = |place: &str| {
        format!(
            "1 validation error detected: Value 'OTHER' at '{place}' failed to satisfy constraint: \
             Member must satisfy enum value set: {kinds}"
        )
    };
    let cases: &[(&str, String, Value, u16, &str, String)] = &[
        (
            "POST",
            all.clone(),
            at(json!({"type": "OTHER"})),
            400,
            "ValidationException",
            wrong_kind("createDocumentationPartInput.location.type"),
        ),
        (
            "GET",
            format!("{all}?type=OTHER"),
            Value::Null,
            400,
            "ValidationException",
            wrong_kind("getDocumentationPartsInput.type"),
        ),
        (
            "POST",
            all.clone(),
            at(json!({"type": "RESPONSE", "statusCode": "20"})),
            400,
            "ValidationException",
            "1 validation error detected: Value '20' at \
             'createDocumentationPartInput.location.statusCode' failed to satisfy constraint: Member \
             must satisfy regular expression pattern: ^([1-5]\\d\\d|\\*|\\s*)$"
                .to_owned(),
        ),
        (
            "POST",
            all.clone(),
            json!({"location": {"type": "RESOURCE"}, "properties": "[]"}),
            400,
            bad,
            "properties: expected the text of a JSON object: invalid type: sequence, expected a map at \
             line 1 column 0"
                .to_owned(),
        ),
        (
            "PATCH",
            one.clone(),
            patches([("replace", "/properties", "")]),
            400,
            bad,
            "properties: expected the text of a JSON object: EOF while parsing a value at line 1 column \
             0"
            .to_owned(),
        ),
        (
            "PATCH",
            one.clone(),
            patches([("replace", "/location", "{}")]),
            400,
            bad,
            "Invalid patch path  '/location' specified for op 'replace'. Must be one of: [/properties]"
                .to_owned(),
        ),
        (
            "POST",
            "/restapis/none/documentation/parts".to_owned(),
            at(json!({"type": "API"})),
            404,
            none,
            NO_API.to_owned(),
        ),
        (
            "GET",
            "/restapis/none/documentation/parts".to_owned(),
            Value::Null,
            404,
            none,
            NO_API.to_owned(),
        ),
        (
            "DELETE",
            "/restapis/none/documentation/parts/a".to_owned(),
            Value::Null,
            404,
            none,
            NO_API.to_owned(),
        ),
        (
            "PUT",
            "/restapis/none/documentation/parts".to_owned(),
            json!({}),
            404,
            none,
            NO_API.to_owned(),
        ),
        (
            "PUT",
            all.clone(),
            json!({}),
            400,
            bad,
            "Unable to build importer with provided input.".to_owned(),
        ),
        (
            "PUT",
            format!("{all}?mode=other"),
            json!({}),
            400,
            "ValidationException",
            "1 validation error detected: Value 'other' at 'importDocumentationPartsInput.mode' failed \
             to satisfy constraint: Member must satisfy enum value set: [merge, overwrite]"
                .to_owned(),
        ),
    ];
    for (verb, path, body, status, error, message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(*status, error, message);
    }
}

#[tokio::test]
async fn parts_are_imported() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/documentation/parts");
    let body = json!({"location": {"type": "API"}, "properties": "{\"a\":1,\"b\":1}"});
    let old = plane.done(201, "POST", &all, body).await;
    let document = |parts: Value| {
        json!({
            "openapi": "3.0.1",
            "info": {"title": "t", "version": "1"},
            "paths": {"/new": {"get": {}}},
            "x-amazon-apigateway-documentation": {"version": "1", "documentationParts": parts},
        })
    };
    let parts = json!([
        {"location": {"type": "API"}, "properties": {"b": 2}},
        {"location": {"type": "METHOD", "method": "GET"}, "properties": {"c": 3}},
    ]);
    let made = plane.done(200, "PUT", &all, document(parts.clone())).await;
    assert_eq!(made["warnings"], json!([]));
    assert_eq!(made["ids"][0], old["id"]);
    let method = made["ids"][1].as_str().expect("it is text");
    let read = plane
        .done(200, "GET", &format!("{all}/{method}"), Value::Null)
        .await;
    let expected = json!({
        "id": method,
        // The path is shown though nothing was said of it (recorded).
        "location": {"type": "METHOD", "path": "/", "method": "GET"},
        "properties": "{\"c\":3}",
    });
    assert_eq!(read, expected);
    let path = format!("{all}/{}", id(&old));
    let read = plane.done(200, "GET", &path, Value::Null).await;
    assert_eq!(read["properties"], "{\"a\":1,\"b\":2}");

    let parts = json!([{"location": {"type": "METHOD", "path": "/x"}, "properties": {}}]);
    let over = format!("{all}?mode=overwrite");
    let made = plane.done(200, "PUT", &over, document(parts)).await;
    let list = plane.done(200, "GET", &all, Value::Null).await;
    let ids: Vec<_> = list["item"]
        .as_array()
        .into_iter()
        .flatten()
        .map(id)
        .collect();
    assert_eq!(made["ids"], json!(ids));
    assert_eq!(ids.len(), 1);
    // Nothing else of the document is read.
    let resources = format!("/restapis/{api}/resources");
    let resources = plane.done(200, "GET", &resources, Value::Null).await;
    assert_eq!(resources["item"].as_array().map(Vec::len), Some(1));

    // A warning is told, or refuses.
    let parts = json!([{"location": {"type": "API", "path": "/"}, "properties": {}}]);
    let made = plane.done(200, "PUT", &all, document(parts.clone())).await;
    assert_eq!(made["warnings"].as_array().map(Vec::len), Some(1));
    let strict = format!("{all}?failonwarnings=true");
    let answer = plane.ask("PUT", &strict, document(parts)).await;
    assert_eq!(answer.error.as_deref(), Some("BadRequestException"));
}

#[tokio::test]
async fn an_api_has_so_many_parts() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/documentation/parts");
    let document = |count: usize| {
        let part = |name: usize| json!({"location": {"type": "MODEL", "name": name.to_string()}, "properties": {}});
        let parts: Vec<_> = (0..count).map(part).collect();
        json!({
            "openapi": "3.0.1",
            "info": {"title": "pets"},
            "paths": {},
            "x-amazon-apigateway-documentation": {"documentationParts": parts},
        })
    };
    let many = "2001 documentation parts, of 2000 that an API may have";
    let one = format!("/restapis/{api}");
    for (verb, path) in [
        ("PUT", &*all),
        ("PUT", &one),
        ("POST", "/restapis?mode=import"),
    ] {
        let answer = plane.ask(verb, path, document(2_001)).await;
        answer.refused(429, "LimitExceededException", many);
    }
    plane.done(200, "PUT", &all, document(2_000)).await;
    let body = json!({"location": {"type": "API"}, "properties": "{}"});
    let answer = plane.ask("POST", &all, body).await;
    answer.refused(429, "LimitExceededException", many);
}

#[tokio::test]
async fn versions_keep_the_parts_of_their_time() {
    let plane = Plane::new();
    let (api, _) = plane.new_api().await;
    let parts = format!("/restapis/{api}/documentation/parts");
    let all = format!("/restapis/{api}/documentation/versions");
    let body = json!({"location": {"type": "API"}, "properties": "{}"});
    let part = plane.done(201, "POST", &parts, body).await;
    let body = json!({"documentationVersion": "1.0 (draft)", "description": "first"});
    let mut expected = json!({
        "version": "1.0 (draft)",
        "createdDate": 0,
        "description": "first",
    });
    assert_eq!(plane.done(201, "POST", &all, body.clone()).await, expected);
    let one = format!("{all}/1.0%20%28draft%29");
    assert_eq!(plane.done(200, "GET", &one, Value::Null).await, expected);
    let again = plane.ask("POST", &all, body).await;
    let exists = "Documentation version 1.0 (draft) already exists for this REST API";
    again.refused(409, "ConflictException", exists);
    let change = patches([("replace", "/description", "")]);
    expected
        .as_object_mut()
        .map(|one| one.remove("description"));
    assert_eq!(plane.done(200, "PATCH", &one, change).await, expected);

    // A later change leaves the version as it is.
    let path = format!("{parts}/{}", id(&part));
    plane.done(202, "DELETE", &path, Value::Null).await;
    let state = plane.store.load().await.expect("it is in memory");
    let api_id = ApiId::new(api.as_str());
    let kept = state.documentation_version(&api_id, "1.0 (draft)");
    assert_eq!(kept.map(|one| one.parts.len()), Some(1));

    // A stage takes a new one along, and loses one that goes.
    let name = "prod".parse().expect("it is a name");
    let stage = Change::Put(Entity::Stage(
        api_id.clone(),
        Stage::new("prod".parse().expect("a name")),
    ));
    let revision = state.revision();
    plane
        .store
        .commit(revision, &[stage])
        .await
        .expect("it is whole");
    let body = json!({"documentationVersion": "2", "stageName": "prod"});
    let second = plane.done(201, "POST", &all, body).await;
    let list = plane.done(200, "GET", &all, Value::Null).await;
    assert_eq!(list, json!({"item": [expected, second]}));
    let of_stage = async || {
        let state = plane.store.load().await.expect("it is in memory");
        let stage = state.stage(&api_id, &name).expect("it is there");
        stage.documentation_version.clone()
    };
    assert_eq!(of_stage().await.as_deref(), Some("2"));
    plane
        .done(202, "DELETE", &format!("{all}/2"), Value::Null)
        .await;
    assert_eq!(of_stage().await, None);

    let (bad, none) = ("BadRequestException", "NotFoundException");
    let cases: &[(&str, &str, Value, u16, &str, &str)] = &[
        (
            "POST",
            &all,
            json!({"documentationVersion": " "}),
            400,
            bad,
            "documentationVersion: expected one that is not blank",
        ),
        (
            "POST",
            &all,
            json!({"documentationVersion": "3", "stageName": "other"}),
            404,
            none,
            "Invalid stage identifier specified",
        ),
        (
            "POST",
            "/restapis/none/documentation/versions",
            json!({"documentationVersion": "3"}),
            404,
            none,
            NO_API,
        ),
        (
            "PATCH",
            &one,
            patches([("replace", "/version", "3")]),
            400,
            bad,
            "Invalid patch path /version",
        ),
        (
            "GET",
            "/restapis/none/documentation/versions/3",
            Value::Null,
            404,
            none,
            "Invalid Documentation version specified",
        ),
    ];
    for (verb, path, body, status, error, message) in cases {
        let answer = plane.ask(verb, path, body.clone()).await;
        answer.refused(*status, error, message);
    }
    let long = json!({"documentationVersion": "3".repeat(2_000)});
    let answer = plane.ask("POST", &all, long).await;
    assert_eq!(answer.error.as_deref(), Some(bad));
}
