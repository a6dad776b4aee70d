//! What readers are told, where it stands, and what they are told about instead.

use serde_json::{Value, json};
use tollgate_model::ApiDocument;
use tollgate_openapi::{ExportFormat, Extensions};

use crate::{FORMATS, plain, read, value, whole};

/// An API of two methods, and the parts that tell of it.
fn told(parts: Value) -> ApiDocument {
    let operation = json!({
        "parameters": [
            {"name": "id", "in": "path", "required": true, "type": "string"},
            {"name": "page", "in": "query", "type": "string"},
            {"name": "X-Trace", "in": "header", "type": "string"},
            {"name": "Pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}},
        ],
        "responses": {"200": {"headers": {"ETag": {"type": "string"}}}, "404": {}},
        "x-amazon-apigateway-integration": {"type": "mock"},
    });
    let document = json!({
        "swagger": "2.0",
        "info": {"title": "T", "version": "1", "description": "Ours"},
        "paths": {"/a/{id}": {"get": operation, "put": operation}},
        "definitions": {"Pet": {"type": "object"}},
        "securityDefinitions": {"token": {
            "type": "apiKey", "in": "header", "name": "Auth",
            "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": "arn:x"},
        }},
        "x-amazon-apigateway-documentation": {"documentationParts": parts},
    });
    read(&document.to_string())
}

fn part(location: Value, properties: Value) -> Value {
    json!({"location": location, "properties": properties})
}

#[test]
fn each_part_stands_at_what_it_is_about() {
    let says = |text: &str| json!({"description": text, "x-of": text, "foo": text});
    let at = |kind: &str, more: Value| {
        let mut location = json!({"type": kind});
        let members = location.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        part(location, says(kind))
    };
    let document = told(json!([
        at("RESOURCE", json!({"path": "/a/{id}"})),
        at("METHOD", json!({"path": "/a/{id}", "method": "GET"})),
        at("PATH_PARAMETER", json!({"name": "id"})),
        at("QUERY_PARAMETER", json!({"name": "page"})),
        at("REQUEST_HEADER", json!({"name": "X-Trace"})),
        at("REQUEST_BODY", json!({})),
        at("RESPONSE", json!({"statusCode": "404"})),
        at("RESPONSE_HEADER", json!({"name": "ETag"})),
        at("AUTHORIZER", json!({"name": "token"})),
        at("MODEL", json!({"name": "Pet"})),
    ]));
    for (format, members) in [
        (
            FORMATS[0],
            [
                ("/parameters/3/description", Some("REQUEST_BODY")),
                ("/requestBody", None),
            ],
        ),
        (
            FORMATS[1],
            [
                ("/parameters/3", None),
                ("/requestBody/description", Some("REQUEST_BODY")),
            ],
        ),
    ] {
        let written = value(&document, &plain(format));
        let path_item = &written["paths"]["/a/{id}"];
        assert_eq!(path_item["x-of"], "RESOURCE");
        assert_eq!(path_item.get("description"), None, "as the service has it");
        let operation = &path_item["get"];
        for (pointer, text) in [
            ("/description", Some("METHOD")),
            ("/x-of", Some("METHOD")),
            ("/foo", None),
            ("/parameters/0/description", Some("PATH_PARAMETER")),
            ("/parameters/1/x-of", Some("QUERY_PARAMETER")),
            ("/parameters/2/description", Some("REQUEST_HEADER")),
            ("/responses/200/description", Some("200 response")),
            ("/responses/404/description", Some("RESPONSE")),
            (
                "/responses/200/headers/ETag/description",
                Some("RESPONSE_HEADER"),
            ),
        ]
        .iter()
        .chain(&members)
        {
            let found = operation.pointer(pointer).and_then(Value::as_str);
            assert_eq!(found, *text, "{format}: {pointer}");
        }
        assert_eq!(path_item["put"].get("description"), None);
        let (schemes, schemas) = match format {
            ExportFormat::Swagger2 => ("/securityDefinitions", "/definitions"),
            _ => ("/components/securitySchemes", "/components/schemas"),
        };
        let scheme = &written.pointer(schemes).unwrap()["token"];
        assert_eq!(scheme["description"], "AUTHORIZER");
        let schema = &written.pointer(schemas).unwrap()["Pet"];
        assert_eq!(schema["description"], "MODEL");
    }
}

#[test]
fn what_has_no_part_of_its_own_inherits_the_nearest() {
    let says = |text: &str| json!({"summary": text, "description": text});
    let method = |path: &str, verb: &str, text: &str| {
        let location = json!({"type": "METHOD", "path": path, "method": verb});
        part(location, says(text))
    };
    let status = |path: &str, verb: &str, status: &str, text: &str| {
        let location =
            json!({"type": "RESPONSE", "path": path, "method": verb, "statusCode": status});
        part(location, says(text))
    };
    for (parts, get, put, found, missing) in [
        (json!([]), None, None, "200 response", "404 response"),
        (
            json!([method("/", "*", "root"), method("/a", "GET", "get of a")]),
            Some("get of a"),
            Some("root"),
            "200 response",
            "404 response",
        ),
        (
            json!([
                method("/a/{id}", "*", "own"),
                method("/a", "PUT", "put of a")
            ]),
            Some("own"),
            Some("own"),
            "200 response",
            "404 response",
        ),
        (
            // Another path that merely begins with the same letters.
            json!([
                method("/a/{i", "GET", "other"),
                method("/b", "GET", "other")
            ]),
            None,
            None,
            "200 response",
            "404 response",
        ),
        (
            json!([
                status("/", "*", "404", "root"),
                status("/a", "GET", "*", "get of a"),
                status("/a", "*", "404", "404 of a"),
            ]),
            None,
            None,
            "get of a",
            "404 of a",
        ),
    ] {
        let written = value(&told(parts), &plain(ExportFormat::Swagger2));
        let path_item = &written["paths"]["/a/{id}"];
        assert_eq!(path_item["get"]["summary"].as_str(), get);
        assert_eq!(path_item["put"]["summary"].as_str(), put);
        let responses = &path_item["get"]["responses"];
        assert_eq!(responses["200"]["description"], found);
        assert_eq!(responses["404"]["description"], missing);
    }
}

#[test]
fn a_part_of_the_api_tells_of_its_info() {
    let properties = json!({
        "description": "not here",
        "tags": [{"name": "pets"}],
        "info": {
            "description": "Theirs", "title": "no", "version": "no",
            "contact": {"name": "Ada"}, "x-team": "a",
        },
        "x-team": "b",
        "paths": {},
    });
    let document = told(json!([part(json!({"type": "API"}), properties)]));
    let written = value(&document, &plain(ExportFormat::OpenApi3));
    assert_eq!(
        written["info"],
        json!({
            "description": "Theirs", "version": "1", "title": "T",
            "contact": {"name": "Ada"}, "x-team": "a",
        })
    );
    assert_eq!(written["tags"], json!([{"name": "pets"}]));
    assert_eq!(written["x-team"], "b");
    assert_eq!(written.get("description"), None);
    // An import would take it for the API's own description.
    let written = value(&document, &whole(ExportFormat::OpenApi3));
    assert_eq!(
        written["info"],
        json!({"description": "Ours", "version": "1", "title": "T"})
    );
}

#[test]
fn a_part_says_nothing_to_gateways_and_nothing_that_openapi_forbids() {
    let properties = json!({
        "description": 7, "tags": "pets", "deprecated": "yes", "summary": null,
        "security": [], "responses": {}, "operationId": "x",
        "x-amazon-apigateway-auth": {"type": "NONE"},
        "X-Amazon-ApiGateway-Integration": {"type": "mock"},
        "x-mine": null,
    });
    let document = told(json!([part(json!({"type": "METHOD"}), properties)]));
    let [plainly, with_nothing] = [document, told(json!([]))].map(|document| {
        let mut written = value(&document, &plain(ExportFormat::OpenApi3));
        let operation = written.pointer_mut("/paths/~1a~1{id}/get").unwrap();
        operation.as_object_mut().unwrap().remove("x-mine");
        written["paths"]["/a/{id}"]["get"].clone()
    });
    assert_eq!(plainly, with_nothing);
}

#[test]
fn the_extension_has_all_parts_and_their_version() {
    let parts = json!([part(
        json!({"type": "METHOD", "path": "/a"}),
        json!({"foo": [1]})
    )]);
    let document = told(parts.clone());
    let mut options = plain(ExportFormat::Swagger2);
    options.extensions = Extensions::DOCUMENTATION;
    let extension = "x-amazon-apigateway-documentation";
    assert_eq!(
        value(&document, &options)[extension],
        json!({"documentationParts": parts})
    );
    options.documentation_version = Some(("v2".to_owned(), crate::seconds(0)));
    assert_eq!(
        value(&document, &options)[extension],
        json!({
            "version": "v2", "createdDate": "1970-01-01T00:00:00Z", "documentationParts": parts,
        })
    );
    options.extensions = Extensions::NONE;
    assert_eq!(value(&document, &options).get(extension), None);
}
