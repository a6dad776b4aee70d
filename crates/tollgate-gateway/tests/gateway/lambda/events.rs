//! What functions are told of requests: sections 2.4, 10.1, 16, and 18, rows 6 to 9.

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tollgate_core::OriginalHeaders;

use super::{gateway, post, proxy};
use crate::support::{get, send};

#[tokio::test]
async fn paths_and_queries_are_told_as_the_service_does() {
    let gateway = gateway(&[("/{proxy+}", proxy("tell", json!({})))], json!({}));
    for (target, path, parameter, query) in [
        ("/proxy-value", "/proxy-value", "proxy-value", Value::Null),
        // Percent-encoded in the path, decoded in the query.
        (
            "/a%2Fb%20c?x=a%2Fb%20c",
            "/a%2Fb%20c",
            "a%2Fb%20c",
            json!({"x": "a/b c"}),
        ),
        // A slash at the end is kept in the path, and stripped from the parameter.
        ("/a/b/", "/a/b/", "a/b", Value::Null),
        ("//a", "/a", "a", Value::Null),
        ("/a//b", "/a//b", "a//b", Value::Null),
        (
            "/a?category=electronics&category=books",
            "/a",
            "a",
            json!({"category": "books"}),
        ),
    ] {
        let answer = get(&gateway, target).await;
        assert_eq!(answer.status, 200, "{target}");
        let event: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(event["resource"], "/{proxy+}", "{target}");
        assert_eq!(event["path"], path, "{target}");
        assert_eq!(
            event["pathParameters"],
            json!({"proxy": parameter}),
            "{target}"
        );
        assert_eq!(event["queryStringParameters"], query, "{target}");
        let is_null = event["multiValueQueryStringParameters"].is_null();
        assert_eq!(is_null, query.is_null(), "{target}");
        assert_eq!(event["httpMethod"], "GET");
        let context = &event["requestContext"];
        assert_eq!(context["resourcePath"], "/{proxy+}", "{target}");
        assert_eq!(context["resourceId"], "res000", "{target}");
        assert_eq!(event["body"], Value::Null, "{target}");
        assert!(serde_json::from_str::<ApiGatewayProxyRequest>(&answer.body).is_ok());
    }
}

#[tokio::test]
async fn maps_without_members_are_null() {
    let gateway = gateway(&[("/", proxy("tell", json!({})))], json!({}));
    let answer = get(&gateway, "/").await;
    let event: Value = serde_json::from_str(&answer.body).unwrap();
    for member in [
        "pathParameters",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "body",
    ] {
        assert_eq!(event[member], Value::Null, "{member}");
    }
    let variables = json!({"fn": "tell", "alias": "live"});
    assert_eq!(event["stageVariables"], variables);
}

#[tokio::test]
async fn headers_keep_their_spelling() {
    let gateway = gateway(&[("/", proxy("tell", json!({})))], json!({}));
    let request = Request::get("/")
        .header("test-header", "aValUE")
        .header("content-type", "application/json;charset=utf-8")
        .header("connection", "close")
        .extension(OriginalHeaders::from_iter(["tEsT-HEADeR", "Content-Type"]));
    let answer = send(&gateway, request.body(Full::default()).unwrap()).await;
    let event: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(event["headers"]["tEsT-HEADeR"], "aValUE");
    assert_eq!(event["multiValueHeaders"]["tEsT-HEADeR"], json!(["aValUE"]));
    let content_type = &event["headers"]["Content-Type"];
    assert_eq!(content_type, "application/json;charset=utf-8");
    assert!(event["headers"].get("connection").is_none());
}

#[tokio::test]
async fn mapped_parameters_have_no_effect() {
    let mapped = json!({
        "requestParameters": {
            "integration.request.header.X-Mapped": "'value'",
            "integration.request.header.X-Amz-Invocation-Type": "'Event'",
            "integration.request.querystring.mapped": "'value'"
        }
    });
    let gateway = gateway(&[("/", proxy("tell", mapped))], json!({}));
    let answer = get(&gateway, "/").await;
    assert_eq!(answer.status, 200);
    assert!(!answer.body.contains("apped"), "{}", answer.body);
}

#[tokio::test]
async fn bodies_are_text_or_base64_by_their_type() {
    let binary = json!({ "binaryMediaTypes": ["image/*"] });
    let gateway = gateway(&[("/", proxy("tell", json!({})))], binary);
    for (content_type, body, told, is_base64) in [
        ("application/json", &b"{\"a\": 1}"[..], "{\"a\": 1}", false),
        ("image/png", b"\x89PNG", "iVBORw==", true),
        // What is no text is mangled, not refused.
        ("text/plain", b"\x89PNG", "\u{fffd}PNG", false),
    ] {
        let request = Request::post("/").header("content-type", content_type);
        let request = request.body(Full::from(Bytes::from(body))).unwrap();
        let answer = send(&gateway, request).await;
        let event: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(event["body"], told, "{content_type}");
        assert_eq!(event["isBase64Encoded"], is_base64, "{content_type}");
    }
}

/// Section 16: reported of the service.
#[tokio::test]
async fn events_over_six_megabytes_are_refused() {
    let gateway = gateway(&[("/", proxy("tell", json!({})))], json!({}));
    let answer = send(&gateway, post("/", &"a".repeat(6 * 1024 * 1024))).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.body, r#"{"message": "Request Too Long"}"#);
    assert_eq!(answer.headers["x-amzn-errortype"], "BadRequestException");
    // Over ten, the front door refuses.
    let answer = send(&gateway, post("/", &"a".repeat(10_485_761))).await;
    assert_eq!(answer.body, "HTTP content length exceeded 10485760 bytes.");
}
