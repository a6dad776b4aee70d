//! How to mend what is wrong.

use serde_json::{Value, json};
use tollgate_openapi::{ImportOptions, import};

use crate::with_get;

/// What is said to mend a document, of whatever gravity.
fn help(document: &Value) -> Vec<String> {
    let found = match import(&document.to_string(), &ImportOptions::default()) {
        Ok(imported) => imported.diagnostics,
        Err(refused) => refused.into(),
    };
    let help = found.into_iter().filter_map(|one| one.help);
    help.map(String::from).collect()
}

fn root(member: &str, value: Value) -> Value {
    with_get(json!({}), Value::from_iter([(member, value)]))
}

fn integration(value: Value) -> Value {
    with_get(json!({"x-amazon-apigateway-integration": value}), json!({}))
}

#[test]
fn slips_are_met_with_what_was_meant() {
    let did_you_mean = |name: &str| format!("did you mean `{name}`?");
    let pet = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let schemas = |schemas: Value| json!({"components": {"schemas": schemas}});
    for (what, document, meant) in [
        (
            "an extension",
            root("x-amazon-apigateway-binary-media-type", json!([])),
            "x-amazon-apigateway-binary-media-types",
        ),
        (
            "a member",
            integration(json!({"type": "mock", "requestTemplate": {}})),
            "requestTemplates",
        ),
        (
            "a protection",
            with_get(json!({"securty": []}), json!({})),
            "security",
        ),
        (
            "an enumeration",
            integration(json!({"type": "http-proxy"})),
            "HTTP_PROXY",
        ),
        (
            "a gateway response",
            root(
                "x-amazon-apigateway-gateway-responses",
                json!({"DEFAULT_4xx": {}}),
            ),
            "DEFAULT_4XX",
        ),
        (
            "a reference",
            with_get(
                json!({"parameters": [{"$ref": "#/components/parameters/pages"}]}),
                json!({"components": {"parameters": {"page": {"name": "page", "in": "query"}}}}),
            ),
            "page",
        ),
        (
            "the schema of a body",
            with_get(
                json!({"requestBody": {"content": {"a/b": {"schema": pet("Pets")}}}}),
                schemas(json!({"Pet": {}})),
            ),
            "Pet",
        ),
        (
            "a schema in a schema",
            with_get(
                json!({}),
                schemas(json!({"House": {}, "Street": {"items": pet("Hose")}})),
            ),
            "House",
        ),
        (
            "a request validator",
            with_get(
                json!({"x-amazon-apigateway-request-validator": "Body"}),
                json!({"x-amazon-apigateway-request-validators": {"body": {}}}),
            ),
            "body",
        ),
        (
            "a security scheme",
            with_get(
                json!({"security": [{"apikey": []}]}),
                json!({"components": {"securitySchemes": {
                    "api_key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                }}}),
            ),
            "api_key",
        ),
        (
            "where a parameter stands",
            with_get(
                json!({"parameters": [{"name": "n", "in": "headers"}]}),
                json!({}),
            ),
            "header",
        ),
    ] {
        assert_eq!(help(&document), [did_you_mean(meant)], "{what}");
    }
}

#[test]
fn what_stands_in_the_wrong_place_is_told_where_it_belongs() {
    let mut on_the_path = with_get(json!({}), json!({}));
    on_the_path["paths"]["/x"]["x-amazon-apigateway-integration"] = json!({});
    on_the_path["paths"]["/x"]["security"] = json!([]);
    for (document, told) in [
        (
            on_the_path,
            &[
                "it belongs to an operation, or to the document for all of them",
                "it belongs to an operation",
            ][..],
        ),
        (
            root("definitions", json!({})),
            &["it belongs to Swagger 2.0: in OpenAPI 3.0 it is `components.schemas`"],
        ),
        (
            with_get(json!({"x-amazon-apigateway-policy": {}}), json!({})),
            &["it belongs to the document"],
        ),
    ] {
        let mut found = help(&document);
        found.sort_unstable_by_key(|one| std::cmp::Reverse(one.len()));
        assert_eq!(found, told);
    }
}

#[test]
fn what_is_missing_is_told() {
    for (document, told) in [
        (
            json!({"swagger": "2.0", "info": {"title": "T"}, "paths": {"/": {"get": {}}}}),
            "add an `x-amazon-apigateway-integration`, such as `{ type: mock }`",
        ),
        (
            json!({"swagger": "2.0", "info": {"title": "T"}}),
            "write `paths: {}` where there are none yet",
        ),
        (
            integration(json!({})),
            "one of `aws`, `aws_proxy`, `http`, `http_proxy`, `mock`",
        ),
        (
            integration(json!({"type": "aws_proxy", "uri": "arn:x"})),
            "add `httpMethod: POST`: so are functions called",
        ),
        (
            integration(json!({
                "type": "http", "uri": "http://x", "httpMethod": "GET", "connectionType": "VPC_LINK",
            })),
            "add `connectionId`, the id of the link",
        ),
        (
            with_get(
                json!({"x-amazon-apigateway-request-validator": "all"}),
                json!({}),
            ),
            "define it in `x-amazon-apigateway-request-validators`",
        ),
        (
            json!({"openapi": "3.1.0", "info": {"title": "T"}, "paths": {}}),
            "API Gateway does not read 3.1: write the document in 3.0",
        ),
    ] {
        assert_eq!(help(&document), [told]);
    }
}

#[test]
fn what_is_refused_is_told_how_to_be_right() {
    let mut variables = with_get(json!({}), json!({}));
    variables["paths"] = json!({"/{id}": {}, "/{name}/x": {}, "/{id}/{all+}/y": {}});
    let scheme = json!({
        "type": "oauth2",
        "x-amazon-apigateway-authorizer": {
            "type": "jwt",
            "jwtConfiguration": {"issuer": "https://id.test", "audience": ["a"]}
        }
    });
    for (document, told) in [
        (
            variables,
            &[
                "call the variable `{id}` in both paths",
                "`{all+}` takes all that follows: end the path with it",
            ][..],
        ),
        (
            with_get(
                json!({"parameters": [{"name": "a[b]", "in": "query"}]}),
                json!({}),
            ),
            &["a parameter has a name of letters, digits and `.`, `_`, `$`, `-`"],
        ),
        (
            root("components", json!({"schemas": {"New_Pet": {}, "_": {}}})),
            &["call it `NewPet`"],
        ),
        (
            root("components", json!({"securitySchemes": {"token": scheme}})),
            &["in a REST API `jwtConfiguration` has `issuers` and `defaultAlgorithms`"],
        ),
        (
            integration(json!({"$ref": "other.yaml#/integration"})),
            &["copy what it means into the document"],
        ),
    ] {
        assert_eq!(help(&document), told);
    }
}

#[test]
fn help_comes_to_an_end() {
    let most = tollgate_openapi::limits::MAX_SUGGESTIONS;
    let mut document = with_get(json!({}), json!({}));
    for n in 0..2 * most {
        document[format!("servers{n}")] = json!({});
    }
    assert_eq!(help(&document).len(), most);
}
