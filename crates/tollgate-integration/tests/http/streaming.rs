//! Answers that are passed on as they arrive, and those who leave before the end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{Request, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tollgate_core::{Body, GatewayResponseType};
use tollgate_integration::{AnswerError, Http, HttpClient, IntegrationService};
use tower::Service as _;

use crate::endpoint::{Endpoint, Reply};
use crate::support::{PATIENCE, call, get};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

const PART: &[u8] = b"1\r\na\r\n";
const END: &[u8] = b"0\r\n\r\n";

fn streaming(authority: &str, timeout: Duration, idle: Duration) -> Http {
    let authority: Authority = authority.parse().expect("it is an address");
    let http = Http::new(HttpClient::default(), timeout).with_origin(&Scheme::HTTP, &authority);
    http.with_idle_timeout(idle)
}

/// A listener for one endpoint, and its address.
async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("it works");
    let address = listener.local_addr().expect("it works").to_string();
    (listener, address)
}

/// The connection of the endpoint's first client, whose request is read.
async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.expect("somebody calls");
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_buf(&mut request).await.expect("it is sent");
    }
    stream
}

async fn next(body: &mut Body) -> Bytes {
    let frame = body.frame().await.expect("there is more");
    frame.expect("it is whole").into_data().expect("it is data")
}

#[tokio::test]
async fn parts_are_passed_on_before_others_are_there() {
    let (listener, address) = listen().await;
    let http = streaming(&address, PATIENCE, PATIENCE);
    let (answer, mut stream) = tokio::join!(call(&http, get("http://a/")), async {
        let mut stream = accept(&listener).await;
        stream.write_all(HEAD).await.unwrap();
        stream
    });
    let mut body = answer.unwrap().body;
    for part in ["1\r\na\r\n", "1\r\nb\r\n"] {
        stream.write_all(part.as_bytes()).await.unwrap();
        assert_eq!(next(&mut body).await, part[3..4]);
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn a_stream_that_stands_still_breaks_off() {
    const SHORT: Duration = Duration::from_millis(60);
    let endpoint = Endpoint::start(&[Reply::SendAndStall(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    )])
    .await;
    let address = endpoint.address.to_string();
    for (timeout, idle, reason) in [
        (PATIENCE, SHORT, "nothing of its answer for 60 ms"),
        (5 * SHORT, PATIENCE, "no whole answer within 300 ms"),
    ] {
        let http = streaming(&address, timeout, idle);
        let mut body = call(&http, get("http://a/")).await.unwrap().body;
        assert_eq!(next(&mut body).await, "a");
        let error = body.frame().await.unwrap().unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
        let error: &AnswerError = error.downcast_ref().unwrap();
        let response_type = error.to_rejection().response_type();
        assert_eq!(response_type, Some(GatewayResponseType::IntegrationTimeout));
    }
}

/// The endpoint need not send anything to notice.
#[tokio::test]
async fn an_endpoint_hears_at_once_that_its_reader_is_gone() {
    let (listener, address) = listen().await;
    let http = streaming(&address, PATIENCE, PATIENCE);
    let (answer, mut stream) = tokio::join!(call(&http, get("http://a/")), async {
        let mut stream = accept(&listener).await;
        stream.write_all(HEAD).await.unwrap();
        stream
    });
    drop(answer);
    assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0);
}

/// A server in front of an endpoint, and a client that has asked it for something.
async fn served(endpoint: &str) -> TcpStream {
    let (server, address) = listen().await;
    let http = streaming(endpoint, PATIENCE, PATIENCE);
    let service = IntegrationService::new(Arc::new(http));
    tokio::spawn(async move {
        let (stream, _) = server.accept().await.expect("somebody calls");
        let service = service_fn(move |mut request: Request<Incoming>| {
            *request.uri_mut() = Uri::from_static("http://a/");
            service.clone().call(request)
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        drop(connection.await);
    });
    let mut client = TcpStream::connect(&address).await.expect("it listens");
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    client.write_all(request).await.expect("it is read");
    client
}

/// Reads on until these bytes have come, or no more do.
async fn read_until(client: &mut TcpStream, read: &mut Vec<u8>, end: &[u8]) {
    while !read.ends_with(end) && client.read_buf(read).await.unwrap_or(0) > 0 {}
}

/// The same with a server between: its client closes the connection.
#[tokio::test]
async fn an_endpoint_hears_at_once_that_the_client_is_gone() {
    let (listener, address) = listen().await;
    let mut client = served(&address).await;
    let mut stream = accept(&listener).await;
    stream.write_all(HEAD).await.unwrap();
    stream.write_all(PART).await.unwrap();
    read_until(&mut client, &mut Vec::new(), PART).await;
    drop(client);
    assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_client_sees_whether_a_stream_is_whole() {
    for (end, is_whole) in [("0\r\n\r\n", true), ("", false), ("5\r\nb", false)] {
        let (listener, address) = listen().await;
        let mut client = served(&address).await;
        let mut stream = accept(&listener).await;
        stream.write_all(HEAD).await.unwrap();
        stream.write_all(PART).await.unwrap();
        let mut read = Vec::new();
        read_until(&mut client, &mut read, PART).await;
        stream.write_all(end.as_bytes()).await.unwrap();
        drop(stream);
        read_until(&mut client, &mut read, END).await;
        assert_eq!(read.ends_with(END), is_whole, "{end:?}");
    }
}
