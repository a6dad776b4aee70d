//! Bodies on their way to an endpoint, and clients that go away.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use super::endpoint::{Endpoint, PET, Reply, Seen};
use super::{serve, serve_with, set_timeout};
use crate::wire::{Asked, get};

/// The payload limit of the service.
const LIMIT: usize = 10_485_760;
const TOO_LARGE: &str = "HTTP content length exceeded 10485760 bytes.";

/// A body in chunks of at most 64 KiB.
fn chunked(length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + length / 1024);
    let whole = vec![b'x'; length];
    for chunk in whole.chunks(65_536) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

#[test]
fn a_body_of_ten_mebibytes_streams_through() {
    let endpoint = Endpoint::start(&[PET]);
    let server = serve_with(endpoint.address, |document| set_timeout(document, 29_000));
    for (framing, bytes) in [
        ("Transfer-Encoding: chunked".to_owned(), chunked(LIMIT)),
        (format!("Content-Length: {LIMIT}"), vec![b'x'; LIMIT]),
    ] {
        let head = format!("PUT /shop/pets/7 HTTP/1.1\r\n{framing}");
        let answer = Asked::send(server.address, &head, &bytes).finish();
        assert_eq!(answer.status, Some(200), "{framing}");
        let (head, body) = endpoint.request();
        assert!(head.starts_with("PUT /pets/7 HTTP/1.1\r\n"), "{head}");
        assert!(body == vec![b'x'; LIMIT], "{framing}: {} bytes", body.len());
    }
}

/// Whoever it is passed on to must not take it for a whole body.
#[test]
fn a_body_that_passes_the_limit_on_its_way_is_too_large() {
    let endpoint = Endpoint::start(&[PET]);
    let server = serve_with(endpoint.address, |document| set_timeout(document, 29_000));
    let head = "PUT /shop/pets/7 HTTP/1.1\r\nTransfer-Encoding: chunked";
    let refused = Asked::send(server.address, head, &chunked(LIMIT + 1)).finish();
    assert_eq!((refused.status, refused.text()), (Some(413), TOO_LARGE));
    assert_eq!(endpoint.seen(), Seen::Gone);
    assert_eq!(get(server.address, "/shop/pets/7").json()["id"], 7);
}

#[test]
fn a_body_that_announces_too_much_is_refused_unread() {
    let endpoint = Endpoint::start(&[PET]);
    let server = serve(endpoint.address);
    for path in ["/pets", "/shop/pets"] {
        let length = LIMIT + 1;
        let head = format!(
            "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}"
        );
        let refused = Asked::send(server.address, &head, b"").finish();
        assert_eq!(
            (refused.status, refused.text()),
            (Some(413), TOO_LARGE),
            "{path}"
        );
    }
    assert!(endpoint.has_seen_nothing());
}

#[test]
fn a_client_that_goes_away_ends_the_call() {
    for path in ["/pets/7", "/shop/pets/7"] {
        for reply in [
            &[Reply::SendAndStall("")],
            &[Reply::SendAndStall(
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf.",
            )],
        ] {
            let endpoint = Endpoint::start(reply);
            let server = serve_with(endpoint.address, |document| set_timeout(document, 29_000));
            let asked = Asked::send(server.address, &format!("GET {path} HTTP/1.1"), b"");
            endpoint.request();
            drop(asked);
            assert_eq!(endpoint.seen(), Seen::Gone, "{path}: {reply:?}");
        }
    }
}

/// The endpoint has begun to read it, and must see that the rest will not come.
#[test]
fn a_client_that_goes_away_while_it_sends_ends_the_call() {
    let endpoint = Endpoint::start(&[PET]);
    let server = serve_with(endpoint.address, |document| set_timeout(document, 29_000));
    let mut stream = TcpStream::connect(server.address).expect("the server listens");
    stream
        .write_all(
            b"PUT /shop/pets/7 HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 10\r\n\r\nhalf.",
        )
        .expect("the server reads");
    stream.shutdown(Shutdown::Write).expect("it is connected");
    let mut answer = String::new();
    // It may be told that its request is bad, or nothing: it is not there to hear it.
    drop(stream.read_to_string(&mut answer));
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(endpoint.seen(), Seen::Gone);
}
