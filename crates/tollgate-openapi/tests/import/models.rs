//! Models, and the bodies that have them.

use serde_json::{Value, json};
use tollgate_openapi::{ImportOptions, import};

use crate::{accepted, method, refused, with_get};

fn schemas(schemas: Value) -> Value {
    with_get(json!({}), json!({"components": {"schemas": schemas}}))
}

fn schema_of(document: &Value, name: &str, options: &ImportOptions) -> Value {
    let made = import(&document.to_string(), options).unwrap().document;
    let model = made.models.iter().find(|one| one.name == name).unwrap();
    serde_json::from_str(&model.schema).unwrap()
}

#[test]
fn references_between_models_become_canonical() {
    let document = schemas(json!({
        "House": {
            "type": "object",
            "properties": {
                "owner": {"$ref": "#/components/schemas/Person"},
                "$ref": {"type": "string"},
            },
            "example": {"$ref": "#/components/schemas/Person"},
            "enum": [{"$ref": "as it is"}],
        },
        "Person": {"properties": {"homes": {
            "type": "array",
            "items": {"anyOf": [
                {"$ref": "#/components/schemas/House"},
                {"$ref": "https://apigateway.amazonaws.com/restapis/other/models/House"},
            ]},
            "additionalProperties": false,
        }}},
    }));
    let mut options = ImportOptions::default();
    options.api_id = Some("abcdefghij".into());
    let url = |name| format!("https://apigateway.amazonaws.com/restapis/abcdefghij/models/{name}");
    assert_eq!(
        schema_of(&document, "House", &options),
        json!({
            "type": "object",
            "properties": {"owner": {"$ref": url("Person")}, "$ref": {"type": "string"}},
            "example": {"$ref": "#/components/schemas/Person"},
            "enum": [{"$ref": "as it is"}],
        })
    );
    assert_eq!(
        schema_of(&document, "Person", &options),
        json!({"properties": {"homes": {
            "type": "array",
            "items": {"anyOf": [{"$ref": url("House")}, {"$ref": url("House")}]},
            "additionalProperties": false,
        }}})
    );
    let without_id = schema_of(&document, "House", &ImportOptions::default());
    assert_eq!(
        without_id["properties"]["owner"]["$ref"],
        "https://apigateway.amazonaws.com/restapis/api-id/models/Person"
    );
}

#[test]
fn broken_models_are_errors() {
    for (given, message) in [
        (
            json!({"A_B": {"type": "object"}}),
            "error: Unable to create model for 'A_B': Model name must be alphanumeric: A_B \
             (at /components/schemas/A_B)",
        ),
        (
            json!({"A": {"items": {"$ref": "#/components/schemas/B"}}}),
            "error: there is no schema `B` to refer to (at /components/schemas/A/items/$ref)",
        ),
        (
            json!({"A": {"items": {"$ref": "https://example.com/b.json"}}}),
            "error: there is no schema `https://example.com/b.json` to refer to \
             (at /components/schemas/A/items/$ref)",
        ),
        (
            json!({"A": []}),
            "error: found a list, expected an object (at /components/schemas/A)",
        ),
    ] {
        assert_eq!(refused(&schemas(given)), [message]);
    }
}

#[test]
fn equal_schemas_in_operations_share_one_model() {
    let content = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
    let list = |of: &str| json!({"type": "array", "items": {"type": of}});
    let operation = json!({
        "requestBody": content(list("string")),
        "responses": {
            "200": content(list("string")),
            "201": content(list("number")),
            "204": content(json!({})),
            "404": content(json!({"type": "string"})),
            "500": content(json!({"$ref": "#/components/schemas/Gone"})),
        },
    });
    let (document, warnings) = accepted(&with_get(operation, json!({})));
    let method = method(&document);
    let names: Vec<_> = document
        .models
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names.len(), 2);
    for name in &names {
        let hash = name.strip_prefix("model").unwrap();
        assert!(
            hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{name}"
        );
    }
    assert_eq!(method.request_models["application/json"], names[0]);
    let response = |status: &str| {
        let response = &method.method_responses[status];
        let models = response.response_models.as_ref();
        models.map(|models| models["application/json"].as_str())
    };
    assert_eq!(response("200"), Some(names[0]));
    assert_eq!(response("201"), Some(names[1]));
    for status in ["204", "404", "500"] {
        assert_eq!(response(status), None, "{status}");
    }
    let at = "/paths/~1x/get/responses";
    assert_eq!(
        warnings,
        [
            format!(
                "warning: Unsupported model type 'StringSchema' in 404 response to method \
                 'GET /x'. Ignoring. (at {at}/404/content/application~1json/schema)"
            ),
            format!(
                "warning: Reference to model 'Gone' not found. Ignoring. \
                 (at {at}/500/content/application~1json/schema/$ref)"
            ),
        ]
    );
}

#[test]
fn swagger_lists_media_types_apart() {
    let operation = |members: Value| {
        let mut operation = json!({
            "parameters": [{"name": "body", "in": "body", "schema": {"$ref": "#/definitions/A"}}],
            "responses": {"200": {"schema": {"$ref": "#/definitions/A"}}},
            "x-amazon-apigateway-integration": {"type": "mock"},
        });
        operation
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        operation
    };
    for (root, own, consumed, produced) in [
        (
            json!(null),
            json!({}),
            json!(["application/json"]),
            json!(["application/json"]),
        ),
        (
            json!(["a/b"]),
            json!({}),
            json!(["a/b"]),
            json!(["application/json"]),
        ),
        (
            json!(["a/b"]),
            json!({"consumes": ["c/d", "e/f"], "produces": ["g/h"]}),
            json!(["c/d", "e/f"]),
            json!(["g/h"]),
        ),
        (
            json!(["a/b"]),
            json!({"consumes": []}),
            json!(["application/json"]),
            json!(["application/json"]),
        ),
    ] {
        let document = json!({
            "swagger": "2.0",
            "info": {"title": "Test"},
            "consumes": root,
            "paths": {"/x": {"get": operation(own)}},
            "definitions": {"A": {"type": "object"}},
        });
        let (made, _) = accepted(&document);
        let method = method(&made);
        let types: Vec<_> = method.request_models.keys().collect();
        assert_eq!(json!(types), consumed, "{document:#}");
        let models = method.method_responses["200"].response_models.as_ref();
        let types: Vec<_> = models.unwrap().keys().collect();
        assert_eq!(json!(types), produced, "{document:#}");
    }
}
