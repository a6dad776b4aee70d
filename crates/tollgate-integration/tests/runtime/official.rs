//! Functions built on the runtime clients that Lambda's own runtimes are made of.
//!
//! `.ci/install-lambda-runtimes` installs them; the functions lie beside this file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use http::{Method, Request, Response};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tollgate_core::{Body, Contexts};
use tollgate_integration::lambda::{
    FunctionSettings, Invocation, Lambda, LambdaFunction as _, LocalFunction, ProxyResponse,
};
use tollgate_integration::{Integration as _, IntegrationRequest};

use super::support::{LONG, bytes, call, event, failure, function, log};

/// A client, and how its errors look.
struct Client {
    settings: fn(&Path, &str) -> FunctionSettings,
    name: &'static str,
    /// What the handler's error is called, and that of a function which cannot be loaded.
    error_type: &'static str,
    broken: &'static str,
}

const PYTHON: Client = Client {
    settings: |cache, handler| {
        let mut settings = FunctionSettings::new("orders", cache.join("python/bin/python"));
        let handler = format!("{handler}.handler");
        settings.arguments = vec!["-m".into(), "awslambdaric".into(), handler];
        settings
    },
    name: "python",
    error_type: "ValueError",
    broken: r#""errorMessage": "no luck", "errorType": "ValueError""#,
};

const NODE: Client = Client {
    settings: |cache, handler| {
        let client = cache.join("node/node_modules/aws-lambda-ric/bin/index.mjs");
        let mut settings = FunctionSettings::new("orders", "node");
        let handler = match handler {
            "stream" | "http" => format!("app.{handler}"),
            handler => format!("{handler}.handler"),
        };
        settings.arguments = vec![client.display().to_string(), handler];
        settings
    },
    name: "node",
    error_type: "RangeError",
    broken: r#""errorType":"RangeError","errorMessage":"no luck""#,
};

const RUST: Client = Client {
    settings: |cache, handler| {
        let mut settings =
            FunctionSettings::new("orders", cache.join("rust/debug/lambda-function"));
        settings.handler = handler.to_owned();
        settings
    },
    name: "rust",
    error_type: "&alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>",
    broken: r#""errorType":"Runtime.ExitError","errorMessage":"RequestId: {id} Error: Runtime exited with error: exit status 1""#,
};

impl Client {
    /// Settings of its function, unless the client is not installed.
    fn settings(&self, handler: &str) -> Option<FunctionSettings> {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("lambda-runtimes");
        let is_installed = match self.name {
            "rust" => cache.join("rust/debug/lambda-function").exists(),
            name => cache.join(name).join("installed").exists(),
        };
        if !is_installed {
            let is_required = std::env::var("TOLLGATE_REQUIRE_SERVICES").is_ok_and(|it| it == "1");
            assert!(
                !is_required,
                "the client for {} is not installed",
                self.name
            );
            println!("skipped: the client for {} is not installed", self.name);
            return None;
        }
        let mut settings = (self.settings)(&cache, handler);
        let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtime/functions");
        settings.working_directory = Some(functions.join(self.name));
        // No compiled files beside the sources.
        settings.environment = vec![("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned())];
        settings.timeout = LONG;
        settings.init_timeout = LONG;
        settings.memory_size = 256;
        Some(settings)
    }

    async fn is_run(&self) {
        let Some(mut settings) = self.settings("app") else {
            return;
        };
        let (log, lines) = log();
        settings.log = log;
        settings.max_concurrency = 2;
        let function = function(settings.clone());
        answers(&function).await;
        call(&function, event("print", ())).await;
        lines.next("a line of the function").await;
        errors(self, &function).await;
        reuse(&function).await;
        concurrency(&function).await;
        self.times_out(settings).await;
        self.fails_to_load().await;
        println!("ran: {}", self.name);
    }

    async fn times_out(&self, mut settings: FunctionSettings) {
        settings.timeout = Duration::from_secs(1);
        let function = function(settings);
        let said = failure(&function, event("hang", ())).await;
        let message = "RequestId: {id} Error: Task timed out after 1.00 seconds";
        let expected = json!({"errorType": "Sandbox.Timedout", "errorMessage": message});
        assert_eq!(said, expected.to_string(), "{}", self.name);
    }

    async fn fails_to_load(&self) {
        let Some(settings) = self.settings("broken") else {
            return;
        };
        let function = function(settings);
        for _ in 0..2 {
            let said = failure(&function, event("echo", ())).await;
            assert!(said.contains(self.broken), "{}: {said}", self.name);
        }
    }
}

async fn answers(function: &LocalFunction) {
    for value in [
        json!(null),
        json!("grün \u{1f600} \n"),
        json!({"a": [1.5, true, {}]}),
    ] {
        assert_eq!(call(function, event("echo", value.clone())).await, value);
    }
    let large = "ä".repeat(1_000_000);
    assert_eq!(call(function, event("echo", large.as_str())).await, large);
    let binary = call(function, event("binary", ())).await;
    assert_eq!(binary["isBase64Encoded"], true);
    let body = binary["body"].as_str().unwrap();
    assert!(
        body.starts_with("AAECAwQF") && body.ends_with("+/w=="),
        "{body}"
    );

    let mut invocation = event("tell", ());
    invocation.trace_id = Some("Root=1-5759e988-bd862e3fe1be46a994272793".to_owned());
    // {"custom": {"a": "b"}}
    invocation.client_context = Some("eyJjdXN0b20iOiB7ImEiOiAiYiJ9fQ==".to_owned());
    let invoked = function.invoke(invocation).await.unwrap();
    let id = invoked.request_id.clone().unwrap();
    let told: Value = serde_json::from_slice(&bytes(invoked).await).unwrap();
    let expected = json!({
        "id": id,
        "name": "orders",
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:orders",
        "memory": 256,
        "has time": true,
        "client context": {"a": "b"},
        "trace": "Root=1-5759e988-bd862e3fe1be46a994272793",
    });
    assert_eq!(told, expected);
}

async fn errors(client: &Client, function: &LocalFunction) {
    let said = failure(function, event("fail", ())).await;
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["errorMessage"], "no luck", "{}: {said}", client.name);
    assert_eq!(
        said["errorType"], client.error_type,
        "{}: {said}",
        client.name
    );
    let said = failure(function, event("exit", 7)).await;
    let message = "RequestId: {id} Error: Runtime exited with error: exit status 7";
    let expected = json!({"errorType": "Runtime.ExitError", "errorMessage": message});
    assert_eq!(said, expected.to_string(), "{}", client.name);
}

async fn reuse(function: &LocalFunction) {
    let first = call(function, event("count", ())).await;
    assert_eq!(first["count"], 1);
    for count in 2..10 {
        let next = call(function, event("count", ())).await;
        assert_eq!(
            (&next["count"], &next["process"]),
            (&json!(count), &first["process"])
        );
    }
}

async fn concurrency(function: &LocalFunction) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let calls = join_all((0..2).map(|_| call(function, event("meet", address.as_str()))));
    let lead = async {
        let (mut one, _) = listener.accept().await.unwrap();
        let (mut other, _) = listener.accept().await.unwrap();
        one.write_all(b".").await.unwrap();
        other.write_all(b".").await.unwrap();
    };
    let (answers, ()) = tokio::join!(calls, lead);
    assert_eq!(answers, ["met", "met"]);
}

#[tokio::test]
async fn python_functions_are_run() {
    PYTHON.is_run().await;
}

#[tokio::test]
async fn node_functions_are_run() {
    NODE.is_run().await;
}

#[tokio::test]
async fn rust_functions_are_run() {
    RUST.is_run().await;
}

#[tokio::test]
async fn node_functions_stream() {
    let Some(settings) = NODE.settings("stream") else {
        return;
    };
    let function = function(settings);
    let stream = |event: Value| function.invoke(Invocation::new(event.to_string(), LONG));
    let streamed = stream(json!({"pieces": ["one ", "two"]})).await.unwrap();
    assert_eq!(streamed.payload.as_bytes(), None);
    assert_eq!(bytes(streamed).await, b"one two");
}

#[tokio::test]
async fn rust_functions_stream() {
    let Some(settings) = RUST.settings("stream") else {
        return;
    };
    let function = function(settings);
    let event = json!({"pieces": ["one ", "two"]}).to_string();
    let streamed = function.invoke(Invocation::new(event, LONG)).await.unwrap();
    let streamed = String::from_utf8(bytes(streamed).await).unwrap();
    // The status and headers of an HTTP response go before what it says.
    let (prelude, body) = streamed.split_once(&"\0".repeat(8)).unwrap();
    let prelude: Value = serde_json::from_str(prelude).unwrap();
    assert_eq!(prelude["statusCode"], 200);
    assert_eq!(body, "one two");
}

/// What a client gets of a function behind a proxy integration that streams: the response's head, its
/// body and whether that is whole.
async fn proxied(function: LocalFunction, event: Value) -> (Response<()>, Vec<u8>, bool) {
    let (parts, ()) = Request::get("/").body(()).unwrap().into_parts();
    let context = Contexts::default().make(parts);
    let request = IntegrationRequest::new(Method::POST, Body::from(event.to_string()));
    let lambda = Lambda::new(Arc::new(function), LONG).with_streaming(LONG);
    let answer = lambda.call(&context, request).await.unwrap();
    assert_eq!(answer.body.as_bytes(), None);
    let response = ProxyResponse::of_stream(&answer.headers, answer.body).await;
    let (head, mut body) = response.unwrap().into_parts();
    let mut read = Vec::new();
    let mut is_whole = true;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => read.extend_from_slice(frame.data_ref().unwrap()),
            Err(_) => is_whole = false,
        }
    }
    (Response::from_parts(head, ()), read, is_whole)
}

#[tokio::test]
async fn node_functions_stream_behind_proxies() {
    let Some(settings) = NODE.settings("http") else {
        return;
    };
    for (body, expected, should_be_whole) in [
        (json!(null), &b"one \0\xfftwo"[..], true),
        (json!("fail"), b"one \0\xff", false),
    ] {
        let function = function(settings.clone());
        let (head, read, is_whole) = proxied(function, json!({ "body": body })).await;
        assert_eq!(head.status(), 201);
        assert_eq!(head.headers()["content-type"], "text/event-stream");
        let cookies: Vec<_> = head.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2"]);
        assert_eq!((&*read, is_whole), (expected, should_be_whole));
    }
}

#[tokio::test]
async fn rust_functions_stream_behind_proxies() {
    let Some(settings) = RUST.settings("stream") else {
        return;
    };
    let event = json!({"pieces": ["one ", "two"]});
    let (head, read, is_whole) = proxied(function(settings), event).await;
    assert_eq!(head.status(), 200);
    assert_eq!((&*read, is_whole), (&b"one two"[..], true));
}

/// Python's client does not stream: its answer has no beginning that a proxy could read.
#[tokio::test]
async fn python_functions_do_not_stream() {
    let Some(settings) = PYTHON.settings("app") else {
        return;
    };
    let mut invocation = event("echo", json!({"statusCode": 200}));
    invocation.is_streamed = true;
    let invoked = function(settings).invoke(invocation).await.unwrap();
    let headers = http::HeaderMap::new();
    let rejection = ProxyResponse::of_stream(&headers, invoked.payload).await;
    assert_eq!(rejection.unwrap_err().status(), 502);
}
