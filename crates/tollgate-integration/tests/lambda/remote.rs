//! Functions behind Lambda's own API (`Invoke` of the Lambda API reference).

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use tollgate_core::{Body, ManualClock};
use tollgate_iam::sigv4::{
    Credentials, IssuedKey, PayloadHash, Principal, SignableRequest, Timestamp, Verifier,
};
use tollgate_integration::aws::{AwsClient, Endpoints};
use tollgate_integration::lambda::{
    FunctionError, Invocation, InvocationType, InvokeFailure, LambdaFunction as _, RemoteFunction,
};

use crate::endpoint::{Endpoint, OK, Reply};

const NOW: Duration = Duration::from_secs(1_700_000_000);
const PATIENCE: Duration = Duration::from_secs(20);

fn credentials() -> Credentials {
    let key = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    key.with_session_token("token")
}

fn client(endpoint: &Endpoint) -> AwsClient {
    let there = format!("http://{}", endpoint.address);
    let there = there.parse().expect("the test knows that it works");
    AwsClient::default()
        .with_endpoints(Endpoints::default().with_all(there))
        .with_credentials(Arc::new(credentials()))
        .with_clock(Arc::new(ManualClock::at_unix(NOW)))
}

fn function(endpoint: &Endpoint, name: &str) -> RemoteFunction {
    let name = name.parse().expect("the test knows that it works");
    RemoteFunction::new(&client(endpoint), name, "us-east-1")
}

/// Checks the signature of a request as the service would.
fn verify(request: &str, region: &str) {
    let (head, body) = request
        .split_once("\r\n\r\n")
        .expect("the test knows that it works");
    let mut lines = head.lines();
    let mut first = lines
        .next()
        .expect("the test knows that it works")
        .split(' ');
    let (method, target) = (
        first.next().expect("the test knows that it works"),
        first.next().expect("the test knows that it works"),
    );
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").expect("the test knows that it works");
        (name, value.as_bytes())
    });
    let request = SignableRequest::new(method, target, headers);
    let verifier = Verifier::new(region).with_service("lambda");
    let claim = verifier
        .claim(&request, Timestamp::from_unix(NOW))
        .expect("the test knows that it works");
    let owner = Principal::new("arn:aws:iam::123456789012:user/alice");
    let key = IssuedKey::new(credentials(), owner);
    let payload = PayloadHash::of(body.as_bytes());
    verifier
        .verify(claim, &payload, Some(&key))
        .expect("the test knows that it works");
}

async fn text(body: Body) -> String {
    let body = body
        .collect()
        .await
        .expect("the test knows that it works")
        .to_bytes();
    String::from_utf8(body.to_vec()).expect("the test knows that it works")
}

#[tokio::test]
async fn events_are_sent_signed() {
    let endpoint = Endpoint::start(&[OK]).await;
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:pets:$LATEST";
    for (name, path, region) in [
        ("pets", "pets", "us-east-1"),
        ("pets:live", "pets%3Alive", "us-east-1"),
        (
            arn,
            "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Apets%3A%24LATEST",
            "eu-west-1",
        ),
    ] {
        let called = function(&endpoint, name);
        let mut invocation = Invocation::new(r#"{"a": 1}"#, PATIENCE);
        invocation.trace_id = Some("Root=1-0-0".to_owned());
        invocation.client_context = Some("e30=".to_owned());
        let invoked = called.invoke(invocation).await.unwrap();
        assert_eq!(invoked.status, 200);
        assert_eq!(invoked.function_error, None);
        assert_eq!(text(invoked.payload).await, "ok");
        let requests = endpoint.requests();
        let sent = requests.last().unwrap();
        let line = format!("POST /2015-03-31/functions/{path}/invocations HTTP/1.1\r\n");
        assert!(sent.starts_with(&line), "{sent}");
        for header in [
            "x-amz-invocation-type: RequestResponse",
            "x-amzn-trace-id: Root=1-0-0",
            "x-amz-client-context: e30=",
            "x-amz-security-token: token",
        ] {
            assert!(sent.contains(header), "{sent}");
        }
        verify(sent, region);
    }
}

#[tokio::test]
async fn callers_need_not_wait() {
    let endpoint = Endpoint::start(&[
        Reply::Send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
        Reply::Send("HTTP/1.1 204 No Content\r\n\r\n"),
    ])
    .await;
    let called = function(&endpoint, "pets");
    for (invocation_type, name, status) in [
        (InvocationType::Event, "Event", 202),
        (InvocationType::DryRun, "DryRun", 204),
    ] {
        let mut invocation = Invocation::new("{}", PATIENCE);
        invocation.invocation_type = invocation_type;
        let invoked = called.invoke(invocation).await.unwrap();
        assert_eq!(invoked.status, status);
        let sent = format!("x-amz-invocation-type: {name}\r\n");
        assert!(
            endpoint.requests().last().unwrap().contains(&sent),
            "{name}"
        );
    }
}

#[tokio::test]
async fn functions_fail_and_calls_are_refused() {
    const HANDLED: Reply = Reply::Send(
        "HTTP/1.1 200 OK\r\nX-Amz-Function-Error: Handled\r\nContent-Length: 2\r\n\r\n{}",
    );
    const UNHANDLED: Reply = Reply::Send(
        "HTTP/1.1 200 OK\r\nX-Amz-Function-Error: Unhandled\r\nX-Amzn-RequestId: id-1\r\n\
         Content-Length: 2\r\n\r\n{}",
    );
    for (replies, error, id) in [
        (&[HANDLED], FunctionError::Handled, None),
        (&[UNHANDLED], FunctionError::Unhandled, Some("id-1")),
    ] {
        let endpoint = Endpoint::start(replies).await;
        let called = function(&endpoint, "pets");
        let invoked = called.invoke(Invocation::new("{}", PATIENCE)).await;
        let invoked = invoked.unwrap();
        assert_eq!(invoked.function_error, Some(error));
        assert_eq!(invoked.request_id.as_deref(), id);
    }
    let text = || "no".to_owned();
    for (replies, failure) in [
        (
            &[Reply::Send("HTTP/1.1 403 F\r\nContent-Length: 2\r\n\r\nno")],
            InvokeFailure::AccessDenied(text()),
        ),
        (
            &[Reply::Send("HTTP/1.1 404 N\r\nContent-Length: 2\r\n\r\nno")],
            InvokeFailure::NotFound("pets".to_owned()),
        ),
        (
            &[Reply::Send("HTTP/1.1 413 L\r\nContent-Length: 2\r\n\r\nno")],
            InvokeFailure::PayloadTooLarge,
        ),
        (
            &[Reply::Send("HTTP/1.1 429 T\r\nContent-Length: 2\r\n\r\nno")],
            InvokeFailure::Throttled,
        ),
        (
            &[Reply::Send("HTTP/1.1 502 B\r\nContent-Length: 2\r\n\r\nno")],
            InvokeFailure::InvalidAnswer("status 502: no".to_owned()),
        ),
    ] {
        let endpoint = Endpoint::start(replies).await;
        let called = function(&endpoint, "pets");
        let refused = called.invoke(Invocation::new("{}", PATIENCE)).await;
        assert_eq!(refused.unwrap_err(), failure);
    }
}

#[tokio::test]
async fn an_api_that_is_not_there_is_unreachable() {
    let endpoint = Endpoint::start(&[Reply::SendAndClose("")]).await;
    let called = function(&endpoint, "pets");
    let failure = called.invoke(Invocation::new("{}", PATIENCE)).await;
    let failure = failure.unwrap_err();
    assert!(
        matches!(failure, InvokeFailure::Unreachable(_)),
        "{failure}"
    );
}

#[tokio::test]
async fn an_api_that_does_not_answer_is_given_up() {
    let endpoint = Endpoint::start(&[Reply::SendAndStall("")]).await;
    let called = function(&endpoint, "pets");
    let short = Duration::from_millis(50);
    let failure = called.invoke(Invocation::new("{}", short)).await;
    assert_eq!(failure.unwrap_err(), InvokeFailure::TimedOut(short));
    assert_eq!(endpoint.connections(), 1);
}

#[tokio::test]
async fn without_a_key_there_is_no_call() {
    let called = RemoteFunction::new(&AwsClient::default(), "pets".parse().unwrap(), "us-east-1");
    let failure = called.invoke(Invocation::new("{}", PATIENCE)).await;
    let reason = "there are no credentials to sign the call with".to_owned();
    assert_eq!(failure.unwrap_err(), InvokeFailure::AccessDenied(reason));
}

#[tokio::test]
async fn no_secret_shows() {
    let endpoint = Endpoint::start(&[OK]).await;
    let shown = format!("{:?}", function(&endpoint, "pets"));
    assert!(
        !shown.contains("wJalr") && !shown.contains("\"token\""),
        "{shown}"
    );
}

/// Messages with these names of events and payloads.
fn messages(events: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, payload) in events {
        let mut headers = Vec::new();
        for (header, value) in [(":message-type", "event"), (":event-type", *name)] {
            headers.push(u8::try_from(header.len()).expect("it is short"));
            headers.extend(header.as_bytes());
            headers.push(7);
            let length = u16::try_from(value.len()).expect("it is short");
            headers.extend(length.to_be_bytes());
            headers.extend(value.as_bytes());
        }
        let length = u32::try_from(16 + headers.len() + payload.len()).expect("it is short");
        let begun = out.len();
        out.extend(length.to_be_bytes());
        let length = u32::try_from(headers.len()).expect("it is short");
        out.extend(length.to_be_bytes());
        out.extend(crc32fast::hash(&out[begun..]).to_be_bytes());
        out.extend(headers);
        out.extend(*payload);
        out.extend(crc32fast::hash(&out[begun..]).to_be_bytes());
    }
    out
}

/// An API that answers one request with these bytes and closes the connection.
async fn answering(head: &str, body: Vec<u8>) -> (Endpoint, tokio::task::JoinHandle<String>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("the loopback works");
    // Only its address counts.
    let mut endpoint = Endpoint::start(&[OK]).await;
    endpoint.address = listener.local_addr().expect("the loopback works");
    let mut answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n").into_bytes();
    answer.extend(body);
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody calls");
        let mut request = Vec::new();
        while !request.ends_with(b"{}") {
            stream.read_buf(&mut request).await.expect("it is sent");
        }
        stream.write_all(&answer).await.expect("it is read");
        String::from_utf8(request).expect("it is text")
    });
    (endpoint, served)
}

const EVENT_STREAM: &str = "Content-Type: application/vnd.amazon.eventstream\r\n";

#[tokio::test]
async fn streams_are_asked_for_and_read() {
    let oops = br#"{"ErrorCode":"Unhandled","ErrorDetails":"no luck"}"#;
    for (events, expected, failure) in [
        (
            &[
                ("PayloadChunk", &b"a"[..]),
                ("PayloadChunk", b"bc"),
                ("InvokeComplete", b"{}"),
            ][..],
            "abc",
            None,
        ),
        (
            &[("PayloadChunk", b"a"), ("InvokeComplete", oops)],
            "a",
            Some("Unhandled: no luck"),
        ),
        (
            &[("PayloadChunk", b"a")],
            "a",
            Some("without its last message"),
        ),
    ] {
        let (endpoint, served) = answering(EVENT_STREAM, messages(events)).await;
        let mut invocation = Invocation::new("{}", PATIENCE);
        invocation.is_streamed = true;
        let invoked = function(&endpoint, "pets:live").invoke(invocation).await;
        let mut body = invoked.unwrap().payload;
        let (mut read, mut error) = (Vec::new(), None);
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => read.extend_from_slice(frame.data_ref().unwrap()),
                Err(failure) => error = Some(failure.to_string()),
            }
        }
        assert_eq!(read, expected.as_bytes());
        match (&error, failure) {
            (None, None) => {}
            (Some(said), Some(failure)) => assert!(said.contains(failure), "{said}"),
            _ => panic!("{error:?}, not {failure:?}"),
        }
        let sent = served.await.unwrap();
        let line = "POST /2021-11-15/functions/pets%3Alive/response-streaming-invocations ";
        assert!(sent.starts_with(line), "{sent}");
        verify(&sent, "us-east-1");
    }
}

#[tokio::test]
async fn an_answer_of_another_type_is_no_stream() {
    let (endpoint, _served) = answering("Content-Type: application/json\r\n", b"{}".to_vec()).await;
    let mut invocation = Invocation::new("{}", PATIENCE);
    invocation.is_streamed = true;
    let failure = function(&endpoint, "pets").invoke(invocation).await;
    let failure = failure.unwrap_err();
    assert!(
        matches!(failure, InvokeFailure::InvalidAnswer(_)),
        "{failure}"
    );
}
