//! Documents read over an API that is there.

use serde_json::{Map, Value, json};
use tollgate_core::Diagnostics;
use tollgate_model::{ApiDocument, EndpointType, Home, HttpMethod, Timestamp};
use tollgate_openapi::{ImportOptions, Imported, PutMode, import, put};

use crate::{lines, with_get};

const MODES: [PutMode; 2] = [PutMode::Merge, PutMode::Overwrite];

fn made(document: &Value) -> ApiDocument {
    import(&document.to_string(), &ImportOptions::default())
        .unwrap()
        .document
}

fn over(old: &ApiDocument, new: &Value, mode: PutMode) -> Result<Imported, Diagnostics> {
    put(old, &new.to_string(), mode, &ImportOptions::default()).map_err(Diagnostics::from)
}

/// What merging and overwriting make of two documents, as JSON.
fn both(old: &Value, new: &Value) -> [Value; 2] {
    let old = made(old);
    MODES.map(|mode| serde_json::to_value(over(&old, new, mode).unwrap().document).unwrap())
}

#[test]
fn settings_are_kept_or_reset_where_the_document_is_silent() {
    let silent = || with_get(json!({}), json!({}));
    let says = |member: &str, value: Value| {
        with_get(
            json!({}),
            Value::Object(Map::from_iter([(member.to_owned(), value)])),
        )
    };
    let endpoint = |value: Value| says("x-amazon-apigateway-endpoint-configuration", value);
    for (old, new, pointer, merged, overwritten) in [
        (
            says(
                "x-amazon-apigateway-binary-media-types",
                json!(["image/heif"]),
            ),
            says(
                "x-amazon-apigateway-binary-media-types",
                json!(["image/png", "image/jpg"]),
            ),
            "/binaryMediaTypes",
            json!(["image/heif", "image/png", "image/jpg"]),
            json!(["image/png", "image/jpg"]),
        ),
        (
            says("x-amazon-apigateway-binary-media-types", json!(["a/b"])),
            says(
                "x-amazon-apigateway-binary-media-types",
                json!(["a/b", "a/b"]),
            ),
            "/binaryMediaTypes",
            json!(["a/b"]),
            json!(["a/b"]),
        ),
        (
            says("x-amazon-apigateway-api-key-source", json!("AUTHORIZER")),
            silent(),
            "/apiKeySource",
            json!("AUTHORIZER"),
            json!("HEADER"),
        ),
        (
            says("x-amazon-apigateway-policy", json!({})),
            silent(),
            "/policy",
            json!("{}"),
            Value::Null,
        ),
        (
            says("x-amazon-apigateway-minimum-compression-size", json!(1)),
            silent(),
            "/minimumCompressionSize",
            json!(1),
            Value::Null,
        ),
        (
            says("x-amazon-apigateway-security-policy", json!("TLS_1_2")),
            silent(),
            "/securityPolicy",
            json!("TLS_1_2"),
            Value::Null,
        ),
        (
            endpoint(json!({"disableExecuteApiEndpoint": true})),
            silent(),
            "/disableExecuteApiEndpoint",
            json!(true),
            json!(false),
        ),
        (
            endpoint(json!({"vpcEndpointIds": ["vpce-1"]})),
            silent(),
            "/endpointConfiguration",
            json!({"vpcEndpointIds": ["vpce-1"]}),
            Value::Null,
        ),
        (
            says(
                "info",
                json!({"title": "Old", "description": "Of old", "version": "1"}),
            ),
            says("info", json!({"title": "New"})),
            "/description",
            json!("Of old"),
            Value::Null,
        ),
        (
            says("info", json!({"title": "Old"})),
            says("info", json!({"title": "New"})),
            "/name",
            json!("New"),
            json!("New"),
        ),
    ] {
        let results = both(&old, &new);
        let found = results.map(|made| made.pointer(pointer).cloned().unwrap_or_default());
        assert_eq!(found, [merged, overwritten], "{pointer}");
    }
}

#[test]
fn a_method_in_both_is_replaced_as_a_whole() {
    let old = with_get(
        json!({
            "operationId": "old",
            "parameters": [{"name": "page", "in": "query"}],
            "responses": {"200": {}, "404": {}},
        }),
        json!({}),
    );
    let new = with_get(json!({"responses": {"201": {}}}), json!({}));
    for made in both(&old, &new) {
        let method = &made["resources"][1]["resourceMethods"]["GET"];
        let members: Vec<_> = method["methodResponses"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(members, ["201"]);
        assert_eq!(method.get("operationName"), None);
        assert_eq!(method.get("requestParameters"), None);
    }
}

/// A document with these paths, a `GET` at each.
fn paths(paths: &[&str]) -> Value {
    let mut document = with_get(json!({}), json!({}));
    let operation = document["paths"]["/x"].clone();
    let paths = paths
        .iter()
        .map(|path| ((*path).to_owned(), operation.clone()));
    document["paths"] = Value::Object(paths.collect());
    document
}

fn paths_of(document: &ApiDocument) -> Vec<&str> {
    document
        .resources
        .iter()
        .map(|one| one.path.as_str())
        .collect()
}

#[test]
fn what_only_the_api_has_is_kept_or_deleted() {
    let old = made(&paths(&["/old/{id}", "/both"]));
    let new = paths(&["/both", "/new"]);
    let merged = over(&old, &new, PutMode::Merge).unwrap().document;
    assert_eq!(
        paths_of(&merged),
        ["/", "/old", "/old/{id}", "/both", "/new"]
    );
    assert_eq!(merged.resource("/old/{id}"), old.resource("/old/{id}"));
    let overwritten = over(&old, &new, PutMode::Overwrite).unwrap().document;
    assert_eq!(paths_of(&overwritten), ["/", "/both", "/new"]);

    let mut verbs = paths(&["/both"]);
    let get = verbs["paths"]["/both"]["get"].take();
    verbs["paths"]["/both"] = json!({"post": get});
    for (mode, expected) in [
        (PutMode::Merge, &[HttpMethod::Get, HttpMethod::Post][..]),
        (PutMode::Overwrite, &[HttpMethod::Post]),
    ] {
        let made = over(&old, &verbs, mode).unwrap().document;
        let methods = &made.resource("/both").unwrap().resource_methods;
        assert_eq!(
            methods.keys().copied().collect::<Vec<_>>(),
            expected,
            "{mode:?}"
        );
    }
}

#[test]
fn parts_with_a_name_are_kept_replaced_or_deleted_by_it() {
    let authorizer = |uri: &str| {
        json!({
            "type": "apiKey", "in": "header", "name": "Authorization",
            "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": uri},
        })
    };
    let document = |one: &str, value: &str| {
        with_get(
            json!({}),
            json!({
                "components": {
                    "schemas": {one: {"title": value}, "both": {"title": value}},
                    "securitySchemes": {one: authorizer(value), "both": authorizer(value)},
                },
                "x-amazon-apigateway-request-validators": {
                    one: {}, "both": {"validateRequestBody": value == "new"},
                },
                "x-amazon-apigateway-documentation": {"documentationParts": [
                    {"location": {"type": "MODEL", "name": one}, "properties": {}},
                    {"location": {"type": "MODEL", "name": "both"}, "properties": {value: 1}},
                ]},
            }),
        )
    };
    let old = document("mine", "old");
    let [merged, overwritten] = both(&old, &document("yours", "new"));
    let old = serde_json::to_value(made(&old)).unwrap();
    for list in [
        "models",
        "authorizers",
        "requestValidators",
        "documentationParts",
    ] {
        let names = |made: &Value| -> Vec<String> {
            let parts = made[list].as_array().unwrap().iter();
            let name = |one: &Value| one.get("name").unwrap_or(&one["location"]["name"]).clone();
            parts
                .map(|one| name(one).as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(names(&merged), ["mine", "both", "yours"], "{list}");
        let mut left = names(&overwritten);
        left.sort();
        assert_eq!(left, ["both", "yours"], "{list}");
        assert_eq!(merged[list][0], old[list][0], "{list}");
        assert_ne!(merged[list][1], old[list][1], "{list}");
        assert_eq!(merged[list][1].get("id"), old[list][1].get("id"), "{list}");
    }
    // A part in both keeps the properties that the new one does not have, in a merge only.
    assert_eq!(
        merged["documentationParts"][1]["properties"],
        r#"{"old":1,"new":1}"#
    );
    let both = &overwritten["documentationParts"][1];
    assert_eq!(both["properties"], r#"{"new":1}"#);
}

#[test]
fn gateway_responses_are_kept_replaced_or_deleted_by_their_type() {
    let document = |types: [(&str, u16); 2]| {
        let types = types.map(|(name, status)| (name.to_owned(), json!({"statusCode": status})));
        let member = "x-amazon-apigateway-gateway-responses";
        with_get(json!({}), json!({member: Map::from_iter(types)}))
    };
    let [merged, overwritten] = both(
        &document([("THROTTLED", 430), ("UNAUTHORIZED", 402)]),
        &document([("UNAUTHORIZED", 403), ("DEFAULT_5XX", 599)]),
    );
    let list = |made: Value| {
        let all = made["gatewayResponses"].as_array().unwrap().clone();
        let one = |one: &Value| format!("{} {}", one["responseType"], one["statusCode"]);
        all.iter()
            .map(one)
            .collect::<Vec<_>>()
            .join(", ")
            .replace('"', "")
    };
    assert_eq!(
        list(merged),
        "THROTTLED 430, UNAUTHORIZED 403, DEFAULT_5XX 599"
    );
    assert_eq!(list(overwritten), "UNAUTHORIZED 403, DEFAULT_5XX 599");
}

#[test]
fn ids_are_kept_whoever_gave_them() {
    let document = paths(&["/a/{b}", "/c"]);
    let mut old = made(&document);
    old.rest_api.id = Some("abcdefghij".into());
    for (place, resource) in old.resources.iter_mut().enumerate() {
        resource.id = format!("given{place}").as_str().into();
    }
    let parents = [None, Some("given0"), Some("given1"), Some("given0")];
    for (resource, parent) in old.resources.iter_mut().zip(parents) {
        resource.parent_id = parent.map(Into::into);
    }
    old.rest_api.root_resource_id = Some("given0".into());
    for mode in MODES {
        let made = over(&old, &document, mode).unwrap().document;
        assert_eq!(made, old, "{mode:?}");
        let made = over(&old, &paths(&["/c/d"]), mode).unwrap().document;
        let id = |path| made.resource(path).unwrap().id.to_string();
        assert_eq!([id("/"), id("/c")], ["given0", "given3"], "{mode:?}");
        assert_eq!(id("/c/d").len(), 6);
        let parent = made.resource("/c/d").unwrap().parent_id.clone();
        assert_eq!(parent, Some("given3".into()), "{mode:?}");
    }
}

#[test]
fn what_documents_do_not_tell_is_never_touched() {
    let mut options = ImportOptions::default();
    options.endpoint_type = Some(EndpointType::Regional);
    let text = paths(&["/"]).to_string();
    let mut old = import(&text, &options).unwrap().document;
    old.rest_api
        .tags
        .insert("team".to_owned(), "pets".to_owned());
    old.rest_api.created_date = Some(Timestamp::from_seconds(1_700_000_000));
    old.rest_api.home = Some(Home::new("000000000042", "eu-west-1"));
    options.endpoint_type = Some(EndpointType::Private);
    for mode in MODES {
        let made = put(&old, &text, mode, &options).unwrap().document;
        assert_eq!(made, old, "{mode:?}");
        let endpoint = made.rest_api.endpoint_configuration.unwrap();
        assert_eq!(endpoint.types, [EndpointType::Regional]);
    }
}

#[test]
fn two_variables_side_by_side_are_refused_in_a_merge_alone() {
    let old = made(&paths(&["/pets/{id}"]));
    let new = paths(&["/pets/{name}"]);
    let refused = over(&old, &new, PutMode::Merge).map(|_| ()).unwrap_err();
    assert_eq!(
        lines(&refused),
        [
            "error: Unable to create resource at path '/pets/{name}': A sibling ({id}) of this \
             resource already has a variable path part -- only one is allowed \
             (at /paths/~1pets~1{name})"
        ]
    );
    let made = over(&old, &new, PutMode::Overwrite).unwrap().document;
    assert_eq!(paths_of(&made), ["/", "/pets", "/pets/{name}"]);
}

#[test]
fn names_of_parts_that_are_kept_can_be_used() {
    let schema = json!({"$ref": "#/components/schemas/Pet"});
    let content = json!({"application/json": {"schema": schema}});
    let old = made(&with_get(
        json!({}),
        json!({
            "components": {"schemas": {"Pet": {}}},
            "x-amazon-apigateway-request-validators": {"all": {}},
        }),
    ));
    let new = with_get(
        json!({
            "requestBody": {"content": content},
            "x-amazon-apigateway-request-validator": "all",
        }),
        json!({}),
    );
    let merged = over(&old, &new, PutMode::Merge).unwrap().document;
    let method = &merged.resources[1].resource_methods[&HttpMethod::Get];
    assert_eq!(method.request_models["application/json"], "Pet");
    let validator = Some(&merged.request_validators[0].id);
    assert_eq!(method.request_validator_id.as_ref(), validator);
    over(&old, &new, PutMode::Overwrite)
        .map(|_| ())
        .unwrap_err();
}

mod security {
    use tollgate_model::{AuthorizationType, Authorizer, AuthorizerType};

    use super::*;

    fn secured_by(name: &str, schemes: Value) -> Value {
        with_get(
            json!({"security": [{name: []}]}),
            json!({"components": {"securitySchemes": schemes}}),
        )
    }

    /// A lock names an authorizer that is not there; a merge must not find one that is.
    #[test]
    fn a_locked_method_stays_locked() {
        let mut old = made(&paths(&["/"]));
        let authorizer = Authorizer::new("basic", "mine", AuthorizerType::Token);
        old.authorizers.push(authorizer);
        let basic = json!({"basic": {"type": "http", "scheme": "basic"}});
        let merged = over(&old, &secured_by("basic", basic), PutMode::Merge)
            .unwrap()
            .document;
        let method = &merged.resource("/x").unwrap().resource_methods[&HttpMethod::Get];
        assert_eq!(method.authorizer_id.as_deref(), Some("basic-"));
    }

    /// An id that a lock names is given to no authorizer later on.
    #[test]
    fn no_new_authorizer_opens_a_lock() {
        let token = json!({
            "type": "apiKey", "in": "header", "name": "Authorization",
            "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": "arn:x"},
        });
        let schemes = json!({"token": token});
        let id = made(&secured_by("token", schemes.clone())).authorizers[0]
            .id
            .clone();
        let locked = made(&secured_by(&id, json!({})));
        let method = &locked.resources[1].resource_methods[&HttpMethod::Get];
        assert_eq!(method.authorizer_id.as_ref(), Some(&id));
        let mut new = paths(&["/y"]);
        new["components"] = json!({"securitySchemes": schemes});
        for mode in MODES {
            let made = over(&locked, &new, mode).unwrap().document;
            assert_ne!(made.authorizers[0].id, id, "{mode:?}");
        }
    }

    #[test]
    fn methods_that_are_kept_follow_their_authorizer() {
        let scheme = |authorizer: Value| {
            json!({"a": {
                "type": "apiKey", "in": "header", "name": "Authorization",
                "x-amazon-apigateway-authorizer": authorizer,
            }})
        };
        let pool = json!({"type": "cognito_user_pools", "providerARNs": ["arn:pool"]});
        let token = json!({"type": "token", "authorizerUri": "arn:x"});
        let old = made(&secured_by("a", scheme(pool)));
        let mut new = paths(&["/y"]);
        new["components"] = json!({"securitySchemes": scheme(token)});
        let merged = over(&old, &new, PutMode::Merge).unwrap().document;
        let method = &merged.resource("/x").unwrap().resource_methods[&HttpMethod::Get];
        assert_eq!(method.authorization_type, AuthorizationType::Custom);
        assert_eq!(
            method.authorizer_id.as_ref(),
            Some(&merged.authorizers[0].id)
        );
    }
}
