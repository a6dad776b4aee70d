//! Functions whose answers are passed on as they arrive.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use http::{Method, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use serde_json::{Value, json};
use tollgate_core::{Body, BoxError, Contexts, Rejection};
use tollgate_integration::lambda::{
    FunctionError, Invocation, InvokeFailure, Invoked, Lambda, LambdaEvent, LambdaFunction,
    LambdaFunctions, LambdaService, MAX_PAYLOAD_BYTES, ProxyResponse, ServiceFunction,
    StreamFailure,
};
use tollgate_integration::{Integration as _, IntegrationRequest};
use tower::{ServiceExt as _, service_fn};

const SECOND: Duration = Duration::from_secs(1);
const DELIMITER: &str = "\0\0\0\0\0\0\0\0";

type Piece = Result<Bytes, BoxError>;

fn body(pieces: UnboundedReceiver<Piece>) -> Body {
    use futures::StreamExt as _;
    Body::stream(StreamBody::new(pieces.map(|piece| piece.map(Frame::data))))
}

/// A function that answers once, with what a test sends it.
struct Told(Mutex<Option<Invoked>>);

impl Told {
    fn new(invoked: Invoked) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(invoked))))
    }

    fn stream() -> (UnboundedSender<Piece>, Arc<Self>) {
        let (sender, pieces) = unbounded();
        (sender, Self::new(Invoked::new(body(pieces))))
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

#[async_trait]
impl LambdaFunction for Told {
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        assert!(invocation.is_streamed);
        let invoked = self.0.lock().expect("nobody panicked with it").take();
        Ok(invoked.expect("it is called once"))
    }
}

/// Ten seconds for the answer, two for a part of it.
async fn call(function: Arc<dyn LambdaFunction>) -> Result<Response<Body>, Rejection> {
    let (parts, ()) = Request::get("/")
        .body(())
        .expect("it is a request")
        .into_parts();
    let context = Contexts::default().make(parts);
    let event = r#"{"httpMethod": "GET", "path": "/"}"#;
    let request = IntegrationRequest::new(Method::POST, Body::from(event));
    let lambda = Lambda::new(function, 10 * SECOND).with_streaming(2 * SECOND);
    let answer = lambda.call(&context, request).await?;
    ProxyResponse::of_stream(&answer.headers, answer.body).await
}

fn send(sender: &UnboundedSender<Piece>, text: impl Into<Bytes>) {
    sender
        .unbounded_send(Ok(text.into()))
        .expect("somebody reads");
}

async fn next(response: &mut Response<Body>) -> Option<Result<Bytes, BoxError>> {
    let frame = response.body_mut().frame().await?;
    Some(frame.map(|frame| frame.into_data().expect("it is data")))
}

#[tokio::test]
async fn the_response_is_there_before_its_body_is() {
    let (sender, function) = Told::stream();
    send(&sender, r#"{"statusCode": 201, "headers": {"x-a": "1"}, "#);
    send(
        &sender,
        format!(r#""cookies": ["a=1", "b=2"]}}{}"#, &DELIMITER[..3]),
    );
    send(&sender, format!("{}first", &DELIMITER[3..]));
    let mut response = call(function).await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["x-a"], "1");
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(next(&mut response).await.unwrap().unwrap(), "first");
    send(&sender, &b"\0\xff"[..]);
    assert_eq!(next(&mut response).await.unwrap().unwrap(), &b"\0\xff"[..]);
    drop(sender);
    assert!(next(&mut response).await.is_none());
}

#[tokio::test]
async fn streams_are_larger_than_other_answers() {
    let (sender, function) = Told::stream();
    send(&sender, format!("{{}}{DELIMITER}"));
    let piece = Bytes::from(vec![b'a'; MAX_PAYLOAD_BYTES]);
    for _ in 0..3 {
        send(&sender, piece.clone());
    }
    drop(sender);
    let body = call(function).await.unwrap().into_body();
    let whole = body.collect().await.unwrap().to_bytes();
    assert_eq!(whole.len(), 3 * MAX_PAYLOAD_BYTES);
}

#[tokio::test]
async fn what_does_not_begin_as_it_should_is_malformed() {
    let (unended, function) = Told::stream();
    send(&unended, "{}");
    drop(unended);
    let mut functions = LambdaFunctions::new();
    functions.register_fn("buffered", async |_: LambdaEvent<Value>| {
        Ok::<_, Infallible>(json!({"statusCode": 200, "body": "hi"}))
    });
    functions.register_fn("fails", async |_: LambdaEvent<Value>| {
        Err::<(), _>("no luck")
    });
    let named = |name: &str| functions.find(&name.parse().unwrap()).unwrap();
    let (broken, broken_function) = Told::stream();
    send(&broken, "{");
    let failure = StreamFailure::new("Oops", "no luck");
    broken.unbounded_send(Err(failure.into())).unwrap();
    let mut large = Invoked::new(Bytes::from(vec![b' '; MAX_PAYLOAD_BYTES + 1]));
    large.function_error = Some(FunctionError::Unhandled);
    for (function, reason) in [
        (
            function as Arc<dyn LambdaFunction>,
            "it ends before eight NUL bytes",
        ),
        // It answers as if nobody wanted a stream.
        (named("buffered"), "it ends before eight NUL bytes"),
        (named("fails"), "customer function error: no luck"),
        (broken_function, "Oops: no luck"),
        (Told::new(large), "customer function error"),
    ] {
        let rejection = call(function).await.unwrap_err();
        let said = rejection.reason().unwrap();
        assert_eq!(rejection.status(), 502, "{said}");
        assert!(said.contains(reason), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn streams_end_when_their_time_is_over() {
    // Nothing, or no whole beginning, in time.
    for beginning in ["", "{}"] {
        let (sender, function) = Told::stream();
        send(&sender, beginning);
        let begun = tokio::time::Instant::now();
        let rejection = call(function).await.unwrap_err();
        assert_eq!(rejection.status(), 504, "{beginning}");
        assert_eq!(begun.elapsed().as_secs(), 2, "{beginning}");
        assert!(sender.is_closed());
    }
    // It goes on too long.
    let (sender, function) = Told::stream();
    send(&sender, format!("{{}}{DELIMITER}"));
    let mut response = call(function).await.unwrap();
    let begun = tokio::time::Instant::now();
    let writer = sender.clone();
    tokio::spawn(async move {
        while writer.unbounded_send(Ok("a".into())).is_ok() {
            tokio::time::sleep(SECOND).await;
        }
    });
    let error = loop {
        if let Err(error) = next(&mut response).await.unwrap() {
            break error;
        }
    };
    assert!(
        error
            .to_string()
            .contains("no whole answer within 10000 ms"),
        "{error}"
    );
    assert_eq!(begun.elapsed().as_secs(), 10);
    assert!(sender.is_closed());
    assert!(next(&mut response).await.is_none());
}

#[tokio::test]
async fn a_function_hears_that_its_reader_is_gone() {
    let (sender, function) = Told::stream();
    send(&sender, format!("{{}}{DELIMITER}"));
    let response = call(function).await.unwrap();
    assert!(!sender.is_closed());
    drop(response);
    assert!(sender.is_closed());
}

#[tokio::test]
async fn a_stream_that_breaks_off_does_not_look_whole() {
    let (sender, function) = Told::stream();
    send(&sender, format!("{{}}{DELIMITER}a"));
    let failure = StreamFailure::new("Oops", "no luck");
    sender.unbounded_send(Err(failure.clone().into())).unwrap();
    drop(sender);
    let mut response = call(function).await.unwrap();
    assert_eq!(next(&mut response).await.unwrap().unwrap(), "a");
    let error = next(&mut response).await.unwrap().unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&failure));
}

/// A service whose response's body is what a test sends it.
fn service(
    pieces: UnboundedReceiver<Piece>,
) -> ServiceFunction<
    impl Clone
    + Send
    + Sync
    + 'static
    + tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>,
> {
    let pieces = Arc::new(Mutex::new(Some(pieces)));
    ServiceFunction::new(service_fn(move |_: Request<Body>| {
        let pieces = pieces.lock().expect("nobody panicked with it").take();
        let response = Response::builder()
            .status(202)
            .header("content-type", "text/event-stream")
            .header("set-cookie", "a=1")
            .header("set-cookie", "b=2")
            .header("connection", "x-hop")
            .header("x-hop", "1");
        let response = response.body(body(pieces.expect("it is called once")));
        async { Ok(response.expect("it is a response")) }
    }))
}

#[tokio::test]
async fn http_services_stream() {
    let (sender, pieces) = unbounded();
    let service = LambdaService::new(Arc::new(service(pieces))).with_streaming(2 * SECOND);
    let request = Request::get("/").body(Full::<Bytes>::default()).unwrap();
    let mut response = service.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 202);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    assert!(!response.headers().contains_key("x-hop"));
    for text in ["data: 1\n\n", "data: 2\n\n"] {
        send(&sender, text);
        assert_eq!(next(&mut response).await.unwrap().unwrap(), text);
    }
    sender.unbounded_send(Err("it broke".into())).unwrap();
    assert!(next(&mut response).await.unwrap().is_err());
}

#[tokio::test]
async fn http_services_answer_events_whole() {
    let (sender, pieces) = unbounded();
    send(&sender, "data: 1\n\n");
    drop(sender);
    let invoked = service(pieces)
        .invoke(Invocation::new(
            r#"{"httpMethod": "GET", "path": "/"}"#,
            SECOND,
        ))
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(invoked.payload.as_bytes().unwrap()).unwrap();
    assert_eq!(answer["body"], "data: 1\n\n");
}
