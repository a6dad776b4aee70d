//! Settings of the API as a whole.

use serde_json::{Value, json};
use tollgate_model::{ApiKeySource, EndpointAccessMode, EndpointType};
use tollgate_openapi::{ImportOptions, import};

use crate::{accepted, refused, with_get};

#[test]
fn settings_are_read_from_their_extensions() {
    let (made, warnings) = accepted(&with_get(
        json!({}),
        json!({
            "info": {"title": "T", "description": "", "version": 3},
            "servers": [
                {"url": "/", "x-amazon-apigateway-endpoint-configuration": {
                    "disableExecuteApiEndpoint": "true",
                    "vpcEndpointIds": ["vpce-1"],
                    "ipAddressType": "ipv4",
                }},
                {"url": "/2", "x-amazon-apigateway-endpoint-configuration": {}},
            ],
            "x-amazon-apigateway-api-key-source": "Authorizer",
            "x-amazon-apigateway-minimum-compression-size": "0",
            "x-amazon-apigateway-policy": "{\"Statement\": []}",
            "x-amazon-apigateway-security-policy": "TLS_1_2",
            "x-amazon-apigateway-endpoint-access-mode": "strict",
            "x-vendor": {},
        }),
    ));
    let api = &made.rest_api;
    assert_eq!(api.description, None);
    assert_eq!(api.version.as_deref(), Some("3"));
    assert_eq!(api.api_key_source, ApiKeySource::Authorizer);
    assert_eq!(api.minimum_compression_size, Some(0));
    assert_eq!(api.policy.as_deref(), Some("{\"Statement\": []}"));
    assert!(api.disable_execute_api_endpoint);
    assert_eq!(api.security_policy.as_deref(), Some("TLS_1_2"));
    assert_eq!(api.endpoint_access_mode, Some(EndpointAccessMode::Strict));
    let configuration = api.endpoint_configuration.as_ref().unwrap();
    assert_eq!(configuration.vpc_endpoint_ids, ["vpce-1"]);
    assert_eq!(
        warnings,
        [
            "warning: More than one server provided. Ignoring all but the first for defining \
          endpoint configuration (at /servers/1)"
        ]
    );
}

#[test]
fn the_kind_of_endpoint_is_told_by_whoever_imports() {
    let text = with_get(json!({}), json!({})).to_string();
    let mut options = ImportOptions::default();
    let types = |options: &ImportOptions| {
        let api = import(&text, options).unwrap().document.rest_api;
        api.endpoint_configuration.map(|one| one.types)
    };
    assert_eq!(types(&options), None);
    options.endpoint_type = Some(EndpointType::Regional);
    assert_eq!(types(&options), Some(vec![EndpointType::Regional]));
}

#[test]
fn a_policy_that_is_none_is_an_error() {
    for policy in [
        json!(null),
        json!([]),
        json!("deny"),
        json!("[]"),
        json!(true),
    ] {
        refused(&with_get(
            json!({}),
            json!({"x-amazon-apigateway-policy": policy}),
        ));
    }
}

#[test]
fn what_cannot_be_meant_is_an_error() {
    for (member, value, message) in [
        (
            "x-amazon-apigateway-minimum-compression-size",
            json!(10_485_761),
            "found 10485761, expected a whole number from 0 to 10485760",
        ),
        (
            "x-amazon-apigateway-api-key-source",
            json!("QUERY"),
            "unknown API key source `QUERY`, expected one of HEADER, AUTHORIZER",
        ),
        (
            "x-amazon-apigateway-binary-media-types",
            json!("*/*"),
            "found a string, expected a list",
        ),
        (
            "x-amazon-apigateway-request-validator",
            json!("all"),
            "there is no request validator `all`",
        ),
        (
            "x-amazon-apigateway-gateway-responses",
            json!({"TEAPOT": {}}),
            "unknown gateway response type `TEAPOT`",
        ),
    ] {
        let members = Value::from_iter([(member, value)]);
        let found = refused(&with_get(json!({}), members));
        assert!(found[0].contains(message), "{member}: {found:?}");
    }
}

#[test]
fn a_cors_configuration_is_read() {
    for (extension, expected) in [
        (json!(null), json!(null)),
        (json!({}), json!({"allowCredentials": false})),
        (
            json!({
                "allowOrigins": ["https://www.example.com"],
                "allowMethods": ["GET"],
                "allowHeaders": ["authorization"],
                "exposeHeaders": ["*"],
                "maxAge": "300",
                "allowCredentials": "TRUE",
            }),
            json!({
                "allowOrigins": ["https://www.example.com"],
                "allowMethods": ["GET"],
                "allowHeaders": ["authorization"],
                "exposeHeaders": ["*"],
                "maxAge": 300,
                "allowCredentials": true,
            }),
        ),
    ] {
        let document = with_get(json!({}), json!({"x-amazon-apigateway-cors": extension}));
        let (made, warnings) = accepted(&document);
        let made = serde_json::to_value(made.rest_api.cors_configuration).unwrap();
        assert_eq!(made, expected);
        assert_eq!(warnings, <[&str; 0]>::default());
    }
}

#[test]
fn a_cors_configuration_of_other_values_is_refused() {
    let document = with_get(
        json!({}),
        json!({"x-amazon-apigateway-cors": {
            "allowOrigins": "*",
            "allowMethods": [["GET"]],
            "maxAge": -1,
            "allowCredentials": 1,
            "allowOrigin": ["*"],
        }}),
    );
    let at = "/x-amazon-apigateway-cors";
    assert_eq!(
        refused(&document),
        [
            format!("error: found a string, expected a list (at {at}/allowOrigins)"),
            format!("error: found a list, expected a string (at {at}/allowMethods/0)"),
            format!("error: found -1, expected a whole number from 0 to 86400 (at {at}/maxAge)"),
            format!("error: found a number, expected `true` or `false` (at {at}/allowCredentials)"),
            format!("warning: unknown member `allowOrigin` is ignored (at {at}/allowOrigin)"),
        ]
    );
}
