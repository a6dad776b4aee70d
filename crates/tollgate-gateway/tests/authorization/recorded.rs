//! Recordings of calls of protected methods: whoever replays them has neither keys nor functions.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method};
use serde_json::json;
use tollgate_core::ManualClock;
use tollgate_gateway::{
    CompileOptions, HeaderLine, RecordedRequest, Recorder, Recording, Secrets, Subject,
    TokenIssuers,
};

use crate::api::{
    Calls, HOST, clock, custom, document, mock, options, plan, says, stage, token_authorizer,
};
use crate::pools::{ISSUER, Jwks, POOL, token};
use crate::signatures::{ALICE, Client, iam, key, keys};

const TEMPLATE: &str = "$context.authorizer.principalId$context.authorizer.claims.sub\
    $context.identity.userArn $context.identity.user";

fn subject() -> Subject {
    let pool = json!({
        "id": "pool01", "name": "pool", "type": "COGNITO_USER_POOLS", "providerARNs": [POOL],
        "identitySource": "method.request.header.Authorization"
    });
    let of_pool = json!({ "authorizationType": "COGNITO_USER_POOLS", "authorizerId": "pool01" });
    let resources = [
        ("/custom", mock(TEMPLATE, custom())),
        ("/pool", mock(TEMPLATE, of_pool)),
        ("/signed", mock(TEMPLATE, iam())),
        ("/open", mock(TEMPLATE, json!({}))),
    ];
    let members = json!({ "authorizers": [token_authorizer(json!({})), pool] });
    Subject::new(document(&resources, members), stage("prod"))
}

fn all(clock: &Arc<ManualClock>, jwks: &Jwks) -> CompileOptions {
    let mut options = options(clock, &Calls::default());
    let pools = TokenIssuers::new().with_clock(clock.clone());
    let pools = pools.with_pool(POOL, ISSUER, &jwks.url());
    options.token_issuers = Arc::new(pools.expect("it is a URL"));
    options.caller_keys = keys([key("AKIDALICE", ALICE, Some("Allow"))]).caller_keys;
    options
}

fn request(path: &str, headers: &[(String, String)]) -> RecordedRequest {
    let target = path.parse().expect("it is a target");
    let mut request = RecordedRequest::new(Method::GET, target, Bytes::new());
    let lines = headers.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).expect("it is a value");
        HeaderLine::new(name.as_str(), value).expect("it is a name")
    });
    request.headers = lines.collect();
    request
}

#[tokio::test]
async fn callers_are_not_found_out_again() {
    let (clock, jwks) = (clock(), Jwks::start().await);
    let subject = subject();
    let plan = plan(&subject.document, &all(&clock, &jwks));
    let recorder = Recorder::new(plan).with_clock(clock.clone());
    let with = |value: String| vec![("authorization".to_owned(), value)];
    let signed = |id: &str| Client::new(id).headers(("GET", "/signed", HOST), "");
    for (row, path, headers, status) in [
        ("nobody is asked", "/open", vec![], 200),
        (
            "a function lets in",
            "/custom",
            with("allow".to_owned()),
            200,
        ),
        ("denies", "/custom", with("deny".to_owned()), 403),
        ("refuses", "/custom", with("nobody".to_owned()), 401),
        ("fails", "/custom", with("raise it broke".to_owned()), 500),
        ("a token", "/pool", with(token("id", json!({}))), 200),
        (
            "is over",
            "/pool",
            with(token("id", json!({ "exp": 1 }))),
            401,
        ),
        ("a signature", "/signed", signed("AKIDALICE"), 200),
        ("of nobody", "/signed", signed("AKIDBOB"), 403),
        ("none", "/signed", vec![], 403),
    ] {
        let recorded = recorder.record(request(path, &headers)).await;
        assert_eq!(recorded.response.status(), status, "{row}");
        for secrets in [Secrets::of(&recorded.steps), Secrets::shown()] {
            let recording = recorded.recording(subject.clone(), &secrets);
            let text = recording
                .and_then(|one| one.to_json())
                .expect("it can be written");
            let recording = Recording::from_json(text.as_bytes()).expect("it can be read");
            let replay = recording.replay().await.expect("it has a plan");
            assert!(replay.is_equal(), "{row}: {:?}", replay.differences);
            if secrets.is_hiding() && headers.iter().any(|(_, value)| value.len() >= 8) {
                let is_shown = |value: &str| value.len() >= 8 && text.contains(value);
                let shown = headers
                    .iter()
                    .find(|(name, value)| name == "authorization" && is_shown(value));
                assert!(shown.is_none(), "{row}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_resource_policy_is_judged_again() {
    let of = |effect: Option<&str>| {
        let members = json!({ "policy": says(effect) });
        Subject::new(
            document(&[("/", mock("ok", json!({})))], members),
            stage("prod"),
        )
    };
    let subject = of(Some("Allow"));
    let recorder = Recorder::new(subject.compile().expect("it has a plan")).with_clock(clock());
    let recorded = recorder.record(request("/", &[])).await;
    assert_eq!(recorded.response.status(), 200);
    let recording = recorded.recording(subject, &Secrets::of(&recorded.steps));
    let recording = recording.expect("it can be written");
    assert!(recording.replay().await.expect("it has a plan").is_equal());
    for (effect, status) in [(None, 200), (Some("silent"), 403), (Some("Deny"), 403)] {
        let plan = of(effect).compile().expect("it has a plan");
        assert_eq!(recording.replay_on(plan).await.status, status, "{effect:?}");
    }
}
