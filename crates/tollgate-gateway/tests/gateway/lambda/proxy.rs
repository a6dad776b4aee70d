//! What clients see of functions behind AWS_PROXY: sections 10.2, 12.5, 12.6, and 18, rows 38 to 42.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tollgate_core::{Body, ManualClock, Rejection};
use tollgate_gateway::{CompileOptions, Trace};
use tollgate_integration::lambda::LambdaEvent;
use tower::ServiceExt as _;

use super::{gateway, gateway_of, post, proxy};
use crate::support::send;

#[tokio::test]
async fn answers_become_responses() {
    let gateway = gateway(&[("/", proxy("answer", json!({})))], json!({}));
    for (answer, status, headers, body) in [
        (json!({"statusCode": 200}), 200, &[][..], ""),
        (json!({}), 200, &[], ""),
        (json!({"headers": null}), 200, &[], ""),
        (json!({"statusCode": "201"}), 201, &[], ""),
        (
            json!({"headers": {"x-a": true}}),
            200,
            &[("x-a", "true")],
            "",
        ),
        (
            json!({
                "headers": {"header-a": "value-solo"},
                "multiValueHeaders": {"Header-A": ["value-multi"]}
            }),
            200,
            &[("header-a", "value-multi"), ("header-a", "value-solo")],
            "",
        ),
        (
            json!({"statusCode": 404, "headers": {"Content-Type": "text/plain"}, "body": "no"}),
            404,
            &[("content-type", "text/plain")],
            "no",
        ),
        (
            json!({"headers": {"Server": "me", "WWW-Authenticate": "Basic", "Transfer-Encoding": "x"}}),
            200,
            &[
                ("x-amzn-remapped-server", "me"),
                ("x-amzn-remapped-www-authenticate", "Basic"),
            ],
            "",
        ),
    ] {
        let text = answer.to_string();
        let found = send(&gateway, post("/", &text)).await;
        assert_eq!(
            (found.status, found.body.as_str()),
            (status, body),
            "{text}"
        );
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        for (name, _) in headers {
            let values = found.headers.get_all(*name).iter();
            let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
            let expected = headers.iter().filter(|(known, _)| known == name);
            let expected: Vec<_> = expected.map(|(_, value)| *value).collect();
            assert_eq!(values, expected, "{text}");
        }
        if !names.contains(&"content-type") {
            assert_eq!(found.headers["content-type"], "application/json", "{text}");
        }
        // Section 12.5.
        assert!(found.headers.contains_key("x-amzn-requestid"), "{text}");
        assert!(found.headers.contains_key("x-amz-apigw-id"), "{text}");
        assert!(found.headers.contains_key("x-amzn-trace-id"), "{text}");
        assert!(!found.headers.contains_key("x-amzn-errortype"), "{text}");
        assert!(!found.headers.contains_key("transfer-encoding"), "{text}");
    }
}

#[tokio::test]
async fn malformed_answers_and_failures_are_502() {
    let resources = [
        ("/answer", proxy("answer", json!({}))),
        ("/fail", proxy("fail", json!({}))),
        ("/echo", proxy("echo", json!({}))),
    ];
    let gateway = gateway(&resources, json!({}));
    for (path, body) in [
        ("/answer", r#"{"statusCode": "test"}"#),
        ("/answer", r#"{"statusCode": 200, "wrongValue": "value"}"#),
        ("/answer", r#"{"multiValueHeaders": {"x-a": "value"}}"#),
        ("/answer", r#""text""#),
        // Reported.
        ("/answer", r#"{"cookies": []}"#),
        ("/answer", r#"{"body": {"a": 1}}"#),
        ("/answer", "[]"),
        ("/answer", "null"),
        // The function itself fails.
        ("/answer", "no JSON"),
        ("/fail", ""),
        // It answers with an event, which has other members.
        ("/echo", ""),
    ] {
        let found = send(&gateway, post(path, body)).await;
        assert_eq!(found.status, 502, "{path} {body}");
        assert_eq!(found.body, r#"{"message": "Internal server error"}"#);
        let error_type = &found.headers["x-amzn-errortype"];
        assert_eq!(error_type, "InternalServerErrorException");
        assert!(!found.headers.contains_key("x-amzn-trace-id"), "{path}");
    }
}

#[tokio::test]
async fn operators_are_told_why() {
    let resources = [
        ("/answer", proxy("answer", json!({}))),
        ("/fail", proxy("fail", json!({}))),
    ];
    let gateway = gateway(&resources, json!({}));
    for (path, reason) in [
        ("/answer", "Malformed Lambda proxy response: "),
        (
            "/fail",
            "Lambda execution failed with status 200 due to customer function error: it failed. \
             Lambda request id: unknown",
        ),
    ] {
        let response: Response<Body> = gateway.clone().oneshot(post(path, "[]")).await.unwrap();
        let rejection = response.extensions().get::<Rejection>();
        let said = rejection.and_then(Rejection::reason).unwrap();
        assert!(said.starts_with(reason), "{said}");
    }
}

/// `test_aws_proxy_binary_response`: the request's `Accept` alone decides.
#[tokio::test]
async fn base64_is_decoded_by_accept_alone() {
    for (types, accept, content_type, body, expected) in [
        (
            json!(["image/png"]),
            Some("image/png"),
            "x/y",
            "aGk=",
            Ok("hi"),
        ),
        (
            json!(["image/png"]),
            Some("image/png,image/*,*/*;q=0.8"),
            "x/y",
            "aGk=",
            Ok("hi"),
        ),
        (
            json!(["image/png"]),
            Some("image/webp,image/png"),
            "image/png",
            "aGk=",
            Ok("aGk="),
        ),
        (
            json!(["image/png"]),
            Some("image/*"),
            "image/png",
            "aGk=",
            Ok("aGk="),
        ),
        (
            json!(["image/png"]),
            Some("*/*"),
            "image/png",
            "aGk=",
            Ok("aGk="),
        ),
        (json!(["image/png"]), None, "image/png", "aGk=", Ok("aGk=")),
        (json!(["*/*"]), None, "x/y", "aGk=", Ok("hi")),
        (
            json!([]),
            Some("image/png"),
            "image/png",
            "aGk=",
            Ok("aGk="),
        ),
        (
            json!(["image/png"]),
            Some("image/png"),
            "x/y",
            "no base64!",
            Err(500),
        ),
        (
            json!(["image/png"]),
            None,
            "x/y",
            "no base64!",
            Ok("no base64!"),
        ),
    ] {
        let members = json!({ "binaryMediaTypes": types });
        let answer = json!({
            "headers": { "Content-Type": content_type },
            "body": body,
            "isBase64Encoded": true
        });
        let mut options = CompileOptions::default();
        options
            .functions
            .register_fn("fixed", move |_: LambdaEvent<Value>| {
                let answer = answer.clone();
                async { Ok::<_, Infallible>(answer) }
            });
        let gateway = gateway_of(&[("/", proxy("fixed", json!({})))], members, &options);
        let mut request = Request::get("/");
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let request = request.body(Full::default()).unwrap();
        let found = send(&gateway, request).await;
        let found = match found.status {
            200 => Ok(found.body),
            status => Err(status),
        };
        let expected = expected.map(str::to_owned);
        assert_eq!(found, expected, "{types} {accept:?}");
    }
}

#[tokio::test]
async fn traces_show_the_event_and_the_answer() {
    let trace = Arc::new(Trace::new(Arc::new(ManualClock::default())));
    let gateway = gateway(&[("/", proxy("answer", json!({})))], json!({}));
    let gateway = gateway.with_observer(trace.clone());
    let response = gateway.oneshot(post("/", r#"{"body": "hi"}"#)).await;
    drop(response.unwrap().into_body().collect().await.unwrap());
    let steps = format!("{:?}", trace.take());
    for part in [
        "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:\
         123456789012:function:answer/invocations",
        "isBase64Encoded",
    ] {
        assert!(steps.contains(part), "{steps}");
    }
}
