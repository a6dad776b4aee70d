//! What is kept of authorizers: security §3 and T4, data plane §4.6.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_gateway::{CompileOptions, Plan};
use tollgate_integration::lambda::LambdaEvent;
use tollgate_model::ApiDocument;

use crate::api::{
    ARN, Calls, Server, clock, custom, document, mock, options, pets, plan, stage,
    token_authorizer, uri,
};

fn protected(members: Value) -> ApiDocument {
    pets(mock("ok", custom()), token_authorizer(members), None)
}

#[tokio::test]
async fn policies_are_kept_and_judged_anew() {
    let (clock, calls) = (clock(), Calls::default());
    let server = Server::of(&protected(json!({})), &options(&clock, &calls), &clock).await;
    for (row, path, token, status, asked) in [
        ("the first call", "/pets", "only-this", 200, 1),
        ("the same once more", "/pets", "only-this", 200, 1),
        ("another method", "/orders", "only-this", 403, 1),
        ("another path below", "/pets/7", "only-this", 403, 1),
        ("another token", "/orders", "only-this 2", 200, 2),
        ("a denial", "/pets", "deny", 403, 3),
        ("is kept, too", "/pets", "deny", 403, 3),
        ("a refusal", "/pets", "nobody", 401, 4),
        ("is not", "/pets", "nobody", 401, 5),
        ("a failure", "/pets", "raise it broke", 500, 6),
        ("is not either", "/pets", "raise it broke", 500, 7),
        ("nonsense", "/pets", "answer {}", 500, 8),
        ("is not either", "/pets", "answer {}", 500, 9),
    ] {
        assert_eq!(server.get(path, token).await.status, status, "{row}");
        assert_eq!(calls.count(), asked, "{row}");
    }
    // The verb is part of the method's ARN.
    let found = server
        .call("POST", "/prod/pets", &[("authorization", "only-this")])
        .await;
    assert_eq!((found.status, calls.count()), (403, 9));
}

#[tokio::test]
async fn answers_are_kept_for_as_long_as_the_authorizer_says() {
    for (ttl, kept) in [
        (json!(null), Some(300)),
        (json!(10), Some(10)),
        (json!(3600), Some(3600)),
        (json!(0), None),
    ] {
        let (clock, calls) = (clock(), Calls::default());
        let document = protected(json!({ "authorizerResultTtlInSeconds": ttl }));
        let server = Server::of(&document, &options(&clock, &calls), &clock).await;
        server.get("/pets", "allow").await;
        clock.advance(Duration::from_secs(kept.unwrap_or(1)) - Duration::from_millis(1));
        server.get("/pets", "allow").await;
        assert_eq!(calls.count(), if kept.is_some() { 1 } else { 2 }, "{ttl}");
        clock.advance(Duration::from_millis(1));
        server.get("/pets", "allow").await;
        assert_eq!(calls.count(), if kept.is_some() { 2 } else { 3 }, "{ttl}");
    }
}

#[tokio::test]
async fn answers_outlive_plans_but_not_their_function_nor_a_flush() {
    let (clock, calls) = (clock(), Calls::default());
    let mut options = options(&clock, &calls);
    calls.register(&mut options, "else");
    let document = protected(json!({}));
    let server = Server::of(&document, &options, &clock).await;
    server.get("/pets", "allow").await;
    assert_eq!(calls.count(), 1);

    server.publish(&[plan(&document, &options)]);
    server.get("/pets", "allow").await;
    assert_eq!(calls.count(), 1, "another plan of the same");

    let changed = protected(json!({ "authorizerUri": uri("else") }));
    let changed = plan(&changed, &options);
    server.publish(std::slice::from_ref(&changed));
    server.get("/pets", "allow").await;
    assert_eq!(calls.count(), 2, "another function");

    changed.flush_authorizers();
    server.get("/pets", "allow").await;
    assert_eq!(calls.count(), 3, "flushed");
}

/// Callers of one of two stages of two APIs, with two authorizers: parts that run into each other.
#[derive(Clone, Debug)]
struct Caller {
    api: usize,
    stage: usize,
    path: usize,
    values: (String, String),
}

const APIS: [&str; 2] = ["aa", "aaa"];
const STAGES: [&str; 2] = ["a", "aa"];
const PATHS: [&str; 3] = ["/a", "/aa", "/aaa"];

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let caller = (
        0..2_usize,
        0..2_usize,
        0..3_usize,
        ("[ab]{1,2}", "[ab]{1,2}"),
    )
        .prop_map(|(api, stage, path, values)| Caller {
            api,
            stage,
            path,
            values,
        });
    prop::collection::vec(caller, 1..24)
}

/// Answers with all that it could tell of a caller, and allows only what is called.
fn tell(options: &mut CompileOptions) {
    options
        .functions
        .register_fn("tell-all", async |event: LambdaEvent<Value>| {
            let event = event.payload;
            let arn = event["methodArn"].as_str().unwrap_or_default();
            let stage: Vec<&str> = arn.split('/').take(2).collect();
            let who = match event["authorizationToken"].as_str() {
                Some(token) => token.to_owned(),
                None => format!("{}|{}", event["headers"]["a"], event["headers"]["b"]),
            };
            let statement = crate::api::statement("Allow", &json!("*"));
            Ok::<_, std::convert::Infallible>(json!({
                "principalId": format!("{} {who}", stage.join("/")),
                "policyDocument": crate::api::policy(&[statement])
            }))
        });
}

/// An API with three methods: of a token, of two headers, and of the same token by another authorizer.
fn many(api: &str) -> ApiDocument {
    let template = "$context.authorizer.principalId";
    let of = |id: &str| json!({ "authorizationType": "CUSTOM", "authorizerId": id });
    let resources = [
        ("/a", mock(template, of("a"))),
        ("/aa", mock(template, of("aa"))),
        ("/aaa", mock(template, of("aaa"))),
    ];
    let uri = uri("tell-all");
    let token = |id: &str| {
        json!({ "id": id, "name": id, "type": "TOKEN", "authorizerUri": uri,
                "identitySource": "method.request.header.a" })
    };
    let both = json!({ "id": "aa", "name": "aa", "type": "REQUEST", "authorizerUri": uri,
                       "identitySource": "method.request.header.a,method.request.header.b" });
    let authorizers = [token("a"), both, token("aaa")];
    document(&resources, json!({ "id": api, "authorizers": authorizers }))
}

#[test]
fn a_kept_policy_answers_for_no_other_api_stage_or_identity() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("it is a runtime");
    let clock = clock();
    let mut options = options(&clock, &Calls::default());
    tell(&mut options);
    let plans: Vec<_> = APIS
        .iter()
        .flat_map(|api| STAGES.map(|stage| (api, stage)))
        .map(|(api, name)| {
            let plan = Plan::compile_with(&many(api), &stage(name), &options);
            Arc::new(plan.expect("it has a plan"))
        })
        .collect();
    let server = runtime.block_on(Server::start(&plans, &clock));
    let config = ProptestConfig::with_cases(24);
    proptest!(config, |(callers in callers())| {
        for caller in callers {
            let (api, stage, path) = (APIS[caller.api], STAGES[caller.stage], PATHS[caller.path]);
            let (a, b) = &caller.values;
            let host = format!("{api}.execute-api.localhost");
            let headers = [("host", &*host), ("a", a), ("b", b)];
            let target = format!("/{stage}{path}");
            let found = runtime.block_on(server.call("GET", &target, &headers));
            let arn = ARN.replace("a1b2c3d4e5", api);
            let who = if path == "/aa" { format!("{a:?}|{b:?}") } else { a.clone() };
            prop_assert_eq!(found.body, format!("{arn}/{stage} {who}"));
        }
    });
}
