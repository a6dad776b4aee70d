//! Functions as HTTP services, and HTTP services as functions.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tollgate_core::{BinaryMediaTypes, Body, Rejection};
use tollgate_integration::lambda::{
    LambdaEvent, LambdaFunctions, LambdaService, MAX_PAYLOAD_BYTES, ServiceFunction,
};
use tower::{ServiceExt as _, service_fn};

/// Tells what it got of a request, or answers with bytes.
async fn service(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .expect("the test knows that it works")
        .to_bytes();
    if parts.uri.path() == "/bytes" {
        let response = Response::builder().header("content-type", "image/png");
        return Ok(response
            .body(Body::from(body))
            .expect("the test knows that it works"));
    }
    let values = parts.headers.get_all("x-a").iter();
    let values: Vec<_> = values
        .map(|value| value.to_str().expect("the test knows that it works"))
        .collect();
    let said = json!([
        parts.method.as_str(),
        parts.uri.to_string(),
        values,
        String::from_utf8_lossy(&body),
    ]);
    let response = Response::builder()
        .status(StatusCode::CREATED)
        .header("set-cookie", "a=1")
        .header("set-cookie", "b=2")
        .header("content-length", "7")
        .header("keep-alive", "timeout=5");
    Ok(response
        .body(Body::from(said.to_string()))
        .expect("the test knows that it works"))
}

/// The service behind a function, and the function as a service again.
fn there_and_back() -> LambdaService {
    let function = ServiceFunction::new(service_fn(service));
    LambdaService::new(Arc::new(function))
}

async fn send(service: LambdaService, request: Request<Full<Bytes>>) -> (Response<()>, Bytes) {
    let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
    let body = body
        .collect()
        .await
        .expect("the test knows that it works")
        .to_bytes();
    (Response::from_parts(parts, ()), body)
}

#[tokio::test]
async fn requests_and_responses_survive_events() {
    let request = Request::put("/a%20b/c?x=1&y=a+b&x=%26")
        .header("x-a", "1")
        .header("x-a", "2")
        .body(Full::from("text é"))
        .unwrap();
    let (head, body) = send(there_and_back(), request).await;
    assert_eq!(head.status(), 201);
    let cookies: Vec<_> = head.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    for name in ["content-length", "keep-alive"] {
        let renamed = format!("x-amzn-remapped-{name}");
        let is_told = head.headers().contains_key(name) || head.headers().contains_key(renamed);
        assert!(!is_told, "{name}");
    }
    let said: Value = serde_json::from_slice(&body).unwrap();
    let target = "/a%20b/c?x=1&x=%26&y=a+b";
    assert_eq!(said, json!(["PUT", target, ["1", "2"], "text é"]));
}

#[tokio::test]
async fn bytes_survive_where_their_type_is_binary() {
    let types = || BinaryMediaTypes::from_iter(["image/*"]);
    let bytes = Bytes::from_static(b"\x89PNG\xff");
    for (types, accept, expected) in [
        (types(), "image/png", Some(bytes.clone())),
        (types(), "text/html", None),
        (BinaryMediaTypes::default(), "image/png", None),
    ] {
        let request = Request::post("/bytes")
            .header("content-type", "image/png")
            .header("accept", accept)
            .body(Full::new(bytes.clone()))
            .unwrap();
        let service = there_and_back().with_binary_media_types(types);
        let (head, body) = send(service, request).await;
        assert_eq!(head.headers()["content-type"], "image/png");
        assert_eq!(body == bytes, expected.is_some(), "{accept}");
    }
}

#[tokio::test]
async fn what_fails_is_a_gateway_response() {
    let mut functions = LambdaFunctions::new();
    functions.register_fn("malformed", async |_: LambdaEvent<Value>| {
        Ok::<_, Infallible>(json!({"cookies": []}))
    });
    functions.register_fn("fails", async |_: LambdaEvent<Value>| Err::<(), _>("boom"));
    let large = Bytes::from(vec![b'a'; MAX_PAYLOAD_BYTES + 1]);
    for (name, body, status, reason) in [
        (
            "malformed",
            Bytes::new(),
            502,
            "Malformed Lambda proxy response",
        ),
        ("fails", Bytes::new(), 502, "customer function error: boom"),
        ("fails", large, 413, "too large"),
    ] {
        let function = functions.find(&name.parse().unwrap()).unwrap();
        let request = Request::post("/").body(Full::new(body)).unwrap();
        let (head, _) = send(LambdaService::new(function), request).await;
        assert_eq!(head.status(), status, "{name}");
        let rejection = head.extensions().get::<Rejection>();
        let said = rejection.and_then(Rejection::reason).unwrap_or_default();
        assert!(said.contains(reason), "{name}: {said}");
    }
}

#[tokio::test]
async fn a_service_refuses_what_is_no_event() {
    use tollgate_integration::lambda::{Invocation, LambdaFunction as _};
    let function = ServiceFunction::new(service_fn(service));
    for event in [
        "{}",
        "[]",
        r#"{"httpMethod":"GET","path":"/?a"}"#,
        r#"{"httpMethod":"G T","path":"/"}"#,
        r#"{"httpMethod":"GET","path":"a b"}"#,
        r#"{"httpMethod":"GET","path":"/","body":"!","isBase64Encoded":true}"#,
        r#"{"httpMethod":"GET","path":"/","headers":{"a b":"c"}}"#,
    ] {
        let timeout = std::time::Duration::from_secs(1);
        let invoked = function.invoke(Invocation::new(event, timeout)).await;
        let invoked = invoked.unwrap();
        assert!(invoked.function_error.is_some(), "{event}");
    }
    let event = r#"{"httpMethod":"GET","path":"/","headers":{"x-a":"1"},"queryStringParameters":{"a":"b"}}"#;
    let timeout = std::time::Duration::from_secs(1);
    let invoked = function
        .invoke(Invocation::new(event, timeout))
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(invoked.payload.as_bytes().unwrap()).unwrap();
    assert_eq!(answer["body"], r#"["GET","/?a=b",["1"],""]"#);
    assert_eq!(answer["isBase64Encoded"], false);
}
