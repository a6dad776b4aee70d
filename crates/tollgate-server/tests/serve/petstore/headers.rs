//! Headers from end to end, as recorded on the service for both types of HTTP integration.

use super::endpoint::{Endpoint, Reply};
use super::serve;
use crate::wire::{Asked, Received};

/// What the client sends besides `Host` and `Connection`.
const SENT: &str = "Accept: text/plain\r\n\
    Accept-Charset: utf-8\r\n\
    Accept-Encoding: br\r\n\
    Age: 1\r\n\
    Authorization: Bearer token\r\n\
    Content-Encoding: identity\r\n\
    Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n\
    Content-Type: text/plain\r\n\
    Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n\
    Max-Forwards: 10\r\n\
    Pragma: no-cache\r\n\
    Proxy-Authenticate: Basic\r\n\
    Range: bytes=0-9\r\n\
    Referer: http://example.com/\r\n\
    Server: client\r\n\
    TE: trailers\r\n\
    Trailer: X\r\n\
    User-Agent: test\r\n\
    Via: 1.1 somebody\r\n\
    WWW-Authenticate: Basic\r\n\
    Warn: 199\r\n\
    X-Of-Their-Own: yes";

/// What the endpoint answers with.
static ANSWER: [Reply; 1] = [Reply::SendAndClose(
    "HTTP/1.1 200 OK\r\n\
     Content-Length: 34\r\n\
     Content-Type: application/vnd.pet+json\r\n\
     Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n\
     Server: shop\r\n\
     Connection: close\r\n\
     Via: 1.1 shop\r\n\
     WWW-Authenticate: Basic\r\n\
     Content-Encoding: identity\r\n\
     x-amzn-RequestId: theirs\r\n\
     User-Agent: shop\r\n\
     X-Of-Their-Own: yes\r\n\r\n\
     {\"id\":7,\"type\":\"dog\",\"price\":1.50}",
)];

/// What reaches the endpoint, and what comes back.
fn exchange(path: &str) -> (Endpoint, String, Received) {
    let endpoint = Endpoint::start(&ANSWER);
    let server = serve(endpoint.address);
    let head = format!("GET {path} HTTP/1.1\r\n{SENT}");
    let answer = Asked::send(server.address, &head, b"").finish();
    let (head, body) = endpoint.request();
    assert!(head.starts_with("GET /pets/7 HTTP/1.1\r\n"), "{head}");
    assert_eq!(body, b"");
    assert_eq!(
        (answer.status, answer.is_whole),
        (Some(200), true),
        "{answer:?}"
    );
    (endpoint, head, answer)
}

/// The names that stand in a head, in lower case and in order of the alphabet.
fn names(head: &str) -> Vec<String> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut names: Vec<_> = lines.map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names
}

fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

#[test]
fn a_mapped_request_brings_headers_of_the_gateway_only() {
    let (endpoint, head, _) = exchange("/pets/7");
    assert_eq!(
        names(&head),
        [
            "accept",
            "content-length",
            "host",
            "user-agent",
            "x-amzn-apigateway-api-id",
            "x-amzn-trace-id",
        ]
    );
    let api_id = value(&head, "x-amzn-apigateway-api-id").expect("it stands there");
    assert_eq!(value(&head, "accept"), Some("application/json"));
    assert_eq!(value(&head, "content-length"), Some("0"));
    assert_eq!(value(&head, "host"), Some(&*endpoint.address.to_string()));
    let agent = format!("AmazonAPIGateway_{api_id}");
    assert_eq!(value(&head, "user-agent"), Some(&*agent));
}

#[test]
fn a_proxied_request_brings_those_of_the_client_that_pass() {
    let (endpoint, head, _) = exchange("/shop/pets/7");
    assert_eq!(
        names(&head),
        [
            "accept",
            "accept-charset",
            "accept-encoding",
            "age",
            "authorization",
            "content-length",
            "content-type",
            "date",
            "host",
            "pragma",
            "range",
            "referer",
            "user-agent",
            "warn",
            "x-amzn-apigateway-api-id",
            "x-amzn-trace-id",
            "x-forwarded-for",
            "x-forwarded-port",
            "x-forwarded-proto",
            "x-of-their-own",
        ]
    );
    for (name, expected) in [
        ("accept", "text/plain"),
        ("authorization", "Bearer token"),
        ("content-length", "0"),
        ("host", &*endpoint.address.to_string()),
        ("user-agent", "test"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "http"),
    ] {
        assert_eq!(value(&head, name), Some(expected), "{name}");
    }
}

#[test]
fn a_mapped_response_has_no_header_of_the_endpoint() {
    let (_, _, answer) = exchange("/pets/7");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    for name in ["server", "via", "www-authenticate", "x-of-their-own"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    assert!(answer.header("x-amzn-trace-id").is_some());
    assert_ne!(answer.header("x-amzn-requestid"), Some("theirs"));
}

#[test]
fn a_proxied_response_has_those_of_the_endpoint_under_names_that_are_free() {
    let (_, _, answer) = exchange("/shop/pets/7");
    for (name, expected) in [
        ("content-type", Some("application/vnd.pet+json")),
        ("user-agent", Some("shop")),
        ("x-of-their-own", Some("yes")),
        ("x-amzn-remapped-content-length", Some("34")),
        (
            "x-amzn-remapped-date",
            Some("Tue, 15 Nov 1994 08:12:31 GMT"),
        ),
        ("x-amzn-remapped-server", Some("shop")),
        ("x-amzn-remapped-connection", Some("close")),
        ("x-amzn-remapped-www-authenticate", Some("Basic")),
        ("x-amzn-remapped-x-amzn-requestid", Some("theirs")),
        // Without it nobody could read a body that is coded.
        ("content-encoding", Some("identity")),
        ("via", None),
        ("server", None),
        ("www-authenticate", None),
        ("x-amzn-trace-id", None),
    ] {
        assert_eq!(answer.header(name), expected, "{name}");
    }
    assert_ne!(answer.header("x-amzn-requestid"), Some("theirs"));
}
