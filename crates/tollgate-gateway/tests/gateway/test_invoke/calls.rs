//! Tests of methods that call somebody.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tollgate_core::ManualClock;
use tollgate_gateway::{CompileOptions, MAX_BODY_BYTES, TestInvoke, TestRequest};
use tollgate_iam::sigv4::Credentials;
use tollgate_integration::HttpClient;
use tollgate_integration::aws::{AwsClient, Endpoints};
use tollgate_integration::lambda::LambdaEvent;
use tollgate_model::HttpMethod;

use super::{document, get, get_with, lines, method, path, said};

/// An endpoint that answers with what it was sent, and a header.
pub(super) async fn endpoint() -> SocketAddr {
    answering(async |request: Request<Incoming>| {
        let head = format!("{} {}", request.method(), request.uri());
        let body = request.into_body().collect().await;
        let body = body.map(|body| body.to_bytes()).unwrap_or_default();
        let text = format!("{head} {}", String::from_utf8_lossy(&body));
        let response = Response::builder()
            .header("date", "today")
            .header("content-type", "text/plain");
        response.body(Full::from(text)).expect("it is a response")
    })
    .await
}

/// An endpoint whose body has so many bytes.
async fn endless(length: usize) -> SocketAddr {
    answering(move |_| async move { Response::new(Full::from(vec![b'a'; length])) }).await
}

async fn answering<F, A>(answer: F) -> SocketAddr
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<Full<Bytes>>> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let answered = answer(request);
                    async move { Ok::<_, Infallible>(answered.await) }
                });
                let http = hyper::server::conn::http1::Builder::new();
                // Who has read enough is gone.
                drop(http.serve_connection(TokioIo::new(stream), service).await);
            });
        }
    });
    address
}

/// The lines of the service, but for headers of its own.
#[tokio::test]
async fn the_log_tells_of_an_http_endpoint() {
    let address = endpoint().await;
    let integration = json!({
        "type": "HTTP",
        "httpMethod": "POST",
        "uri": format!("http://{address}/{{id}}"),
        "requestParameters": {
            "integration.request.path.id": "method.request.path.id",
            "integration.request.header.X-Mapped": "'m'"
        },
        "requestTemplates": { "application/json": "sent $input.body" }
    });
    let api = document(&[("/pets/{id}", method(integration))], json!({}));
    let mut request = path("/pets/7");
    request.body = Some("hello".to_owned());
    let response = get(&api, &request).await;
    assert_eq!(response.body, "POST /7 sent hello");
    let lines = lines(&response);
    let [
        _,
        _,
        _,
        _,
        _,
        _,
        body,
        uri,
        headers,
        sent,
        sending,
        answered,
        ..,
        done,
    ] = &lines[..]
    else {
        panic!("{lines:#?}");
    };
    assert_eq!(*body, "Method request body before transformations: hello");
    assert_eq!(*uri, format!("Endpoint request URI: http://{address}/7"));
    assert!(
        headers.starts_with("Endpoint request headers: {"),
        "{headers}"
    );
    for part in [
        "X-Mapped=m",
        "User-Agent=AmazonAPIGateway_",
        "X-Amzn-Trace-Id=Root=1-",
    ] {
        assert!(headers.contains(part), "{headers}");
    }
    assert_eq!(
        *sent,
        "Endpoint request body after transformations: sent hello"
    );
    assert_eq!(*sending, format!("Sending request to http://{address}/7"));
    assert_eq!(
        *answered,
        "Received response. Status: 200, Integration latency: 0 ms"
    );
    assert_eq!(*done, "Method completed with status: 200");
    let headers = said(&response, "Endpoint response headers");
    for part in ["Date=today", "Content-Type=text/plain", "Content-Length=18"] {
        assert!(headers.contains(part), "{headers}");
    }
    let body = said(&response, "Endpoint response body before transformations");
    assert_eq!(body, response.body);
    assert_eq!(lines.len(), 18);
    // The trace is first, and neither ids nor a length are shown.
    let names: Vec<_> = response.headers.keys().collect();
    assert_eq!(names, ["X-Amzn-Trace-Id", "Content-Type"]);
}

#[tokio::test]
async fn the_log_tells_of_an_aws_service_and_masks_secrets() {
    let address = endpoint().await;
    let mut options = CompileOptions::default();
    let url = format!("http://{address}").parse().expect("it is a URL");
    options.aws = AwsClient::new(HttpClient::default())
        .with_endpoints(Endpoints::default().with_all(url))
        .with_credentials(Arc::new(Credentials::new("AKIDEXAMPLE", "secret")));
    let integration = json!({
        "type": "AWS",
        "httpMethod": "POST",
        "uri": "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem",
        "requestTemplates": {
            "application/json": "{\"t\": \"$input.params('Authorization')\"}"
        }
    });
    let api = document(&[("/", method(integration))], json!({}));
    let mut request = path("/?X-Amz-Signature=abc");
    let token = "Bearer 0123456789abcdef";
    request.headers.insert("Authorization".into(), token.into());
    let response = get_with(&api, &options, &request).await;
    assert_eq!(response.status, 200, "{}", response.log);
    assert!(response.body.contains(token), "{}", response.body);
    assert!(!response.log.contains("0123456789"), "{}", response.log);
    for (name, expected) in [
        (
            "Method request headers",
            "{Authorization=******************bcdef}",
        ),
        ("Method request query string", "{X-Amz-Signature=***}"),
        (
            "Endpoint request body after transformations",
            "{\"t\": \"******************bcdef\"}",
        ),
    ] {
        assert!(
            said(&response, name).starts_with(expected),
            "{}",
            response.log
        );
    }
    assert!(said(&response, "Endpoint request headers").contains("X-Amz-Target="));
}

/// Events of tests have no headers of the gateway's (recorded on the service).
#[tokio::test]
async fn a_function_gets_the_event_of_a_test() {
    let mut options = CompileOptions::default();
    options
        .functions
        .register_fn("tell", async |event: LambdaEvent<Value>| {
            Ok::<_, Infallible>(json!({ "body": event.payload.to_string() }))
        });
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
               arn:aws:lambda:us-east-1:123456789012:function:tell/invocations";
    let integration = json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": uri });
    let api = document(&[("/x/{y}", method(integration))], json!({}));
    let response = get_with(&api, &options, &TestRequest::default()).await;
    let event: Value = serde_json::from_str(&response.body).expect("it is an event");
    assert_eq!(event["headers"], Value::Null);
    assert_eq!(event["path"], "/x/{y}");
    assert_eq!(event["pathParameters"], json!({ "y": "{y}" }));
    let context = &event["requestContext"];
    assert_eq!(context["stage"], "test-invoke-stage");
    assert_eq!(context["domainPrefix"], "testPrefix");
    assert_eq!(context["identity"]["sourceIp"], "test-invoke-source-ip");
    assert_eq!(context["identity"]["apiKeyId"], "test-invoke-api-key-id");
    assert_eq!(
        said(&response, "Endpoint request URI"),
        "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/\
         arn:aws:lambda:us-east-1:123456789012:function:tell/invocations"
    );
}

#[tokio::test]
async fn lines_have_the_time_at_which_they_were_written() {
    let clock = Arc::new(ManualClock::at_unix(Duration::from_secs(1_700_000_000)));
    let mut options = CompileOptions::default();
    let moving = clock.clone();
    let answer = move |_: LambdaEvent<Value>| {
        moving.advance(Duration::from_millis(1_087));
        std::future::ready(Ok::<_, Infallible>(json!({})))
    };
    options.functions.register_fn("slow", answer);
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
               arn:aws:lambda:us-east-1:123456789012:function:slow/invocations";
    let integration = json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": uri });
    let api = document(&[("/", method(integration))], json!({}));
    let tests = TestInvoke::new(&api, &options).with_clock(clock);
    let resource = "res000".into();
    let request = TestRequest::default();
    let tried = tests.invoke(&resource, HttpMethod::Get, &request).await;
    let response = tried.expect("there is such a method");
    assert_eq!(response.latency, Duration::from_millis(1_087));
    for line in [
        "\nTue Nov 14 22:13:20 UTC 2023 : Sending request to https://",
        "\nTue Nov 14 22:13:21 UTC 2023 : Received response. Status: 200, \
         Integration latency: 1087 ms\n",
        "\nTue Nov 14 22:13:21 UTC 2023 : Successfully completed execution\n",
    ] {
        assert!(response.log.contains(line), "{line}: {}", response.log);
    }
}

/// Logs of tests on the service are cut after 1,024 bytes of a line.
#[tokio::test]
async fn long_lines_are_cut_and_bodies_are_not() {
    let uri = format!("http://{}/", endpoint().await);
    let integration = json!({ "type": "HTTP_PROXY", "httpMethod": "POST", "uri": uri });
    let api = document(&[("/", method(integration))], json!({}));
    let name = "Method request body before transformations";
    let room = 1024 - name.len() - ": ".len();
    for (body, expected) in [
        ("x".repeat(room), "x".repeat(room)),
        (
            "x".repeat(room + 1),
            format!("{} [TRUNCATED]", "x".repeat(room)),
        ),
        (
            format!("{}ü", "x".repeat(room - 1)),
            format!("{} [TRUNCATED]", "x".repeat(room - 1)),
        ),
    ] {
        let mut request = path("/");
        request.body = Some(body.clone());
        let response = get(&api, &request).await;
        assert_eq!(said(&response, name), expected);
        assert!(response.body.ends_with(&body), "{}", response.body);
    }
}

#[tokio::test]
async fn bodies_have_the_limits_of_a_stage() {
    for (mode, length, expected) in [
        ("BUFFERED", MAX_BODY_BYTES, 200),
        ("BUFFERED", MAX_BODY_BYTES + 1, 500),
        ("STREAM", MAX_BODY_BYTES, 200),
        ("STREAM", MAX_BODY_BYTES + 1, 500),
    ] {
        let integration = json!({
            "type": "HTTP_PROXY",
            "httpMethod": "GET",
            "uri": format!("http://{}/", endless(length).await),
            "responseTransferMode": mode
        });
        let api = document(&[("/", method(integration))], json!({}));
        let response = get(&api, &path("/")).await;
        assert_eq!(response.status, expected, "{mode} {length}");
        let last = format!("Method completed with status: {expected}");
        assert_eq!(lines(&response).last().copied(), Some(&*last), "{mode}");
        assert!(response.log.len() < 4_000, "{}", response.log.len());
        if expected == 500 {
            assert_eq!(response.body, r#"{"message": "Internal server error"}"#);
            let names: Vec<_> = response.headers.keys().collect();
            assert_eq!(names, ["x-amzn-ErrorType"], "{mode}");
        }
    }
    let uri = format!("http://{}/", endpoint().await);
    let integration = json!({ "type": "HTTP", "httpMethod": "POST", "uri": uri });
    let api = document(&[("/", method(integration))], json!({}));
    let mut request = path("/");
    request.body = Some("a".repeat(MAX_BODY_BYTES + 1));
    let response = get(&api, &request).await;
    assert_eq!(response.status, 413);
    assert!(
        !response.log.contains("Sending request"),
        "{}",
        response.log
    );
}
