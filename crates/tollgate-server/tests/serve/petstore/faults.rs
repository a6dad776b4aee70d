//! Endpoints that fail, and what clients are told of it.

use serde_json::json;
use tokio::net::TcpSocket;

use super::endpoint::{Endpoint, PET, Reply};
use super::{serve, serve_with, set_timeout};
use crate::process::Server;
use crate::wire::{Asked, Received, get};

const FAILURE: &str = r#"{"message": "Network error communicating with endpoint"}"#;
const TIMEOUT: &str = r#"{"message": "Endpoint request timed out"}"#;

const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf.";
const HALF_CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf.\r\n";

/// Faults before an answer begins, each followed by a pet.
static WITHOUT_ANSWER: [(&[Reply], &str); 6] = [
    (&[Reply::SendAndClose(""), PET], FAILURE),
    (&[Reply::SendAndReset(""), PET], FAILURE),
    (
        &[Reply::SendAndClose("SSH-2.0-OpenSSH_9.2\r\n"), PET],
        FAILURE,
    ),
    (
        &[Reply::SendAndClose("HTTP/1.1 200 OK\r\nContent-"), PET],
        FAILURE,
    ),
    (&[Reply::SendAndStall(""), PET], TIMEOUT),
    (
        &[Reply::SendAndStall("HTTP/1.1 200 OK\r\nContent-"), PET],
        TIMEOUT,
    ),
];

/// Faults in the middle of an answer, each followed by a pet.
static WITH_HALF_AN_ANSWER: [(&[Reply], &str); 6] = [
    (&[Reply::SendAndClose(HALF), PET], FAILURE),
    (&[Reply::SendAndClose(HALF_CHUNKED), PET], FAILURE),
    (&[Reply::SendAndReset(HALF), PET], FAILURE),
    (&[Reply::SendAndReset(HALF_CHUNKED), PET], FAILURE),
    (&[Reply::SendAndStall(HALF), PET], TIMEOUT),
    (&[Reply::SendAndStall(HALF_CHUNKED), PET], TIMEOUT),
];

/// How long an endpoint may take that is to be too slow; on a busy machine, others need some of it.
const MILLIS: u32 = 500;

/// Serves the document with an endpoint that replies so; only who stalls is given little time.
fn serve_faulty(replies: &'static [Reply]) -> (Endpoint, Server) {
    let endpoint = Endpoint::start(replies);
    let server = serve_with(endpoint.address, |document| {
        if matches!(replies[0], Reply::SendAndStall(_)) {
            set_timeout(document, MILLIS);
        }
    });
    (endpoint, server)
}

/// That the client got the service's own words for a fault, and the header that the document gives
/// all refusals.
fn assert_refused(refused: &Received, body: &str, told: &str) {
    assert_eq!(refused.status, Some(504), "{told}");
    assert_eq!(refused.text(), body, "{told}");
    for (name, value) in [
        ("x-amzn-errortype", "InternalServerErrorException"),
        ("content-type", "application/json"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(refused.header(name), Some(value), "{told}");
    }
    assert!(refused.header("x-amzn-requestid").is_some(), "{told}");
    assert!(refused.is_whole, "{told}");
}

#[test]
fn an_endpoint_that_is_down_is_a_failure() {
    // Nobody can listen where this socket is, and it does not.
    let socket = TcpSocket::new_v4().expect("the loopback works");
    let loopback = "127.0.0.1:0".parse().expect("it is an address");
    socket.bind(loopback).expect("the loopback works");
    let server = serve(socket.local_addr().expect("the loopback works"));
    for path in ["/pets", "/pets/7", "/shop/pets/7"] {
        assert_refused(&get(server.address, path), FAILURE, path);
    }
}

#[test]
fn an_endpoint_without_an_answer_is_refused_for_both_types() {
    for path in ["/pets/7", "/shop/pets/7"] {
        for (replies, expected) in WITHOUT_ANSWER {
            let told = format!("{path}: {:?}", replies[0]);
            let (endpoint, server) = serve_faulty(replies);
            endpoint.reset();
            assert_refused(&get(server.address, path), expected, &told);
            assert_eq!(get(server.address, path).json()["id"], 7, "{told}");
        }
    }
}

#[test]
fn half_an_answer_is_refused_where_it_is_mapped() {
    for (replies, expected) in WITH_HALF_AN_ANSWER {
        let told = format!("{:?}", replies[0]);
        let (endpoint, server) = serve_faulty(replies);
        endpoint.reset();
        assert_refused(&get(server.address, "/pets/7"), expected, &told);
        assert_eq!(
            get(server.address, "/pets/7").json()["kind"],
            "dog",
            "{told}"
        );
    }
}

/// A client must be able to tell it from a whole answer.
#[test]
fn half_an_answer_breaks_off_where_it_is_passed_on() {
    for (replies, _) in WITH_HALF_AN_ANSWER {
        let told = format!("{:?}", replies[0]);
        let (endpoint, server) = serve_faulty(replies);
        let mut asked = Asked::send(server.address, "GET /shop/pets/7 HTTP/1.1", b"");
        if matches!(replies[0], Reply::SendAndReset(_)) {
            // Only then is it certain that the gateway has read what it is to pass on.
            asked.wait_for("half.");
        }
        endpoint.reset();
        let half = asked.finish();
        assert!(!half.is_whole, "{told}: {half:?}");
        // Where the end comes with the beginning, the client may see nothing at all.
        assert!([Some(200), None].contains(&half.status), "{told}: {half:?}");
        assert_eq!(
            get(server.address, "/shop/pets/7").json()["id"],
            7,
            "{told}"
        );
    }
}

#[test]
fn faults_are_told_in_the_words_of_the_document() {
    for (replies, response_type, message) in [
        (
            &[Reply::SendAndClose("")],
            "INTEGRATION_FAILURE",
            "Network error communicating with endpoint",
        ),
        (
            &[Reply::SendAndStall("")],
            "INTEGRATION_TIMEOUT",
            "Endpoint request timed out",
        ),
    ] {
        let endpoint = Endpoint::start(replies);
        let server = serve_with(endpoint.address, |document| {
            set_timeout(document, MILLIS);
            document["x-amazon-apigateway-gateway-responses"][response_type] = json!({
                "statusCode": "503",
                "responseParameters": { "gatewayresponse.header.Retry-After": "'30'" },
                "responseTemplates": { "application/json":
                    "{\"closed\": $context.error.messageString, \"for\": \"$method.request.path.petId\", \
                     \"type\": \"$context.error.responseType\"}" }
            });
        });
        let refused = get(server.address, "/pets/7");
        assert_eq!(refused.status, Some(503), "{response_type}");
        assert_eq!(refused.header("retry-after"), Some("30"), "{response_type}");
        // What is customised is not merged with the default of its class.
        assert_eq!(
            refused.header("access-control-allow-origin"),
            None,
            "{response_type}"
        );
        assert_eq!(
            refused.json(),
            json!({ "closed": message, "for": "7", "type": response_type })
        );
    }
}
