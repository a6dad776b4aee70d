//! What the gateway refuses, and how.

use crate::support::{document, gateway, get, mock, send};
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tollgate_core::{Rejection, Severity};
use tollgate_gateway::Plan;
use tollgate_model::Stage;
use tower::ServiceExt as _;

const OK: &str = r#"{"statusCode": 200}"#;

#[tokio::test]
async fn unknown_paths_and_verbs_are_the_same_to_a_client() {
    let gateway = gateway(&document(
        &[
            ("/existing", mock("GET", OK, "ok")),
            ("/any/{proxy+}", mock("ANY", OK, "ok")),
        ],
        json!({}),
    ));
    for (verb, path, status) in [
        ("GET", "/existing", 200),
        ("GET", "//existing/", 200),
        ("HEAD", "/existing", 403),
        ("POST", "/existing", 403),
        ("GET", "/other", 403),
        ("GET", "/", 403),
        ("GET", "/any", 403),
        ("HEAD", "/any/a/b", 200),
        ("TRACE", "/any/a", 403),
        ("PROPFIND", "/any/a", 403),
        ("get", "/existing", 403),
    ] {
        let request = Request::builder()
            .method(verb)
            .uri(path)
            .body(Full::default())
            .unwrap();
        let answer = send(&gateway, request).await;
        assert_eq!(answer.status, status, "{verb} {path}");
        if status == 403 {
            assert_eq!(
                answer.headers["x-amzn-errortype"],
                "MissingAuthenticationTokenException"
            );
            assert_eq!(answer.body, r#"{"message":"Missing Authentication Token"}"#);
        }
    }
}

#[tokio::test]
async fn the_refusal_goes_with_the_response() {
    let gateway = gateway(&document(&[("/", mock("GET", OK, "ok"))], json!({})));
    for (path, expected) in [
        ("/", None),
        ("/nowhere", Some("MISSING_AUTHENTICATION_TOKEN")),
    ] {
        let request = Request::get(path)
            .body(Full::<bytes::Bytes>::default())
            .unwrap();
        let response = gateway.clone().oneshot(request).await.unwrap();
        let refusal = response.extensions().get::<Rejection>();
        let name = refusal
            .and_then(Rejection::response_type)
            .map(|one| one.as_str());
        assert_eq!(name, expected, "{path}");
    }
}

#[tokio::test]
async fn paths_that_could_be_read_in_two_ways_are_refused() {
    let gateway = gateway(&document(
        &[("/{proxy+}", mock("ANY", OK, "ok"))],
        json!({}),
    ));
    for path in ["/a/../b", "/a/%2e%2E/b", "/%2e", "/a%00b", "/a%zz", "/a%2"] {
        let answer = get(&gateway, path).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (400, r#"{"message":"Bad Request"}"#),
            "{path}"
        );
    }
    for path in ["/a%2Fb", "/a..b", "/...", "/a//b"] {
        assert_eq!(get(&gateway, path).await.status, 200, "{path}");
    }
}

/// The URI of a function.
fn lambda_uri(function: &str) -> String {
    let lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions";
    format!("{lambda}/arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations")
}

/// Changes a member of the only method of a document that is served otherwise.
fn protected(change: impl FnOnce(&mut Value)) -> Value {
    let mut methods = mock("GET", OK, "open");
    change(&mut methods["GET"]);
    methods
}

#[tokio::test]
async fn a_method_whose_protection_cannot_be_enforced_is_never_open() {
    let open = mock("GET", OK, "open");
    let private = json!({ "endpointConfiguration": { "types": ["PRIVATE"] } });
    let network = json!({ "endpointConfiguration": { "vpcEndpointIds": ["vpce-1"] } });
    let authorized = |kind: &str, id: Option<&str>| {
        protected(|method| {
            method["authorizationType"] = json!(kind);
            method["authorizerId"] = json!(id);
        })
    };
    let with = |authorizer: Value| {
        let mut whole = json!({
            "id": "auth01",
            "name": "who",
            "type": "TOKEN",
            "authorizerUri": lambda_uri("who"),
            "identitySource": "method.request.header.Authorization"
        });
        for (name, value) in authorizer.as_object().expect("it is an object") {
            whole[name] = value.clone();
        }
        json!({ "authorizers": [whole] })
    };
    let custom = || authorized("CUSTOM", Some("auth01"));
    let cognito = || authorized("COGNITO_USER_POOLS", Some("auth01"));
    let pool = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf";
    let pools = |arns: Value| with(json!({ "type": "COGNITO_USER_POOLS", "providerARNs": arns }));
    for (what, methods, members) in [
        ("CUSTOM, of nobody", authorized("CUSTOM", None), json!({})),
        ("of somebody unknown", custom(), json!({})),
        (
            "Cognito, of nobody",
            authorized("COGNITO_USER_POOLS", None),
            json!({}),
        ),
        (
            "no function",
            custom(),
            with(json!({ "authorizerUri": null })),
        ),
        (
            "a URI of something else",
            custom(),
            with(json!({ "authorizerUri": "https://example.com/" })),
        ),
        ("an unknown function", custom(), with(json!({}))),
        (
            "no role",
            custom(),
            with(json!({ "authorizerCredentials": "gateway" })),
        ),
        (
            "no header",
            custom(),
            with(json!({ "identitySource": "method.request.path.id" })),
        ),
        (
            "no expression",
            custom(),
            with(json!({ "identityValidationExpression": "(" })),
        ),
        (
            "kept for too long",
            custom(),
            with(json!({ "authorizerResultTtlInSeconds": 3601 })),
        ),
        ("a function for tokens", cognito(), with(json!({}))),
        ("tokens for a function", custom(), pools(json!([pool]))),
        ("no pool", cognito(), pools(json!([]))),
        ("a pool that is none", cognito(), pools(json!(["pool"]))),
        ("resource policy", open.clone(), json!({ "policy": "{}" })),
        (
            "policy that is no JSON",
            open.clone(),
            json!({ "policy": "" }),
        ),
        ("private endpoint", open.clone(), private),
        ("endpoint in a private network", open.clone(), network),
    ] {
        let gateway = gateway(&document(&[("/", methods)], members));
        assert!(gateway.plan().diagnostics().has_errors(), "{what}");
        let refusal = gateway
            .plan()
            .methods()
            .next()
            .and_then(|method| method.refusal.cloned());
        assert!(
            refusal.is_some_and(|refusal| refusal.reason().is_some()),
            "{what}"
        );
        let answer = get(&gateway, "/").await;
        assert_eq!(answer.status, 500, "{what}");
        assert_eq!(
            answer.headers["x-amzn-errortype"], "AuthorizerConfigurationException",
            "{what}"
        );
        assert_eq!(answer.body, r#"{"message":null}"#, "{what}");
    }
}

#[tokio::test]
async fn a_broken_part_fails_alone() {
    let broken_template = mock("GET", "#if(", "ok");
    let mut no_integration = mock("GET", OK, "ok");
    no_integration["GET"]
        .as_object_mut()
        .unwrap()
        .remove("methodIntegration");
    let of_type = |kind: &str| {
        let mut methods = mock("GET", OK, "ok");
        methods["GET"]["methodIntegration"]["type"] = json!(kind);
        methods
    };
    let mut broken_pattern = mock("GET", OK, "ok");
    broken_pattern["GET"]["methodIntegration"]["integrationResponses"]["200"]["selectionPattern"] =
        json!("(");
    let throws = mock("GET", OK, "$input.json('$..')");
    let document = document(
        &[
            ("/template", broken_template),
            ("/integration", no_integration),
            ("/http", of_type("HTTP")),
            ("/aws", of_type("AWS")),
            ("/pattern", broken_pattern),
            ("/throws", throws),
            ("/fine", mock("GET", OK, "ok")),
        ],
        json!({}),
    );
    let gateway = gateway(&document);
    for path in [
        "/template",
        "/integration",
        "/http",
        "/aws",
        "/pattern",
        "/throws",
    ] {
        let answer = get(&gateway, path).await;
        assert_eq!(answer.status, 500, "{path}");
        assert_eq!(
            answer.body, r#"{"message": "Internal server error"}"#,
            "{path}"
        );
    }
    assert_eq!(get(&gateway, "/fine").await.body, "ok");

    let plan = gateway.plan();
    let pointers: Vec<_> = plan
        .diagnostics()
        .iter()
        .map(|one| one.pointer.as_str())
        .collect();
    assert_eq!(
        pointers,
        [
            "/resources/0/resourceMethods/GET/methodIntegration/requestTemplates/application~1json",
            "/resources/1/resourceMethods/GET",
            "/resources/2/resourceMethods/GET/methodIntegration",
            "/resources/3/resourceMethods/GET/methodIntegration",
            "/resources/4/resourceMethods/GET/methodIntegration/integrationResponses/200/selectionPattern",
        ]
    );
    assert!(
        plan.diagnostics()
            .iter()
            .all(|one| one.severity == Severity::Error)
    );
}

#[test]
fn resources_that_cannot_be_told_apart_have_no_plan() {
    let document = document(
        &[
            ("/pets/{id}", mock("GET", OK, "")),
            ("/pets/{name}", mock("GET", OK, "")),
            ("/pets/{id}", mock("GET", OK, "")),
            ("/a{b}", mock("GET", OK, "")),
        ],
        json!({}),
    );
    let stage = Stage::new("prod".parse().unwrap());
    let diagnostics = Plan::compile(&document, &stage).expect_err("three paths are wrong");
    let found: Vec<_> = diagnostics.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(
        found,
        [
            "/resources/1/resourceMethods/GET",
            "/resources/2/resourceMethods/GET",
            "/resources/3/path"
        ]
    );
}

#[tokio::test]
async fn an_api_answers_refusals_in_its_own_words() {
    let members = json!({
        "gatewayResponses": [
            {
                "responseType": "MISSING_AUTHENTICATION_TOKEN",
                "statusCode": "404",
                "responseParameters": {
                    "gatewayresponse.header.X-Path": "context.path",
                    "gatewayresponse.body": "'x'"
                },
                "responseTemplates": {
                    "application/json": "{\"no\":\"$context.httpMethod $context.path\",\"why\":$context.error.messageString}"
                }
            },
            { "responseType": "DEFAULT_5XX", "statusCode": "503" },
            { "responseType": "THROTTLED", "statusCode": "100" }
        ]
    });
    let gateway = gateway(&document(&[("/broken", mock("GET", "#if(", ""))], members));
    let missing = get(&gateway, "/nowhere?x=1").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.headers["x-path"], "/nowhere");
    assert_eq!(
        missing.body,
        r#"{"no":"GET /nowhere","why":"Missing Authentication Token"}"#
    );
    assert_eq!(get(&gateway, "/broken").await.status, 503);

    let plan = gateway.plan();
    let errors = plan
        .diagnostics()
        .iter()
        .map(|one| one.pointer.as_str())
        .collect::<Vec<_>>();
    assert_eq!(
        errors[1..],
        [
            "/gatewayResponses/0/responseParameters/gatewayresponse.body",
            "/gatewayResponses/2/statusCode"
        ]
    );
}

#[tokio::test]
async fn a_pattern_that_backtracks_is_warned_of_and_works() {
    let mut methods = mock("GET", OK, "ok");
    let responses = &mut methods["GET"]["methodIntegration"]["integrationResponses"];
    responses["200"]["selectionPattern"] = json!("(?!5)\\d+");
    let gateway = gateway(&document(&[("/", methods)], json!({})));
    let plan = gateway.plan();
    assert!(!plan.diagnostics().has_errors());
    let warning = plan.diagnostics().iter().next().unwrap().to_string();
    assert!(warning.contains("takes backtracking"), "{warning}");
    assert_eq!(get(&gateway, "/").await.status, 200);
}

/// One text is parsed once, whoever has it.
#[tokio::test]
async fn methods_with_the_same_template_each_have_it() {
    let method = |template: &str| mock("GET", r#"{"statusCode": 200}"#, template);
    let resources = [
        ("/a", method("$context.resourcePath")),
        ("/b", method("$context.resourcePath")),
        ("/c", method("#if")),
        ("/d", method("#if")),
    ];
    let gateway = gateway(&document(&resources, json!({})));
    for (path, status) in [("/a", 200), ("/b", 200), ("/c", 500), ("/d", 500)] {
        let found = get(&gateway, path).await;
        assert_eq!(found.status, status, "{path}");
        if status == 200 {
            assert_eq!(found.body, path);
        }
    }
    let plan = gateway.plan();
    let told: Vec<_> = plan.diagnostics().iter().map(|one| &one.message).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    for (message, path) in told.iter().zip(["/c", "/d"]) {
        assert!(
            message.starts_with(&format!("method GET {path}:")),
            "{message}"
        );
    }
}
