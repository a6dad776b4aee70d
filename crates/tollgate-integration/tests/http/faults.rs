//! Endpoints that fail.

use std::time::Duration;

use http::Method;
use http::uri::Scheme;
use http_body_util::BodyExt as _;
use tokio::net::TcpListener;
use tollgate_core::{Body, GatewayResponseType};
use tollgate_integration::{AddressFilter, Http, HttpClient};

use crate::endpoint::{Endpoint, OK, Reply};
use crate::support::{PATIENCE, answer, call, get, http_to, request};

const FAILURE: GatewayResponseType = GatewayResponseType::IntegrationFailure;
const TIMEOUT: GatewayResponseType = GatewayResponseType::IntegrationTimeout;
const CONFIGURATION: GatewayResponseType = GatewayResponseType::ApiConfigurationError;
/// Short, for endpoints that never answer.
const IMPATIENCE: Duration = Duration::from_millis(60);

/// Why a call is refused: the type, and the reason for the log.
async fn refusal(http: &Http, uri: &str) -> (GatewayResponseType, String) {
    let rejection = call(http, get(uri)).await.expect_err("it fails");
    let reason = rejection.reason().expect("it has one").to_owned();
    let response_type = rejection.response_type();
    (response_type.expect("it has one"), reason)
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_in_http_is_a_failure() {
    const LONG: &str = "HTTP/1.1 200 OK\r\nX: ";
    static REPLIES: [&[Reply]; 6] = [
        &[Reply::SendAndClose("")],
        &[Reply::SendAndClose("SSH-2.0-OpenSSH_9.2\r\n")],
        &[Reply::SendAndClose("HTTP/1.1 200 OK\r\nContent-")],
        &[Reply::SendAndClose(
            "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n",
        )],
        &[Reply::SendAndClose(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        )],
        &[Reply::SendAndClose(LONG)],
    ];
    for replies in REPLIES {
        let endpoint = Endpoint::start(replies).await;
        let (response_type, reason) = refusal(&http_to(&endpoint), "http://a/").await;
        assert_eq!(response_type, FAILURE, "{replies:?}: {reason}");
        assert!(reason.contains(&endpoint.address.to_string()), "{reason}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string().parse().unwrap();
    drop(listener);
    let http = Http::new(HttpClient::default(), PATIENCE).with_origin(&Scheme::HTTP, &authority);
    let (response_type, reason) = refusal(&http, "http://a/").await;
    assert_eq!(response_type, FAILURE);
    assert!(reason.contains("cannot be connected"), "{reason}");
}

#[tokio::test]
async fn an_endpoint_that_closes_at_once_is_asked_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string().parse().unwrap();
    let http = Http::new(HttpClient::default(), PATIENCE).with_origin(&Scheme::HTTP, &authority);
    let closing = async {
        let mut accepted = 0;
        loop {
            drop(listener.accept().await.unwrap());
            accepted += 1;
            assert_eq!(accepted, 1, "it is asked again and again");
        }
    };
    tokio::select! {
        (response_type, reason) = refusal(&http, "http://a/") => {
            assert_eq!(response_type, FAILURE, "{reason}");
        }
        () = closing => {}
    }
}

#[tokio::test]
async fn a_host_without_an_address_is_a_fault_of_the_configuration() {
    let http = Http::new(HttpClient::default(), PATIENCE);
    for (uri, expected) in [
        ("http://nothing.invalid/", "cannot be resolved"),
        ("/no/host", "names no host"),
    ] {
        let (response_type, reason) = refusal(&http, uri).await;
        assert_eq!(response_type, CONFIGURATION, "{uri}");
        assert!(reason.contains(expected), "{uri}: {reason}");
    }
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_in_time_is_a_timeout() {
    let silent = Endpoint::start(&[Reply::SendAndStall("")]).await;
    let authority = silent.address.to_string().parse().unwrap();
    let http = Http::new(HttpClient::default(), IMPATIENCE).with_origin(&Scheme::HTTP, &authority);
    let (response_type, reason) = refusal(&http, "http://a/").await;
    assert_eq!(response_type, TIMEOUT);
    assert!(reason.contains("no answer within 60 ms"), "{reason}");

    // Nobody says a word of TLS there, so that no connection comes about.
    let client = HttpClient::builder().connect_timeout(IMPATIENCE).build();
    let http = Http::new(client, PATIENCE).with_origin(&Scheme::HTTPS, &authority);
    let (response_type, reason) = refusal(&http, "https://a/").await;
    assert_eq!(response_type, TIMEOUT);
    assert!(reason.contains("no connection within 60 ms"), "{reason}");
}

#[tokio::test]
async fn a_body_that_ends_too_early_or_too_late_is_no_body() {
    const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab";
    const HALF_CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    const NO_CHUNK: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab";
    static REPLIES: [&[Reply]; 4] = [
        &[Reply::SendAndClose(HALF)],
        &[Reply::SendAndClose(HALF_CHUNKED)],
        &[Reply::SendAndClose(NO_CHUNK)],
        &[Reply::SendAndStall(HALF)],
    ];
    for replies in REPLIES {
        let endpoint = Endpoint::start(replies).await;
        let authority = endpoint.address.to_string().parse().unwrap();
        let patience = match replies[0] {
            Reply::SendAndStall(_) => Duration::from_millis(200),
            _ => PATIENCE,
        };
        let http =
            Http::new(HttpClient::default(), patience).with_origin(&Scheme::HTTP, &authority);
        let response = call(&http, get("http://a/")).await.unwrap();
        assert_eq!(response.status, 200);
        let error = response.body.collect().await.unwrap_err().to_string();
        let expected = match replies[0] {
            Reply::SendAndStall(_) => "no whole answer within 200 ms",
            _ => "does not speak HTTP",
        };
        assert!(error.contains(expected), "{replies:?}: {error}");
    }
}

#[tokio::test]
async fn the_next_request_after_a_fault_is_served() {
    static REPLIES: [Reply; 4] = [
        Reply::SendAndClose("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"),
        Reply::SendAndClose("garbage\r\n\r\n"),
        Reply::SendAndClose(""),
        OK,
    ];
    let endpoint = Endpoint::start(&REPLIES).await;
    let http = http_to(&endpoint);
    let half = call(&http, get("http://a/")).await.unwrap();
    assert!(half.body.collect().await.is_err());
    for _ in 0..2 {
        let post = request(Method::POST, "http://a/", Body::from("x"));
        assert!(call(&http, post).await.is_err());
    }
    assert_eq!(answer(&http, get("http://a/")).await.body, "ok");
}

/// Every spelling of loopback, and where clouds keep their secrets.
#[tokio::test]
async fn a_host_that_a_request_chose_reaches_no_private_address() {
    let endpoint = Endpoint::start(&[OK]).await;
    let port = endpoint.address.port();
    let http = Http::new(HttpClient::default(), PATIENCE);
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[ff02::1]",
        "[2001:db8::1]",
    ] {
        let (response_type, reason) = refusal(&http, &format!("http://{host}:{port}/")).await;
        assert_eq!(response_type, CONFIGURATION, "{host}: {reason}");
    }
    assert_eq!(endpoint.connections(), 0);

    let allowed = AddressFilter::public_and(["127.0.0.0/8".parse().unwrap()]);
    let client = HttpClient::builder().address_filter(allowed).build();
    let http = Http::new(client, PATIENCE);
    let uri = format!("http://127.0.0.1:{port}/");
    assert_eq!(answer(&http, get(&uri)).await.body, "ok");
}
