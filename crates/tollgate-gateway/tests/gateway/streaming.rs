//! `responseTransferMode`: section 17.8 of the data plane's reference, and the developer guide's pages on
//! response streaming.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tollgate_core::{Body, BoxError, Severity};
use tollgate_gateway::{
    CompileOptions, Gateway, MAX_BODY_BYTES, Plan, RecordedRequest, Recorder, Trace, TraceEvent,
};
use tollgate_integration::lambda::{
    Invocation, InvokeFailure, Invoked, LambdaFunction, MAX_PAYLOAD_BYTES, ServiceFunction,
    StreamFailure,
};
use tollgate_model::Stage;
use tower::{ServiceExt as _, service_fn};

use crate::support::{document, gateway_with};

const BUFFERED_URI: &str =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations";
const STREAM_URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/f/response-streaming-invocations";

fn method(integration: &Value) -> Value {
    json!({ "ANY": {
        "httpMethod": "ANY",
        "methodResponses": { "200": { "statusCode": "200" } },
        "methodIntegration": integration
    } })
}

fn http_proxy(address: SocketAddr, mode: &str) -> Value {
    method(&json!({
        "type": "HTTP_PROXY", "httpMethod": "GET", "uri": format!("http://{address}/"),
        "responseTransferMode": mode
    }))
}

fn lambda_proxy(uri: &str, mode: &str) -> Value {
    method(&json!({
        "type": "AWS_PROXY", "httpMethod": "POST", "uri": uri, "responseTransferMode": mode
    }))
}

fn stage() -> Stage {
    Stage::new("prod".parse().expect("it is a stage name"))
}

fn plan(resources: &[(&str, Value)], members: Value, options: &CompileOptions) -> Plan {
    let document = document(resources, members);
    Plan::compile_with(&document, &stage(), options).expect("the document has a plan")
}

fn gateway(resources: &[(&str, Value)], members: Value, options: &CompileOptions) -> Gateway {
    gateway_with(&document(resources, members), &stage(), options)
}

/// An endpoint that answers every request with this head and so many bytes, and closes.
async fn endpoint(head: &'static str, length: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            let mut answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n").into_bytes();
            answer.resize(answer.len() + length, b'a');
            // Who has read enough is gone.
            drop(stream.write_all(&answer).await);
        }
    });
    address
}

async fn ask(gateway: &Gateway, path: &str) -> Response<Body> {
    let request = Request::get(path)
        .header("accept-encoding", "gzip")
        .body(Full::<Bytes>::default());
    let request = request.expect("it is a request");
    gateway.clone().oneshot(request).await.expect("it answers")
}

/// How many bytes arrive, and whether that is all.
async fn read(response: Response<Body>) -> (usize, bool) {
    let mut body = response.into_body();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => length += frame.data_ref().map_or(0, Bytes::len),
            Err(_) => return (length, false),
        }
    }
    (length, true)
}

const PAST: usize = MAX_BODY_BYTES + 1;

#[tokio::test]
async fn streams_have_no_size() {
    // Until the connection is closed: it does not say how long it is.
    let unknown = endpoint("", PAST).await;
    let known = endpoint("Content-Length: 10485761\r\n", PAST).await;
    let resources = [
        ("/unknown/stream", http_proxy(unknown, "STREAM")),
        ("/unknown/buffered", http_proxy(unknown, "BUFFERED")),
        ("/known/stream", http_proxy(known, "STREAM")),
        ("/known/buffered", http_proxy(known, "BUFFERED")),
    ];
    let gateway = gateway(&resources, json!({}), &CompileOptions::default());
    for path in ["/unknown/stream", "/known/stream"] {
        let response = ask(&gateway, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(read(response).await, (PAST, true), "{path}");
    }
    let (length, is_whole) = read(ask(&gateway, "/unknown/buffered").await).await;
    assert!(length <= MAX_BODY_BYTES && !is_whole, "{length}");
    assert_eq!(ask(&gateway, "/known/buffered").await.status(), 500);
}

#[tokio::test]
async fn a_stream_that_breaks_off_does_not_look_whole() {
    let short = endpoint("Content-Length: 9\r\n", 5).await;
    let resources = [("/", http_proxy(short, "STREAM"))];
    let gateway = gateway(&resources, json!({}), &CompileOptions::default());
    assert_eq!(read(ask(&gateway, "/").await).await, (5, false));
}

/// A function that gives the same answer in two pieces, and whether it was asked for a stream.
#[derive(Clone, Debug, Default)]
struct Function {
    was_streamed: Arc<Mutex<Vec<bool>>>,
    breaks_off: bool,
}

const METADATA: &str = "{\"statusCode\": 201, \"headers\": {\"content-type\": \"image/png\", \
                        \"date\": \"x\"}}\0\0\0\0\0\0\0\0";

#[async_trait]
impl LambdaFunction for Function {
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let mut was_streamed = self.was_streamed.lock().expect("nobody panicked with it");
        was_streamed.push(invocation.is_streamed);
        if !invocation.is_streamed {
            return Ok(Invoked::new(r#"{"body": "whole"}"#));
        }
        let mut pieces: Vec<Result<_, BoxError>> = vec![
            Ok(Frame::data(Bytes::from(METADATA))),
            Ok(Frame::data(Bytes::from_static(b"\x89PNG\0\xff"))),
        ];
        if self.breaks_off {
            pieces.push(Err(StreamFailure::new("Oops", "no luck").into()));
        }
        Ok(Invoked::new(Body::stream(StreamBody::new(stream::iter(
            pieces,
        )))))
    }
}

fn options(function: impl LambdaFunction + 'static) -> CompileOptions {
    let mut options = CompileOptions::default();
    options.functions.insert("f", Arc::new(function));
    options
}

#[tokio::test]
async fn functions_stream_whatever_their_uri() {
    let function = Function::default();
    let resources = [
        ("/a", lambda_proxy(STREAM_URI, "STREAM")),
        ("/b", lambda_proxy(BUFFERED_URI, "STREAM")),
        ("/c", lambda_proxy(STREAM_URI, "BUFFERED")),
        ("/d", lambda_proxy(BUFFERED_URI, "BUFFERED")),
    ];
    let gateway = gateway(&resources, json!({}), &options(function.clone()));
    for path in ["/a", "/b"] {
        let response = ask(&gateway, path).await;
        assert_eq!(response.status(), 201, "{path}");
        assert_eq!(response.headers()["content-type"], "image/png");
        assert_eq!(response.headers()["x-amzn-remapped-date"], "x");
        assert!(response.headers().contains_key("x-amzn-trace-id"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        // Bytes, though the API has no binary media types.
        assert_eq!(body, &b"\x89PNG\0\xff"[..], "{path}");
    }
    for path in ["/c", "/d"] {
        let response = ask(&gateway, path).await;
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "whole", "{path}");
    }
    let was_streamed = function.was_streamed.lock().unwrap();
    assert_eq!(*was_streamed, [true, true, false, false]);
}

#[tokio::test]
async fn functions_that_fail_are_refused_or_break_off() {
    let function = Function {
        breaks_off: true,
        ..Function::default()
    };
    let resources = [("/", lambda_proxy(STREAM_URI, "STREAM"))];
    let broken = gateway(&resources, json!({}), &options(function));
    let response = ask(&broken, "/").await;
    assert_eq!(response.status(), 201);
    assert_eq!(read(response).await, (6, false));

    let mut options = CompileOptions::default();
    let answer = async |_| Ok::<_, Infallible>(json!({ "body": "not streamed" }));
    options
        .functions
        .register_fn::<Value, _, _, _, _>("f", answer);
    let malformed = gateway(&resources, json!({}), &options);
    assert_eq!(ask(&malformed, "/").await.status(), 502);
}

#[tokio::test]
async fn answers_of_functions_have_a_size_unless_they_stream() {
    const FRAME: usize =
        r#"{"statusCode":200,"multiValueHeaders":null,"body":"","isBase64Encoded":false}"#.len();
    let resources = [
        ("/stream/{length}", lambda_proxy(STREAM_URI, "STREAM")),
        ("/buffered/{length}", lambda_proxy(BUFFERED_URI, "BUFFERED")),
    ];
    let router = service_fn(async |request: Request<Body>| {
        let length = request.uri().path().rsplit('/').next().unwrap_or_default();
        let length = length.parse().unwrap_or_default();
        Ok::<_, Infallible>(Response::new(Full::from("x".repeat(length))))
    });
    let gateway = gateway(
        &resources,
        json!({}),
        &options(ServiceFunction::new(router)),
    );
    let most = MAX_PAYLOAD_BYTES - FRAME;
    for (path, length, status) in [
        ("buffered", most, 200),
        ("buffered", most + 1, 502),
        ("buffered", PAST, 502),
        ("stream", MAX_PAYLOAD_BYTES + 1, 200),
        ("stream", PAST, 200),
    ] {
        let response = ask(&gateway, &format!("/{path}/{length}")).await;
        assert_eq!(response.status(), status, "{path} {length}");
        if status == 200 {
            assert_eq!(read(response).await, (length, true), "{path} {length}");
        }
    }
}

#[tokio::test]
async fn streams_are_not_compressed() {
    let address = endpoint("", 1_000).await;
    let router = service_fn(async |_: Request<Body>| {
        Ok::<_, Infallible>(Response::new(Full::from("x".repeat(1_000))))
    });
    let resources = [
        ("/stream", http_proxy(address, "STREAM")),
        ("/buffered", http_proxy(address, "BUFFERED")),
        ("/function", lambda_proxy(STREAM_URI, "STREAM")),
        ("/function/buffered", lambda_proxy(BUFFERED_URI, "BUFFERED")),
    ];
    let members = json!({ "minimumCompressionSize": 0 });
    let gateway = gateway(&resources, members, &options(ServiceFunction::new(router)));
    for (path, is_compressed) in [
        ("/stream", false),
        ("/buffered", true),
        ("/function", false),
        ("/function/buffered", true),
        // A refusal is none of the endpoint's.
        ("/nowhere", true),
    ] {
        let response = ask(&gateway, path).await;
        let has_coding = response.headers().contains_key("content-encoding");
        assert_eq!(has_coding, is_compressed, "{path}");
        if !is_compressed {
            assert_eq!(read(response).await, (1_000, true), "{path}");
        }
    }
}

#[tokio::test]
async fn traces_leave_streams_alone_and_recordings_have_them_whole() {
    let resources = [("/", lambda_proxy(STREAM_URI, "STREAM"))];
    let options = options(Function::default());
    let clock = Arc::new(tollgate_core::SystemClock::new());
    let trace = Arc::new(Trace::new(clock));
    let gateway = gateway(&resources, json!({}), &options).with_observer(trace.clone());
    let response = ask(&gateway, "/").await;
    assert_eq!(read(response).await, (6, true));
    let steps = trace.take();
    let told = steps.iter().filter_map(|step| match &step.event {
        TraceEvent::IntegrationResponse { body, .. } => Some(body.is_some()),
        TraceEvent::MethodResponse { body, .. } => Some(body.is_some()),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [false, false]);
    let uri = steps.iter().find_map(|step| match &step.event {
        TraceEvent::IntegrationRequest { uri, .. } => Some(uri.to_string()),
        _ => None,
    });
    assert!(
        uri.unwrap()
            .ends_with("/functions/f/response-streaming-invocations")
    );

    let recorder = Recorder::new(plan(&resources, json!({}), &options));
    let request = RecordedRequest::new(http::Method::GET, "/".parse().unwrap(), Bytes::new());
    let recorded = recorder.record(request).await;
    assert_eq!(recorded.response.status(), 201);
    assert_eq!(recorded.response.body(), &b"\x89PNG\0\xff"[..]);
}

#[test]
fn what_has_no_effect_or_is_refused_elsewhere_is_told() {
    let mocked = |kind: &str, uri: &str, mode: &str| {
        method(&json!({
            "type": kind, "httpMethod": "POST", "uri": uri, "responseTransferMode": mode,
            "integrationResponses": { "200": { "statusCode": "200" } }
        }))
    };
    let timed = |mode: &str, millis: u32| {
        let mut method = mocked("HTTP_PROXY", "http://127.0.0.1:1/", mode);
        method["ANY"]["methodIntegration"]["timeoutInMillis"] = millis.into();
        method
    };
    let options = options(Function::default());
    for (method, pointer, text) in [
        (
            mocked("HTTP_PROXY", "http://127.0.0.1:1/", "STREAM"),
            "",
            "",
        ),
        (mocked("AWS_PROXY", STREAM_URI, "STREAM"), "", ""),
        (mocked("AWS_PROXY", BUFFERED_URI, "BUFFERED"), "", ""),
        (
            mocked("HTTP", "http://127.0.0.1:1/", "STREAM"),
            "responseTransferMode",
            "of type HTTP,",
        ),
        (
            mocked("MOCK", "", "STREAM"),
            "responseTransferMode",
            "of type MOCK,",
        ),
        (
            mocked("AWS", BUFFERED_URI, "STREAM"),
            "responseTransferMode",
            "of type AWS,",
        ),
        (
            mocked("AWS", STREAM_URI, "BUFFERED"),
            "uri",
            "refuses this URI without STREAM",
        ),
        (
            mocked("AWS_PROXY", BUFFERED_URI, "STREAM"),
            "uri",
            "refuses STREAM beside this URI",
        ),
        (
            mocked("AWS_PROXY", STREAM_URI, "BUFFERED"),
            "uri",
            "refuses this URI without STREAM",
        ),
        (timed("STREAM", 900_000), "", ""),
        (
            timed("STREAM", 900_001),
            "timeoutInMillis",
            "900000 ms are applied",
        ),
        (
            timed("BUFFERED", 29_001),
            "timeoutInMillis",
            "29000 ms are applied",
        ),
        (timed("STREAM", 49), "timeoutInMillis", "50 ms are applied"),
    ] {
        let plan = plan(&[("/", method.clone())], json!({}), &options);
        let told: Vec<_> = plan.diagnostics().iter().collect();
        match told.as_slice() {
            [] => assert_eq!(text, "", "{method}"),
            [one] => {
                assert_eq!(one.severity, Severity::Warning, "{method}");
                assert!(
                    one.pointer.ends_with(&format!("/{pointer}")),
                    "{}",
                    one.pointer
                );
                assert!(
                    !text.is_empty() && one.message.contains(text),
                    "{}",
                    one.message
                );
            }
            more => panic!("{method}: {more:?}"),
        }
    }
}
