//! What is known of a caller, and who is shown it: data plane §4.4, 4.8 and 4.9.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_core::{Clock, RandomIds, SeededRandom};
use tollgate_gateway::{Gateway, Secrets, TokenIssuers, Trace, TraceEvent};
use tollgate_model::ApiDocument;
use tower::ServiceExt as _;

use crate::api::{
    Calls, Server, clock, custom, document, mock, options, plan, register_tell, token_authorizer,
    uri, with,
};
use crate::pools::{ISSUER, Jwks, POOL, token};
use crate::signatures::{ALICE, Client, iam, key, keys};

const TEMPLATE: &str = "$context.authorizer.principalId|$context.authorizer.team|\
    $context.authorizer.is_staff|$context.authorizer.nothing|\
    $context.authorizer.claims.sub|$context.authorizer.claims['custom:role']|\
    $context.identity.userArn|$context.identity.accountId|$context.identity.accessKey|\
    $context.identity.caller|$context.identity.user|$context.identity.principalOrgId";

/// A method that tells its client of the event that a function gets.
fn tell(members: Value) -> Value {
    let integration = json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("tell") });
    with(
        mock("", members),
        json!({ "methodIntegration": integration }),
    )
}

fn shown(members: &Value) -> ApiDocument {
    let pool = json!({
        "id": "pool01", "name": "pool", "type": "COGNITO_USER_POOLS", "providerARNs": [POOL],
        "identitySource": "method.request.header.Authorization"
    });
    let resources = [
        ("/template", mock(TEMPLATE, members.clone())),
        ("/event", tell(members.clone())),
    ];
    let denied = json!({
        "responseType": "ACCESS_DENIED",
        "responseTemplates": {
            "application/json": "$context.authorizer.note $context.authorizer.principalId $context.identity.user"
        }
    });
    let authorizers = json!([token_authorizer(json!({})), pool]);
    document(
        &resources,
        json!({ "authorizers": authorizers, "gatewayResponses": [denied] }),
    )
}

#[tokio::test]
async fn what_a_function_says_is_shown() {
    let (clock, calls) = (clock(), Calls::default());
    let mut options = options(&clock, &calls);
    register_tell(&mut options);
    let server = Server::of(&shown(&custom()), &options, &clock).await;
    let found = server.get("/template", "allow").await;
    assert_eq!(found.body, "alice|7|true|||||||||");
    let event: Value =
        serde_json::from_str(&server.get("/event", "allow").await.body).expect("it is JSON");
    let expected =
        json!({ "principalId": "alice", "team": "7", "is_staff": "true", "note": "hello" });
    assert_eq!(event["requestContext"]["authorizer"], expected);
    // Also to those who may not call.
    let found = server.get("/template", "deny").await;
    assert_eq!((found.status, &*found.body), (403, "hello alice "));
}

#[tokio::test]
async fn what_a_token_says_is_shown() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let mut options = options(&clock, &Calls::default());
    let pools = TokenIssuers::new()
        .with_clock(clock.clone())
        .with_pool(POOL, ISSUER, &jwks.url());
    options.token_issuers = Arc::new(pools.expect("it is a URL"));
    register_tell(&mut options);
    let members = json!({ "authorizationType": "COGNITO_USER_POOLS", "authorizerId": "pool01" });
    let server = Server::of(&shown(&members), &options, &clock).await;
    let claims =
        json!({ "custom:role": "admin", "cognito:groups": ["a", "b"], "n": 1, "iat": null });
    let token = token("id", claims);
    let found = server.get("/template", &token).await;
    assert_eq!(found.body, "||||ada|admin||||||");
    let event: Value =
        serde_json::from_str(&server.get("/event", &token).await.body).expect("it is JSON");
    let said = &event["requestContext"]["authorizer"];
    for (name, expected) in [
        ("sub", "ada"),
        ("custom:role", "admin"),
        ("cognito:groups", "a,b"),
        ("n", "1"),
    ] {
        assert_eq!(said["claims"][name], expected, "{name}");
    }
    assert_eq!(said.as_object().map(serde_json::Map::len), Some(1));
}

#[tokio::test]
async fn who_signed_is_shown() {
    let clock = clock();
    let mut options = keys([
        key("AKIDALICE", ALICE, Some("Allow")),
        key("AKIDNONE", ALICE, None),
    ]);
    register_tell(&mut options);
    let server = Server::of(&shown(&iam()), &options, &clock).await;
    let client = Client::new("AKIDALICE");
    let found = client.call(&server, "GET", "/prod/template", "").await;
    let expected =
        format!("||||||{ALICE}|123456789012|AKIDALICE|AIDAEXAMPLE|AIDAEXAMPLE|o-example");
    assert_eq!(found.body, expected);
    let found = client.call(&server, "GET", "/prod/event", "").await;
    let event: Value = serde_json::from_str(&found.body).expect("it is JSON");
    let identity = &event["requestContext"]["identity"];
    for (name, expected) in [
        ("userArn", ALICE),
        ("accountId", "123456789012"),
        ("accessKey", "AKIDALICE"),
        ("caller", "AIDAEXAMPLE"),
        ("user", "AIDAEXAMPLE"),
        ("principalOrgId", "o-example"),
        ("sourceIp", "127.0.0.1"),
    ] {
        assert_eq!(identity[name], expected, "{name}");
    }
    assert!(event["requestContext"].get("authorizer").is_none());
    // The signature ends at the gateway.
    assert!(
        event["headers"].get("authorization").is_none(),
        "{}",
        event["headers"]
    );
    assert!(event["headers"].get("x-amz-date").is_some());
    // Whoever may not call is known, too.
    let found = Client::new("AKIDNONE")
        .call(&server, "GET", "/prod/template", "")
        .await;
    assert_eq!((found.status, &*found.body), (403, "  AIDAEXAMPLE"));
}

/// Security §6, T14.
#[tokio::test]
async fn what_identifies_a_caller_is_hidden() {
    let (clock, calls) = (clock(), Calls::default());
    let source =
        "method.request.header.X-Token, method.request.querystring.k, context.identity.sourceIp";
    let authorizer = token_authorizer(json!({ "type": "REQUEST", "identitySource": source }));
    let resources = [(
        "/",
        mock("$input.params('x-token') $input.params('k')", custom()),
    )];
    let document = document(&resources, json!({ "authorizers": [authorizer] }));
    let trace = Arc::new(Trace::new(clock.clone() as Arc<dyn Clock>));
    let gateway = Gateway::new(plan(&document, &options(&clock, &calls)))
        .with_clock(clock)
        .with_observer(trace.clone());
    let mut request = http::Request::get("/?k=sesame-in-query")
        .header("x-token", "sesame-in-header")
        .header("authorization", "allow")
        .body(tollgate_core::Body::empty())
        .expect("it is a request");
    let peer = tollgate_core::PeerAddress(([203, 0, 113, 10], 1).into());
    request.extensions_mut().insert(peer);
    let response = gateway.oneshot(request).await.expect("it always answers");
    assert_eq!(response.status(), 200);
    let steps = trace.take();
    let secrets = Secrets::of(&steps);
    let shown: Vec<_> = steps
        .iter()
        .map(|step| step.to_json(&secrets).to_string())
        .collect();
    let shown = shown.join("\n");
    assert!(!shown.contains("sesame"), "{shown}");
    assert!(
        shown.contains(r#""context.identity.sourceIp":"203.0.113.10""#),
        "{shown}"
    );
}

#[tokio::test]
async fn observers_are_told_who_may_call() {
    let (clock, calls) = (clock(), Calls::default());
    let plan = plan(&shown(&custom()), &options(&clock, &calls));
    let trace = Arc::new(Trace::new(clock.clone() as Arc<dyn Clock>));
    let gateway = Gateway::new(plan)
        .with_clock(clock)
        .with_ids(Arc::new(RandomIds::new(Arc::new(SeededRandom::new(1)))))
        .with_observer(trace.clone());
    let request = http::Request::get("/template").header("authorization", "allow");
    let request = request
        .body(tollgate_core::Body::empty())
        .expect("it is a request");
    let response = gateway.oneshot(request).await.expect("it always answers");
    assert_eq!(response.status(), 200);
    let steps = trace.take();
    let step = steps
        .iter()
        .find(|step| matches!(step.event, TraceEvent::Authorized { .. }));
    let shown = step.expect("it is told").to_json(&Secrets::of(&steps));
    assert_eq!(
        (&shown["authorization"], &shown["principal"]),
        (&json!("CUSTOM"), &json!("alice"))
    );
}
