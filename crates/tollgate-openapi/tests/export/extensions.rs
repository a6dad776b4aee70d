//! What each of the extensions adds.

use serde_json::{Value, json};
use tollgate_model::ApiDocument;
use tollgate_openapi::{ExportFormat, Extensions};

use crate::{FORMATS, plain, read, value};

/// An API with something for every extension.
fn rich() -> ApiDocument {
    let authorizer = json!({"type": "token", "authorizerUri": "arn:x"});
    let document = json!({
        "swagger": "2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/x": {"get": {
            "responses": {},
            "security": [{"token": []}],
            "x-amazon-apigateway-request-validator": "all",
            "x-amazon-apigateway-integration": {"type": "mock"},
        }}},
        "securityDefinitions": {"token": {
            "type": "apiKey", "in": "header", "name": "Auth",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": authorizer,
        }},
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "x-amazon-apigateway-cors": {"allowOrigins": ["*"]},
        "x-amazon-apigateway-documentation": {"documentationParts": [
            {"location": {"type": "METHOD"}, "properties": {"summary": "S"}},
        ]},
        "x-amazon-apigateway-endpoint-access-mode": "STRICT",
        "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": true},
        "x-amazon-apigateway-gateway-responses": {"DEFAULT_4XX": {"statusCode": "404"}},
        "x-amazon-apigateway-minimum-compression-size": 0,
        "x-amazon-apigateway-policy": {"Statement": []},
        "x-amazon-apigateway-request-validators": {"all": {}},
        "x-amazon-apigateway-security-policy": "TLS_1_2",
    });
    read(&document.to_string())
}

/// The extensions that stand anywhere in a document, without what their names have in common.
fn extensions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(name) = name.strip_prefix("x-amazon-apigateway-") {
                    found.push(name.to_owned());
                }
                extensions(member, found);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|one| extensions(one, found)),
        _ => {}
    }
}

#[test]
fn each_adds_its_own() {
    let settings = [
        "api-key-source",
        "binary-media-types",
        "gateway-responses",
        "minimum-compression-size",
        "policy",
        "request-validator",
        "request-validators",
    ];
    let rest = [
        "cors",
        "endpoint-access-mode",
        "endpoint-configuration",
        "security-policy",
    ];
    // The kind of an authorizer is plain text, as the service has it.
    let of = |lists: &[&[&str]]| {
        let mut all: Vec<_> = lists.concat();
        all.push("authtype");
        all.sort_unstable();
        all.join(" ")
    };
    for (list, expected) in [
        ("", of(&[])),
        ("postman", of(&[])),
        ("integrations", of(&[&["integration"]])),
        ("authorizers", of(&[&["authorizer"]])),
        ("documentation", of(&[&["documentation"]])),
        (
            "authorizers,integrations",
            of(&[&["integration", "authorizer"]]),
        ),
        (
            "apigateway",
            of(&[&["integration", "authorizer"], &settings]),
        ),
        (
            "all",
            of(&[
                &["integration", "authorizer", "documentation"],
                &settings,
                &rest,
            ]),
        ),
    ] {
        for format in FORMATS {
            let mut options = plain(format);
            options.extensions = list.parse().unwrap();
            let mut found = Vec::new();
            extensions(&value(&rich(), &options), &mut found);
            found.sort_unstable();
            assert_eq!(found.join(" "), expected, "{list} in {format}");
        }
    }
}

#[test]
fn what_an_authorizer_protects_is_never_exported_open() {
    for list in ["", "integrations", "authorizers", "apigateway", "all"] {
        let mut options = plain(ExportFormat::OpenApi3);
        options.extensions = list.parse().unwrap();
        let written = value(&rich(), &options);
        let again = read(&written.to_string());
        let method = again
            .resource("/x")
            .unwrap()
            .resource_methods
            .values()
            .next();
        let kind = method.unwrap().authorization_type.as_str();
        assert_eq!(kind, "CUSTOM", "{list}");
    }
}

#[test]
fn names_combine() {
    let all: Extensions = "apigateway,documentation,postman".parse().unwrap();
    assert!(all.contains(Extensions::INTEGRATIONS | Extensions::POSTMAN));
    assert!(!all.contains(Extensions::ALL));
    assert!(Extensions::ALL.contains(Extensions::API_GATEWAY));
    assert!(all.contains(Extensions::NONE));
}
