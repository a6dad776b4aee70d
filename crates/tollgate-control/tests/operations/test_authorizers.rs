//! Authorizers on trial, and their answers forgotten.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tollgate_integration::lambda::LambdaEvent;

use crate::support::{Plane, id_of};

const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
                   arn:aws:lambda:us-east-1:123456789012:function:who/invocations";

/// A plane whose function `who` lets those in who say `ada`, with how often it was asked, and an API
/// that asks it.
async fn world() -> (Plane, Arc<AtomicUsize>, String, String) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let plane = Plane::with_options(|options| {
        let who = move |event: LambdaEvent<Value>| {
            count.fetch_add(1, Ordering::Relaxed);
            let effect = match event.payload["authorizationToken"].as_str() {
                Some("ada") => "Allow",
                _ => "Deny",
            };
            let statement = json!({
                "Effect": effect, "Action": "execute-api:Invoke", "Resource": "*",
            });
            let answer = json!({
                "principalId": "ada",
                "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
            });
            std::future::ready(Ok::<_, Infallible>(answer))
        };
        options.compile.functions.register_fn("who", who);
    })
    .await;
    let (api, _) = plane.new_api().await;
    let all = format!("/restapis/{api}/authorizers");
    let body = json!({
        "name": "who",
        "type": "TOKEN",
        "authorizerUri": URI,
        "identitySource": "method.request.header.Authorization",
    });
    let id = id_of(&plane.done(201, "POST", &all, body).await);
    (plane, asked, format!("/restapis/{api}"), id)
}

#[tokio::test]
async fn an_authorizer_is_tried_before_it_is_deployed() {
    let (plane, asked, api, id) = world().await;
    let path = format!("{api}/authorizers/{id}");
    let body = json!({"headers": {"Authorization": "ada"}, "pathWithQueryString": "/pets?a=b"});
    for _ in 0..2 {
        let tried = plane.done(200, "POST", &path, body.clone()).await;
        assert_eq!(tried["clientStatus"], 0);
        assert_eq!(tried["principalId"], "ada");
        let policy = tried["policy"].as_str().expect("it is text");
        assert!(policy.contains("\"Allow\""), "{policy}");
        let log = tried["log"].as_str().expect("it is text");
        assert!(
            log.contains("Successfully completed authorizer execution"),
            "{log}"
        );
    }
    // Nothing is kept of a test.
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    let tried = plane.done(200, "POST", &path, json!({})).await;
    assert_eq!(tried["clientStatus"], 401);
    assert_eq!(tried.get("principalId"), None);
}

#[tokio::test]
async fn what_is_no_test_is_refused() {
    let (plane, _, api, id) = world().await;
    let path = format!("{api}/authorizers/{id}");
    for (body, expected) in [
        (
            json!({"pathWithQueryString": "pets"}),
            "begins with a slash",
        ),
        (
            json!({"pathWithQueryString": "/\u{7}"}),
            "pathWithQueryString",
        ),
        (json!({"headers": {"a b": "c"}}), "header \"a b\""),
        (json!({"multiValueHeaders": {"a": ["b\n"]}}), "header a"),
        (
            json!({"additionalContext": {"a": "b"}}),
            "additionalContext",
        ),
    ] {
        let answer = plane.ask("POST", &path, body).await;
        let message = answer.body["message"].as_str().expect("it is text");
        assert_eq!(answer.status, 400, "{message}");
        assert!(message.contains(expected), "{message}");
    }
    let answer = plane
        .ask("POST", &format!("{api}/authorizers/other"), json!({}))
        .await;
    let gone = "Invalid Authorizer identifier specified";
    answer.refused(404, "NotFoundException", gone);
}

#[tokio::test]
async fn what_a_stages_authorizers_answered_is_forgotten() {
    let (plane, _, api, _) = world().await;
    let root = plane.done(200, "GET", &api, json!(null)).await["rootResourceId"].clone();
    let root = root.as_str().expect("it is text");
    let method = format!("{api}/resources/{root}/methods/GET");
    let body = json!({"authorizationType": "NONE"});
    plane.done(201, "PUT", &method, body).await;
    let body = json!({"type": "MOCK"});
    let integration = format!("{method}/integration");
    plane.done(201, "PUT", &integration, body).await;
    plane.deployed(&api, json!({"stageName": "prod"})).await;
    let flush = |stage: &str| format!("{api}/stages/{stage}/cache/authorizers");
    plane.done(202, "DELETE", &flush("prod"), json!(null)).await;
    let answer = plane.ask("DELETE", &flush("other"), json!(null)).await;
    answer.refused(
        404,
        "NotFoundException",
        "Invalid stage identifier specified",
    );
}
