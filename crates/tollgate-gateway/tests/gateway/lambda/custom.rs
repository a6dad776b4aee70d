//! Functions behind integrations of type AWS: sections 10.3, 11.1, 11.2, and 18, row 53.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tollgate_integration::lambda::LambdaEvent;

use super::{gateway, gateway_of, method, options, post};
use crate::support::{get, send};

/// A method whose default response is 200.
fn custom(function: &str, members: Value) -> Value {
    let mut all = members;
    if all.get("integrationResponses").is_none() {
        all["integrationResponses"] = json!({ "200": { "statusCode": "200" } });
    }
    method("AWS", function, all)
}

#[tokio::test]
async fn the_event_is_what_the_template_makes_or_the_body() {
    let templates = json!({
        "requestTemplates": {
            "application/json": "{\"pet\": $input.json('$.name'), \"verb\": \"$context.httpMethod\"}"
        }
    });
    let resources = [
        ("/template", custom("echo", templates)),
        ("/body", custom("echo", json!({}))),
    ];
    let gateway = gateway(&resources, json!({}));
    for (path, body, event) in [
        (
            "/template",
            r#"{"name": "Tom"}"#,
            r#"{"pet":"Tom","verb":"POST"}"#,
        ),
        ("/body", r#"{"name":"Tom"}"#, r#"{"name":"Tom"}"#),
        // A decision of ours: no body is an empty event.
        ("/body", "", "{}"),
    ] {
        let answer = send(&gateway, post(path, body)).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, event),
            "{path}"
        );
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(answer.headers.contains_key("x-amzn-trace-id"), "{path}");
    }
}

/// `test_lambda_selection_patterns`.
#[tokio::test]
async fn responses_are_selected_by_the_error_message() {
    let responses = json!({
        "integrationResponses": {
            "200": { "statusCode": "200", "selectionPattern": "" },
            "405": { "statusCode": "405", "selectionPattern": ".*four hundred.*" },
            "502": { "statusCode": "502", "selectionPattern": ".+" },
            "504": { "statusCode": "504", "selectionPattern": "200" }
        }
    });
    let resources = [
        ("/ok", custom("echo", responses.clone())),
        ("/fail", custom("fail", responses)),
    ];
    let gateway = gateway(&resources, json!({}));
    for (path, body, status) in [
        ("/ok", "{}", 200),
        ("/ok", "[]", 200),
        // An answer that looks like an error is none: the function succeeded.
        ("/ok", r#"{"errorMessage": "four hundred"}"#, 200),
        ("/fail", r#"{"say": "a four hundred error"}"#, 405),
        ("/fail", r#"{"say": "something else"}"#, 502),
    ] {
        let answer = send(&gateway, post(path, body)).await;
        assert_eq!(answer.status, status, "{path} {body}");
    }
    let answer = send(&gateway, post("/fail", r#"{"say": "x"}"#)).await;
    let error: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(error["errorMessage"], "x");
}

/// The developer guide's page "Handle custom Lambda errors".
#[tokio::test]
async fn an_error_that_is_json_is_parsed_for_mapped_headers() {
    let responses = json!({
        "integrationResponses": {
            "404": {
                "statusCode": "404",
                "selectionPattern": ".*NotFound.*",
                "responseParameters": {
                    "method.response.header.x-kind":
                        "integration.response.body.errorMessage.errorType",
                    "method.response.header.x-whole": "integration.response.body.errorMessage",
                    "method.response.header.x-type": "integration.response.body.errorType",
                    "method.response.header.x-failed":
                        "integration.response.header.X-Amz-Function-Error"
                },
                "responseTemplates": {
                    "application/json": "$input.path('$.errorMessage')"
                }
            }
        }
    });
    let gateway = gateway(&[("/", method("AWS", "fail", responses))], json!({}));
    let said = r#"{"errorType": "NotFound", "id": 7}"#;
    let event = json!({ "say": said }).to_string();
    let answer = send(&gateway, post("/", &event)).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.headers["x-kind"], "NotFound");
    let whole: Value = serde_json::from_slice(answer.headers["x-whole"].as_bytes()).unwrap();
    assert_eq!(whole, json!({"errorType": "NotFound", "id": 7}));
    assert_eq!(answer.headers["x-failed"], "Unhandled");
    assert!(answer.headers.contains_key("x-type"));
    // Templates see the text.
    assert_eq!(answer.body, said);
}

/// `test_lambda_asynchronous_invocation`.
#[tokio::test]
async fn a_mapping_or_a_client_may_ask_not_to_wait() {
    let ran = Arc::new(AtomicU32::new(0));
    let counter = ran.clone();
    let mut options = options();
    options
        .functions
        .register_fn("count", move |_: LambdaEvent<Value>| {
            counter.fetch_add(1, Ordering::SeqCst);
            async { Ok::<_, Infallible>("counted") }
        });
    let target = "integration.request.header.X-Amz-Invocation-Type";
    let always = json!({ "requestParameters": { target: "'Event'" } });
    let asked = json!({ "requestParameters": { target: "method.request.header.InvocationType" } });
    let resources = [
        ("/always", custom("count", always)),
        ("/asked", custom("count", asked)),
    ];
    let gateway = gateway_of(&resources, json!({}), &options);
    let mut expected = 0;
    for (path, header, status, body) in [
        ("/always", None, 200, ""),
        ("/asked", Some("Event"), 200, ""),
        ("/asked", None, 200, "\"counted\""),
        ("/asked", Some("RequestResponse"), 200, "\"counted\""),
        // A decision of ours.
        (
            "/asked",
            Some("Nonsense"),
            500,
            r#"{"message": "Internal server error"}"#,
        ),
    ] {
        let mut request = Request::post(path);
        if let Some(header) = header {
            request = request.header("InvocationType", header);
        }
        let request = request.body(Full::<Bytes>::from("{}")).unwrap();
        let answer = send(&gateway, request).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, body),
            "{path} {header:?}"
        );
        expected += u32::from(status == 200);
        while ran.load(Ordering::SeqCst) < expected {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn functions_are_named_by_stage_variables() {
    let resources = [
        (
            "/name",
            method("AWS_PROXY", "${stageVariables.fn}", json!({})),
        ),
        (
            "/alias",
            method("AWS_PROXY", "aliased:${stageVariables.alias}", json!({})),
        ),
        (
            "/missing",
            method("AWS_PROXY", "${stageVariables.missing}", json!({})),
        ),
    ];
    let gateway = gateway(&resources, json!({}));
    for (path, status) in [("/name", 200), ("/alias", 200), ("/missing", 500)] {
        assert_eq!(get(&gateway, path).await.status, status, "{path}");
    }
}
