//! Parameters of requests.

use serde_json::{Value, json};

use crate::{accepted, method, refused, with_get};

fn document(path: &str, path_item: Value) -> Value {
    json!({
        "openapi": "3.0.1",
        "info": {"title": "Test"},
        "paths": { path: path_item },
        "components": {"parameters": {
            "page": {"name": "page", "in": "query"},
            "again": {"$ref": "#/components/parameters/page"},
            "loop": {"$ref": "#/components/parameters/loop"},
            "a/b c": {"name": "slashed", "in": "query"},
        }},
    })
}

fn parameters(path: &str, shared: Value, own: Value) -> Value {
    let operation = json!({
        "parameters": own,
        "x-amazon-apigateway-integration": {"type": "mock"},
    });
    let (made, _) = accepted(&document(
        path,
        json!({"parameters": shared, "get": operation}),
    ));
    let resource = made.resource(path).unwrap();
    let method = resource.resource_methods.values().next().unwrap();
    serde_json::to_value(&method.request_parameters).unwrap()
}

#[test]
fn names_say_where_a_parameter_stands() {
    let own = json!([
        {"name": "q", "in": "query", "required": true},
        {"name": "X-Trace", "in": "header"},
        {"name": "id", "in": "path", "required": true},
        {"name": "session", "in": "cookie", "required": true},
    ]);
    assert_eq!(
        parameters("/x/{id}", json!([]), own),
        json!({
            "method.request.querystring.q": true,
            "method.request.header.X-Trace": false,
            "method.request.path.id": true,
        })
    );
}

#[test]
fn every_variable_of_the_path_is_a_parameter() {
    assert_eq!(
        parameters("/{a}/b/{c+}", json!([]), json!([])),
        json!({"method.request.path.a": true, "method.request.path.c": true})
    );
}

#[test]
fn an_operation_replaces_parameters_of_its_path_item() {
    let shared = json!([{"name": "q", "in": "query"}, {"name": "p", "in": "query"}]);
    let own =
        json!([{"name": "q", "in": "query", "required": true}, {"name": "h", "in": "header"}]);
    assert_eq!(
        parameters("/x", shared, own),
        json!({
            "method.request.querystring.q": true,
            "method.request.querystring.p": false,
            "method.request.header.h": false,
        })
    );
}

#[test]
fn references_are_followed() {
    let own = json!([
        {"$ref": "#/components/parameters/again"},
        {"$ref": "#/components/parameters/a~1b%20c"},
    ]);
    assert_eq!(
        parameters("/x", json!([]), own),
        json!({"method.request.querystring.page": false, "method.request.querystring.slashed": false})
    );
}

#[test]
fn broken_parameters_say_what_is_broken() {
    let unable = "error: Unable to put method 'GET' on resource at path '/x': ";
    for (parameters, message) in [
        (
            json!([{"name": "page[size]", "in": "query"}]),
            format!(
                "{unable}Invalid mapping expression specified: Validation Result: warnings : [], \
                 errors : [Parameter name should match the following regular expression: \
                 ^[a-zA-Z0-9._$-]+$] (at /paths/~1x/get/parameters/0)"
            ),
        ),
        (
            json!([{"name": "id", "in": "query"}, {"name": "id", "in": "header"}]),
            format!(
                "{unable}Parameter names must be unique across querystring, header and path \
                 (at /paths/~1x/get/parameters/1)"
            ),
        ),
        (
            json!([{"name": "id"}]),
            "error: a parameter needs `name` and `in` (at /paths/~1x/get/parameters/0)".to_owned(),
        ),
        (
            json!([{"name": "id", "in": "body "}]),
            "error: unknown kind of parameter `body `, expected one of query, header, path, \
             cookie, formData, body (at /paths/~1x/get/parameters/0/in)"
                .to_owned(),
        ),
        (
            json!([{"$ref": "#/components/parameters/loop"}]),
            "error: references lead in a circle (at /components/parameters/loop)".to_owned(),
        ),
        (
            json!([{"$ref": "https://example.com/p.json"}]),
            "error: `https://example.com/p.json` is outside of the document, expected a reference \
             such as `#/parameters/page` (at /paths/~1x/get/parameters/0/$ref)"
                .to_owned(),
        ),
        (
            json!({}),
            "error: found an object, expected a list (at /paths/~1x/get/parameters)".to_owned(),
        ),
    ] {
        let operation = json!({
            "parameters": parameters,
            "x-amazon-apigateway-integration": {"type": "mock"},
        });
        assert_eq!(
            refused(&document("/x", json!({"get": operation}))),
            [message]
        );
    }
}

#[test]
fn what_has_no_counterpart_is_ignored_with_a_warning() {
    let operation = json!({
        "parameters": [
            {"name": "email", "in": "formData"},
            {"name": "session", "in": "cookie"},
            {"name": "id", "in": "path", "required": true},
        ],
        "x-amazon-apigateway-integration": {"type": "mock"},
    });
    let (_, warnings) = accepted(&document("/x", json!({"get": operation})));
    assert_eq!(
        warnings,
        [
            "warning: Parameter type formData for parameter email not supported. Ignoring. \
             (at /paths/~1x/get/parameters/0)",
            "warning: Parameter type cookie for parameter session not supported. Ignoring. \
             (at /paths/~1x/get/parameters/1)",
            "warning: the parameter `id` is ignored: `/x` has no `{id}` \
             (at /paths/~1x/get/parameters/2)",
        ]
    );
}

#[test]
fn bodies_of_the_other_notation_are_told() {
    let body = json!({"name": "Pet", "in": "body", "schema": {"type": "object"}});
    let (made, warnings) = accepted(&with_get(json!({"parameters": [body]}), json!({})));
    assert!(method(&made).request_models.is_empty());
    assert_eq!(
        warnings,
        ["warning: the body is ignored: it is no parameter here \
             (at /paths/~1x/get/parameters/0)"]
    );
    let mut swagger = with_get(
        json!({
            "requestBody": {},
            "parameters": [body, {"name": "Other", "in": "body", "schema": {}}],
        }),
        json!({"swagger": "2.0"}),
    );
    swagger.as_object_mut().unwrap().remove("openapi");
    let (made, warnings) = accepted(&swagger);
    assert_eq!(method(&made).request_models.len(), 1);
    assert_eq!(
        warnings,
        [
            "warning: unknown member `requestBody` is ignored (at /paths/~1x/get/requestBody)",
            "warning: a second body is ignored: a request has one \
             (at /paths/~1x/get/parameters/1)",
        ]
    );
}
