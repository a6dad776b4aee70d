//! What a method asks of its callers.

use serde_json::{Value, json};
use tollgate_model::AuthorizationType;

use crate::{accepted, method, refused, with_get};

/// Schemes of every kind, under the names that the tests below use.
fn schemes() -> Value {
    let scheme = |extension: Value| {
        let mut scheme = json!({"type": "apiKey", "in": "header", "name": "Authorization"});
        scheme
            .as_object_mut()
            .unwrap()
            .extend(extension.as_object().unwrap().clone());
        scheme
    };
    let authorizer = |value: Value| scheme(json!({"x-amazon-apigateway-authorizer": value}));
    json!({"securitySchemes": {
        "token": authorizer(json!({"type": "token", "authorizerUri": "arn:token"})),
        "pool": authorizer(json!({"type": "cognito_user_pools", "providerARNs": ["arn:pool"]})),
        "sigv4": scheme(json!({"x-amazon-apigateway-authtype": "awsSigv4"})),
        "key": scheme(json!({"name": "x-api-key"})),
        "header": scheme(json!({"name": "X-Secret"})),
        "query": {"type": "apiKey", "in": "query", "name": "x-api-key"},
        "basic": {"type": "http", "scheme": "basic"},
        "oauth": {"type": "oauth2", "flows": {}},
        "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
        "jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {
            "type": "jwt",
            "jwtConfiguration": {
                "issuers": [{"issuer": "https://id.test", "audiences": ["pets"]}],
                "defaultAlgorithms": ["RS256"]
            }
        }},
        // Of an HTTP API.
        "http": {"type": "oauth2", "x-amazon-apigateway-authorizer": {
            "type": "jwt",
            "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {"issuer": "https://id.test", "audience": ["pets"]}
        }},
    }})
}

/// How a method asks: `authorization, authorizer's name, scopes, API key`.
fn asked(root: Value, operation: Value) -> String {
    let mut members = json!({"components": schemes()});
    if !root.is_null() {
        members["security"] = root;
    }
    let (document, _) = accepted(&with_get(operation, members));
    let method = method(&document);
    let mut asked = method.authorization_type.to_string();
    if let Some(id) = &method.authorizer_id {
        let mut authorizers = document.authorizers.iter();
        match authorizers.find(|one| one.id == *id) {
            Some(authorizer) => asked.push_str(&format!(" {}", authorizer.name)),
            None => asked.push_str(&format!(" locked by {id}")),
        }
    }
    for scope in &method.authorization_scopes {
        asked.push_str(&format!(" {scope}"));
    }
    if method.api_key_required {
        asked.push_str(" +key");
    }
    asked
}

#[test]
fn requirements_of_operations() {
    for (security, expected) in [
        (json!([]), "NONE"),
        (json!([{}]), "NONE"),
        (json!([{"token": []}]), "CUSTOM token"),
        (
            json!([{"pool": ["read", "write"]}]),
            "COGNITO_USER_POOLS pool read write",
        ),
        (json!([{"sigv4": []}]), "AWS_IAM"),
        (json!([{"key": []}]), "NONE +key"),
        // One requirement with several schemes, and several with one each: all are required.
        (json!([{"token": [], "key": []}]), "CUSTOM token +key"),
        (json!([{"token": []}, {"key": []}]), "CUSTOM token +key"),
        (json!([{"sigv4": []}, {"key": []}]), "AWS_IAM +key"),
        (
            json!([{"pool": ["a"]}, {"pool": ["b"]}]),
            "COGNITO_USER_POOLS pool a b",
        ),
        // An empty alternative opens nothing.
        (json!([{}, {"token": []}]), "CUSTOM token"),
        (json!([{"key": []}, {}]), "NONE +key"),
        // What cannot be enforced is locked, whatever stands beside it.
        (json!([{"basic": []}]), "CUSTOM locked by basic"),
        (json!([{"oauth": ["read"]}]), "CUSTOM locked by oauth"),
        (json!([{"oidc": []}]), "CUSTOM locked by oidc"),
        (json!([{"jwt": ["a"]}]), "JWT jwt a"),
        (json!([{"http": []}]), "CUSTOM locked by http"),
        (json!([{"header": []}]), "CUSTOM locked by header"),
        (json!([{"query": []}]), "CUSTOM locked by query"),
        (json!([{"undefined": []}]), "CUSTOM locked by undefined"),
        (json!([{"undefined": null}]), "CUSTOM locked by undefined"),
        (json!([{"basic": []}, {}]), "CUSTOM locked by basic"),
        (
            json!([{"key": []}, {"oauth": []}]),
            "CUSTOM locked by oauth +key",
        ),
        (
            json!([{"token": []}, {"basic": []}]),
            "CUSTOM locked by basic",
        ),
        (
            json!([{"basic": []}, {"token": []}]),
            "CUSTOM locked by basic",
        ),
        (
            json!([{"token": []}, {"pool": []}]),
            "CUSTOM locked by pool",
        ),
        (
            json!([{"token": [], "sigv4": []}]),
            "CUSTOM locked by sigv4",
        ),
    ] {
        let label = security.to_string();
        let own = asked(Value::Null, json!({"security": security.clone()}));
        assert_eq!(own, expected, "{label} of the operation");
        assert_eq!(
            asked(security, json!({})),
            expected,
            "{label} of the document"
        );
    }
}

#[test]
fn an_operation_replaces_the_requirements_of_its_document() {
    for (root, operation, expected) in [
        (json!([{"token": []}]), json!({"security": []}), "NONE"),
        (
            json!([{"token": []}]),
            json!({"security": [{"key": []}]}),
            "NONE +key",
        ),
        (
            json!([{"pool": ["a"]}]),
            json!({"security": [{"pool": []}]}),
            "COGNITO_USER_POOLS pool",
        ),
        (
            json!([]),
            json!({"security": [{"token": []}]}),
            "CUSTOM token",
        ),
    ] {
        assert_eq!(asked(root, operation.clone()), expected, "{operation}");
    }
}

#[test]
fn the_auth_extension_adds_and_never_takes_away() {
    for (security, auth, expected) in [
        (json!([]), "AWS_IAM", "AWS_IAM"),
        (json!([]), "aws_iam", "AWS_IAM"),
        (json!([]), "none", "NONE"),
        (json!([{"key": []}]), "AWS_IAM", "AWS_IAM +key"),
        (json!([{"key": []}]), "NONE", "NONE +key"),
        (json!([{"sigv4": []}]), "AWS_IAM", "AWS_IAM"),
        (json!([{"token": []}]), "NONE", "CUSTOM token"),
        (json!([{"basic": []}]), "NONE", "CUSTOM locked by basic"),
        (
            json!([{"token": []}]),
            "AWS_IAM",
            "CUSTOM locked by AWS_IAM",
        ),
    ] {
        let operation = json!({"security": security, "x-amazon-apigateway-auth": {"type": auth}});
        let label = operation.to_string();
        assert_eq!(asked(Value::Null, operation), expected, "{label}");
    }
}

#[test]
fn what_is_no_list_of_requirements_is_an_error() {
    for security in [
        json!(null),
        json!({"token": []}),
        json!("token"),
        json!(["token"]),
        json!([null]),
        json!([{"token": "read"}]),
        json!([{"token": [{}]}]),
    ] {
        for document in [
            with_get(
                json!({"security": security}),
                json!({"components": schemes()}),
            ),
            with_get(
                json!({}),
                json!({"security": security, "components": schemes()}),
            ),
        ] {
            refused(&document);
        }
    }
    for auth in [
        json!(null),
        json!({}),
        json!({"type": "IAM"}),
        json!("AWS_IAM"),
    ] {
        refused(&with_get(
            json!({"x-amazon-apigateway-auth": auth}),
            json!({}),
        ));
    }
}

#[test]
fn protections_in_the_wrong_place_are_errors() {
    let mut document = with_get(json!({}), json!({}));
    document["paths"]["/x"]["security"] = json!([{"token": []}]);
    document["paths"]["/x"]["x-amazon-apigateway-auth"] = json!({"type": "AWS_IAM"});
    document["paths"]["/x"]["get"]["x-amazon-apigateway-policy"] = json!({});
    document["x-amazon-apigateway-authorizer"] = json!({});
    assert_eq!(
        refused(&document),
        [
            "error: `x-amazon-apigateway-policy` protects nothing here \
             (at /paths/~1x/get/x-amazon-apigateway-policy)",
            "error: `security` protects nothing here (at /paths/~1x/security)",
            "error: `x-amazon-apigateway-auth` protects nothing here \
             (at /paths/~1x/x-amazon-apigateway-auth)",
            "error: `x-amazon-apigateway-authorizer` protects nothing here \
             (at /x-amazon-apigateway-authorizer)",
        ]
    );
}

/// A slip must not open what its author means to close.
#[test]
fn protections_that_are_misspelt_are_errors() {
    for (holder, name) in [
        ("", "x-amazon-apigateway-polcy"),
        ("", "Security"),
        ("/paths/~1x/get", "securty"),
        ("/paths/~1x/get", "x-amazon-apigateway-auht"),
        ("/paths/~1x/get", "x-amazon-apigateway-authtype"),
        (
            "/components/securitySchemes/key",
            "x-amazon-apigateway-autorizer",
        ),
    ] {
        let mut document = with_get(json!({}), json!({"components": schemes()}));
        document.pointer_mut(holder).unwrap()[name] = json!({});
        let found = refused(&document);
        let is_told = |one: &String| one.contains("protects nothing here");
        assert!(found.iter().any(is_told), "{name}: {found:?}");
    }
}

#[test]
fn a_source_that_only_request_authorizers_have_is_told() {
    let scheme = json!({
        "type": "apiKey", "in": "header", "name": "X-Token",
        "x-amazon-apigateway-authorizer": {
            "type": "token", "authorizerUri": "arn:x",
            "identitySource": "method.request.header.Other",
        },
    });
    let members = json!({"components": {"securitySchemes": {"a": scheme}}});
    let (made, warnings) = accepted(&with_get(json!({}), members));
    let source = made.authorizers[0].identity_source.as_deref();
    assert_eq!(source, Some("method.request.header.X-Token"));
    assert_eq!(
        warnings,
        [
            "warning: `identitySource` is ignored: it is `method.request.header.X-Token` \
             (at /components/securitySchemes/a/x-amazon-apigateway-authorizer/identitySource)"
        ]
    );
}

#[test]
fn a_lock_says_so() {
    let document = with_get(
        json!({"security": [{"basic": []}, {}]}),
        json!({"components": {"securitySchemes": {"basic": {"type": "http", "scheme": "basic"}}}}),
    );
    let (_, warnings) = accepted(&document);
    assert_eq!(
        warnings,
        [
            "warning: a REST API cannot enforce the security scheme `basic`: methods that ask for \
             it are locked and refuse every call (at /paths/~1x/get/security/0/basic)",
            "warning: the empty alternative is ignored: the others are required \
             (at /paths/~1x/get/security/1)",
            "warning: Unsupported security definition type 'http' for 'basic'. Ignoring. \
             (at /components/securitySchemes/basic)",
        ]
    );
}

#[test]
fn no_scheme_can_be_named_after_an_authorizers_id() {
    let operation = |name: &str| json!({"security": [{ name: [] }]});
    let members = || json!({"components": schemes()});
    let (document, _) = accepted(&with_get(operation("token"), members()));
    let id = document.authorizers[0].id.clone();
    let (document, _) = accepted(&with_get(operation(&id), members()));
    let method = method(&document);
    assert_eq!(method.authorization_type, AuthorizationType::Custom);
    assert_eq!(method.authorizer_id, Some(format!("{id}-")));
}

#[test]
fn authorizers_say_what_they_lack() {
    for (authorizer, message) in [
        (json!({}), "an authorizer needs a `type`"),
        (
            json!({"type": "token"}),
            "an authorizer of type TOKEN needs `authorizerUri`",
        ),
        (
            json!({"type": "cognito_user_pools"}),
            "an authorizer of type COGNITO_USER_POOLS needs `providerARNs`",
        ),
        (
            json!({"type": "magic"}),
            "unknown authorizer type `magic`, expected one of TOKEN, REQUEST, COGNITO_USER_POOLS, JWT",
        ),
        (
            json!({"type": "jwt"}),
            "an authorizer of type JWT needs `jwtConfiguration`",
        ),
        (
            json!({"type": "jwt", "jwtConfiguration": {"issuers": [], "defaultAlgorithms": ["RS256"]}}),
            "issuers: 0 of them, expected 1 to 50",
        ),
        (
            json!({"type": "jwt", "jwtConfiguration": {
                "issuers": [{"issuer": "https://id.test", "audiences": ["a"]}],
                "defaultAlgorithms": ["HS256"]
            }}),
            "unknown signing algorithm `HS256`, expected one of RS256, RS384, RS512, ES256, ES384, ES512",
        ),
        (
            json!({"type": "jwt", "jwtConfiguration": {
                "issuers": [{
                    "issuer": "https://id.test",
                    "audiences": ["a"],
                    "additionalClaims": [{"claimName": "exp", "format": "SINGLE_STRING"}]
                }],
                "defaultAlgorithms": ["RS256"]
            }}),
            "issuers[0].additionalClaims[0].claimName: \"exp\", expected a name that is none of iss",
        ),
        (
            json!({"type": "jwt", "jwtConfiguration": {
                "issuers": [{"issuer": "https://id.test", "audiences": ["a"], "additionalClaim": []}],
                "defaultAlgorithms": ["RS256"]
            }}),
            "unknown member `additionalClaim` protects nothing here",
        ),
        (
            json!({
                "type": "jwt",
                "identitySource": "$request.header.Authorization",
                "jwtConfiguration": {
                    "issuers": [{"issuer": "https://id.test", "audiences": ["a"]}],
                    "defaultAlgorithms": ["RS256"]
                }
            }),
            "found \"$request.header.Authorization\" as the source of a token, expected one \
             method.request.header.{name}",
        ),
    ] {
        let scheme = json!({"type": "apiKey", "x-amazon-apigateway-authorizer": authorizer});
        let members = json!({"components": {"securitySchemes": {"a": scheme}}});
        let found = refused(&with_get(json!({}), members));
        assert!(found[0].contains(message), "{found:?}");
    }
}

#[test]
fn authorizers_have_no_members_of_other_types() {
    let jwt = || {
        json!({"type": "jwt", "jwtConfiguration": {
            "issuers": [{"issuer": "https://id.test", "audiences": ["a"]}],
            "defaultAlgorithms": ["RS256"]
        }})
    };
    let mut token = jwt();
    token["type"] = "token".into();
    token["authorizerUri"] = "arn:token".into();
    let mut cached = jwt();
    cached["authorizerResultTtlInSeconds"] = 60.into();
    cached["authorizerUri"] = "arn:token".into();
    for (authorizer, count) in [(token, 1), (cached, 2)] {
        let scheme = json!({
            "type": "apiKey", "name": "Authorization", "in": "header",
            "x-amazon-apigateway-authorizer": authorizer
        });
        let members = json!({"components": {"securitySchemes": {"a": scheme}}});
        let (document, told) = accepted(&with_get(json!({}), members));
        let ignored = told
            .iter()
            .filter(|one| one.contains("has no such member: it is ignored"));
        assert_eq!(ignored.count(), count, "{told:?}");
        let one = &document.authorizers[0];
        let is_jwt = one.kind == tollgate_model::AuthorizerType::Jwt;
        assert_eq!(one.jwt_configuration.is_some(), is_jwt);
        assert_eq!(one.authorizer_uri.is_some(), !is_jwt);
        assert_eq!(one.authorizer_result_ttl_in_seconds, None);
    }
}

#[test]
fn a_jwt_authorizer_reads_the_header_that_it_or_its_scheme_names() {
    for (members, source) in [
        (json!({}), "method.request.header.Authorization"),
        (json!({"name": "X-Token"}), "method.request.header.X-Token"),
        (
            json!({"name": "Unused", "identitySource": "method.request.header.Auth"}),
            "method.request.header.Auth",
        ),
    ] {
        let mut scheme = schemes()["securitySchemes"]["jwt"].take();
        if let Some(name) = members.get("name") {
            scheme["name"] = name.clone();
        }
        if let Some(source) = members.get("identitySource") {
            scheme["x-amazon-apigateway-authorizer"]["identitySource"] = source.clone();
        }
        let members = json!({"components": {"securitySchemes": {"jwt": scheme}}});
        let (document, _) = accepted(&with_get(json!({}), members));
        let [authorizer] = &document.authorizers[..] else {
            panic!("{:?}", document.authorizers)
        };
        assert_eq!(authorizer.identity_source.as_deref(), Some(source));
        let trusted = authorizer
            .jwt_configuration
            .as_ref()
            .map(|one| one.issuers.len());
        assert_eq!(trusted, Some(1));
    }
}
