//! Integrations that cannot be called, and functions that cannot be run: sections 8.1, 8.7, 8.8, 10.2,
//! and 18, rows 31 and 37.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tollgate_gateway::CompileOptions;
use tollgate_integration::lambda::{
    Invocation, InvokeFailure, Invoked, LambdaEvent, LambdaFunction,
};

use super::{gateway, gateway_of, method, options, proxy};
use crate::support::get;

const INTERNAL: &str = r#"{"message": "Internal server error"}"#;

#[tokio::test]
async fn what_cannot_be_called_is_500_and_a_diagnostic() {
    let responses = json!({ "integrationResponses": { "200": { "statusCode": "200" } } });
    let with = |name: &str, value: Value| {
        let mut members = responses.clone();
        members[name] = value;
        members
    };
    for kind in ["AWS_PROXY", "AWS"] {
        for (what, pointer, members) in [
            // Recorded for AWS_PROXY; for AWS a decision of ours.
            ("verb", "/httpMethod", with("httpMethod", json!("GET"))),
            ("any verb", "/httpMethod", with("httpMethod", json!("ANY"))),
            ("no verb", "/httpMethod", with("httpMethod", Value::Null)),
            ("no URI", "", with("uri", Value::Null)),
            (
                "no function",
                "/uri",
                with("uri", json!(super::uri("a:b:c:d:e"))),
            ),
            (
                "credentials of a caller whom nobody knows",
                "/credentials",
                with("credentials", json!("arn:aws:iam::*:user/*")),
            ),
            (
                "unknown function",
                "/uri",
                with("uri", json!(super::uri("nobody"))),
            ),
        ] {
            let gateway = gateway(&[("/", method(kind, "tell", members))], json!({}));
            let answer = get(&gateway, "/").await;
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (500, INTERNAL),
                "{kind} {what}"
            );
            let error_type = &answer.headers["x-amzn-errortype"];
            assert_eq!(error_type, "InternalServerErrorException");
            let plan = gateway.plan();
            let pointer = format!("/resources/0/resourceMethods/ANY/methodIntegration{pointer}");
            let is_told = plan.diagnostics().iter().any(|one| one.pointer == pointer);
            assert!(is_told, "{kind} {what}: {}", plan.diagnostics());
        }
    }
}

/// The table of mapping targets in section 8.7.
#[tokio::test]
async fn forbidden_headers_fail_every_request() {
    for kind in ["AWS_PROXY", "AWS"] {
        for (header, status) in [
            ("Content-Length", 500),
            ("Transfer-Encoding", 500),
            ("Authorization", 500),
            ("Connection", 500),
            ("Expect", 500),
            ("Proxy-Authenticate", 500),
            ("TE", 500),
            // Of the emulator.
            ("X-Amzn-Trace-Id", 500),
            ("X-Amzn-Apigateway-Api-Id", 500),
            ("Accept", 200),
            ("Host", 200),
            ("X-Other", 200),
        ] {
            let target = format!("integration.request.header.{header}");
            let members = json!({
                "requestParameters": { target: "'value'" },
                "integrationResponses": { "200": { "statusCode": "200" } }
            });
            let gateway = gateway(&[("/", method(kind, "tell", members))], json!({}));
            let answer = get(&gateway, "/").await;
            assert_eq!(answer.status, status, "{kind} {header}");
        }
    }
}

/// A function that cannot be run.
#[derive(Debug)]
struct Broken(InvokeFailure);

#[async_trait]
impl LambdaFunction for Broken {
    async fn invoke(&self, _: Invocation) -> Result<Invoked, InvokeFailure> {
        Err(self.0.clone())
    }
}

#[tokio::test]
async fn functions_that_cannot_be_run_are_gateway_responses() {
    let responses = json!({ "integrationResponses": { "200": { "statusCode": "200" } } });
    let too_long = r#"{"message": "Request Too Long"}"#;
    let timed_out = r#"{"message": "Endpoint request timed out"}"#;
    let network = r#"{"message": "Network error communicating with endpoint"}"#;
    for (failure, status, body) in [
        (InvokeFailure::AccessDenied("no".to_owned()), 500, INTERNAL),
        (InvokeFailure::NotFound("broken".to_owned()), 500, INTERNAL),
        (InvokeFailure::Throttled, 500, INTERNAL),
        (InvokeFailure::InvalidAnswer("x".to_owned()), 500, INTERNAL),
        (InvokeFailure::PayloadTooLarge, 413, too_long),
        (InvokeFailure::TimedOut(Duration::ZERO), 504, timed_out),
        (InvokeFailure::Unreachable("x".to_owned()), 504, network),
    ] {
        for kind in ["AWS_PROXY", "AWS"] {
            let mut options = CompileOptions::default();
            let broken = Arc::new(Broken(failure.clone()));
            options.functions.insert("broken", broken);
            let method = method(kind, "broken", responses.clone());
            let gateway = gateway_of(&[("/", method)], json!({}), &options);
            let answer = get(&gateway, "/").await;
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (status, body),
                "{kind} {failure}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn functions_have_the_time_of_their_integration() {
    let mut options = options();
    options
        .functions
        .register_fn("slow", async |_: LambdaEvent<Value>| {
            tokio::time::sleep(Duration::from_millis(150)).await;
            Ok::<_, std::convert::Infallible>(json!({}))
        });
    let resources = [
        ("/patient", proxy("slow", json!({ "timeoutInMillis": 200 }))),
        (
            "/impatient",
            proxy("slow", json!({ "timeoutInMillis": 100 })),
        ),
    ];
    let gateway = gateway_of(&resources, json!({}), &options);
    assert_eq!(get(&gateway, "/patient").await.status, 200);
    let answer = get(&gateway, "/impatient").await;
    assert_eq!(answer.status, 504);
    assert_eq!(answer.body, r#"{"message": "Endpoint request timed out"}"#);
}
