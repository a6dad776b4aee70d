//! Functions in this process.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::channel::oneshot;
use http::{HeaderValue, Method};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tollgate_core::{Body, BoxError, Contexts, GatewayResponseType, Rejection};
use tollgate_integration::lambda::{
    Invocation, InvokeFailure, Invoked, Lambda, LambdaEvent, LambdaFunction, LambdaFunctions,
    MAX_PAYLOAD_BYTES,
};
use tollgate_integration::{AnswerError, Integration, IntegrationRequest, IntegrationResponse};
use tower::service_fn;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Calls a function as an integration does.
async fn call(
    function: Arc<dyn LambdaFunction>,
    event: impl Into<Bytes>,
    invocation_type: Option<&'static str>,
) -> Result<(IntegrationResponse, Bytes), Rejection> {
    let (parts, ()) = http::Request::get("/")
        .body(())
        .expect("the test knows that it works")
        .into_parts();
    let context = Contexts::default().make(parts);
    let mut request = IntegrationRequest::new(Method::POST, Body::from(event.into()));
    if let Some(name) = invocation_type {
        let name = HeaderValue::from_static(name);
        request.headers.insert("x-amz-invocation-type", name);
    }
    let lambda = Lambda::new(function, TIMEOUT);
    let mut answer = lambda.call(&context, request).await?;
    let body = std::mem::take(&mut answer.body);
    let body = body
        .collect()
        .await
        .expect("the test knows that it works")
        .to_bytes();
    Ok((answer, body))
}

fn named(functions: &LambdaFunctions, name: &str) -> Arc<dyn LambdaFunction> {
    functions
        .find(&name.parse().expect("the test knows that it works"))
        .expect("the test knows that it works")
}

#[derive(Deserialize)]
struct Order {
    pet: String,
}

#[derive(Serialize)]
struct Receipt {
    text: String,
}

#[derive(Debug, thiserror::Error)]
#[error("there is no {0:?}")]
struct NoSuchPet(String);

async fn sell(event: LambdaEvent<Order>) -> Result<Receipt, NoSuchPet> {
    match event.payload.pet.as_str() {
        "cat" => Ok(Receipt {
            text: "one cat".to_owned(),
        }),
        other => Err(NoSuchPet(other.to_owned())),
    }
}

#[tokio::test]
async fn services_and_closures_are_functions() {
    let mut functions = LambdaFunctions::new();
    functions.register("service", service_fn(sell));
    functions.register_fn("closure", sell);
    functions.register_fn("async", async |event: LambdaEvent<Order>| sell(event).await);
    for name in ["service", "closure", "async"] {
        for (event, error, expected) in [
            (r#"{"pet": "cat"}"#, None, json!({"text": "one cat"})),
            (
                r#"{"pet": "dog"}"#,
                Some("Unhandled"),
                json!({
                    "errorMessage": r#"there is no "dog""#,
                    "errorType": std::any::type_name::<NoSuchPet>(),
                }),
            ),
        ] {
            let function = named(&functions, name);
            let (answer, body) = call(function, event, None).await.unwrap();
            assert_eq!(answer.status, 200, "{name} {event}");
            let said = answer.headers.get("x-amz-function-error");
            let said = said.map(|error| error.to_str().unwrap());
            assert_eq!(said, error, "{name} {event}");
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body, expected, "{name} {event}");
        }
        let function = named(&functions, name);
        let (_, body) = call(function, "no JSON", None).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["errorType"], "Runtime.UnmarshalError", "{name}");
    }
}

#[tokio::test]
async fn events_say_what_led_to_them() {
    let mut functions = LambdaFunctions::new();
    functions.register_fn("fn", async |event: LambdaEvent<Value>| {
        let trace = event.trace_id.unwrap();
        Ok::<_, Infallible>(json!([
            event.payload,
            trace.starts_with("Root=1-"),
            event.timeout == TIMEOUT
        ]))
    });
    // What is no event at all is an empty one.
    let (_, body) = call(named(&functions, "fn"), "", None).await.unwrap();
    assert_eq!(body, "[{},true,true]");
}

#[test]
fn functions_are_found_by_name_and_alias() {
    let mut functions = LambdaFunctions::new();
    for name in ["pets", "pets:live", "other"] {
        functions.register_fn(name, sell);
    }
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function";
    for (asked, found) in [
        ("pets", "pets"),
        ("pets:live", "pets:live"),
        ("pets:test", "pets"),
        (&format!("{arn}:pets"), "pets"),
        (&format!("{arn}:pets:live"), "pets:live"),
        ("123456789012:function:other:7", "other"),
    ] {
        let same = Arc::ptr_eq(&named(&functions, asked), &named(&functions, found));
        assert!(same, "{asked}");
    }
    let unknown = "unknown".parse().unwrap();
    assert!(functions.find(&unknown).is_none());
    let other = named(&functions, "other");
    let with_fallback = functions
        .clone()
        .with_fallback(move |name| (name.name() == "unknown").then(|| other.clone()));
    assert!(with_fallback.find(&unknown).is_some());
    assert!(with_fallback.find(&"nobody".parse().unwrap()).is_none());
    assert_ne!(functions, with_fallback);
    let mut more = functions.clone();
    assert_eq!(functions, more);
    more.register_fn("more", sell);
    assert_ne!(functions, more);
    assert_eq!(LambdaFunctions::new(), LambdaFunctions::new());
}

#[tokio::test]
async fn callers_need_not_wait() {
    let (sender, receiver) = oneshot::channel();
    let sender = Arc::new(std::sync::Mutex::new(Some(sender)));
    let mut functions = LambdaFunctions::new();
    functions.register_fn("fn", move |event: LambdaEvent<Value>| {
        let sender = sender.lock().unwrap().take();
        async move {
            sender.unwrap().send(event.payload).unwrap();
            Ok::<_, Infallible>(())
        }
    });
    let function = named(&functions, "fn");
    let (answer, body) = call(function.clone(), "1", Some("DryRun")).await.unwrap();
    assert_eq!((answer.status, body), (204, Bytes::new()));
    let (answer, body) = call(function.clone(), "7", Some("Event")).await.unwrap();
    assert_eq!((answer.status, body), (202, Bytes::new()));
    assert_eq!(receiver.await, Ok(json!(7)));
    let unknown = call(function, "7", Some("event")).await.unwrap_err();
    assert_eq!(unknown.status(), 500);
}

#[tokio::test]
async fn asynchronous_events_have_a_limit_and_end_with_their_function() {
    let running = Arc::new(AtomicU32::new(0));
    struct Running(Arc<AtomicU32>);
    impl Drop for Running {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let mut functions = LambdaFunctions::new();
    let counter = running.clone();
    functions.register_fn("fn", move |_: LambdaEvent<Value>| {
        counter.fetch_add(1, Ordering::SeqCst);
        let running = Running(counter.clone());
        async move {
            std::future::pending::<()>().await;
            drop(running);
            Ok::<_, Infallible>(())
        }
    });
    let function = named(&functions, "fn");
    for _ in 0..1_000 {
        call(function.clone(), "7", Some("Event")).await.unwrap();
    }
    let throttled = call(function.clone(), "7", Some("Event"))
        .await
        .unwrap_err();
    assert_eq!(throttled.status(), 500);
    tokio::task::yield_now().await;
    assert!(running.load(Ordering::SeqCst) > 0);
    drop((functions, function));
    while running.load(Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_does_not_end_is_given_up() {
    let mut functions = LambdaFunctions::new();
    functions.register_fn("fn", async |_: LambdaEvent<Value>| {
        std::future::pending::<()>().await;
        Ok::<_, Infallible>(())
    });
    let late = call(named(&functions, "fn"), "7", None).await.unwrap_err();
    assert_eq!(late.status(), 504);
    assert_eq!(late.message(), Some("Endpoint request timed out"));
}

/// A function whose answer is a stream.
#[derive(Debug)]
struct Streams(usize);

#[async_trait]
impl LambdaFunction for Streams {
    async fn invoke(&self, _: Invocation) -> Result<Invoked, InvokeFailure> {
        let body = http_body_util::Full::new(Bytes::from(vec![b' '; self.0]));
        Ok(Invoked::new(Body::stream(body)))
    }
}

/// A function whose answer breaks off.
#[derive(Debug)]
struct BreaksOff(GatewayResponseType);

#[async_trait]
impl LambdaFunction for BreaksOff {
    async fn invoke(&self, _: Invocation) -> Result<Invoked, InvokeFailure> {
        let error = AnswerError::new(Rejection::new(self.0));
        let frames = futures::stream::iter([
            Ok(Frame::data(Bytes::from_static(b"{"))),
            Err::<_, BoxError>(error.into()),
        ]);
        Ok(Invoked::new(Body::stream(StreamBody::new(frames))))
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    for response_type in [
        GatewayResponseType::IntegrationTimeout,
        GatewayResponseType::IntegrationFailure,
    ] {
        let broken = call(Arc::new(BreaksOff(response_type)), "7", None).await;
        let rejection = broken.unwrap_err();
        assert_eq!(rejection.response_type(), Some(response_type));
    }
}

#[tokio::test]
async fn payloads_have_a_limit_in_both_directions() {
    let (_, body) = call(Arc::new(Streams(MAX_PAYLOAD_BYTES)), "7", None)
        .await
        .unwrap();
    assert_eq!(body.len(), MAX_PAYLOAD_BYTES);
    let (answer, body) = call(Arc::new(Streams(MAX_PAYLOAD_BYTES + 1)), "7", None)
        .await
        .unwrap();
    assert_eq!(answer.headers["x-amz-function-error"], "Unhandled");
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["errorType"], "Function.ResponseSizeTooLarge");

    let event = vec![b' '; MAX_PAYLOAD_BYTES + 1];
    let refused = call(Arc::new(Streams(0)), event, None).await.unwrap_err();
    assert_eq!(refused.status(), 413);
}
