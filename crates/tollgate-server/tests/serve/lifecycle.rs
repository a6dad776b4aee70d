//! How the command begins and ends.

use std::io::Write as _;
use std::net::TcpStream;

use crate::process::{Answer, Folder, Server, said, tollgate};

const DOCUMENT: &str = "examples/hello-mock/openapi.yaml";

#[test]
fn each_request_has_a_line_unless_nobody_wants_it() {
    let server = Server::start(DOCUMENT, &[]);
    server.get("/pets/7?secret=1");
    server.get("/nowhere");
    server.signal("TERM");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0));
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].contains(" GET /pets/7 200 "), "{said}");
    assert!(lines[1].contains(" GET /nowhere 404 "), "{said}");
    assert!(
        lines[1].ends_with(" MISSING_AUTHENTICATION_TOKEN"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");

    let server = Server::start(DOCUMENT, &["--no-request-log"]);
    server.get("/pets/7");
    server.signal("INT");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0));
    assert!(!said.contains("/pets/7"), "{said}");
}

#[test]
fn a_request_in_flight_is_finished() {
    let server = Server::start(DOCUMENT, &[]);
    let body = r#"{"items": [{"name": "tea", "quantity": 1}]}"#;
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(
        stream,
        "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    )
    .unwrap();
    // The server asks for the body once it has begun with the request.
    let mut asked = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.signal("TERM");
    // It has stopped listening once a connection is refused.
    while TcpStream::connect(server.address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).unwrap();
    assert_eq!(Answer::read(stream).status, 201);
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_reader_that_does_not_read_delays_nobody() {
    let server = Server::start(DOCUMENT, &[]);
    // The lines of so many requests fill any pipe, which this test reads only at the end.
    for _ in 0..2_000 {
        assert_eq!(server.get("/pets/7").status, 200);
    }
    server.signal("TERM");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0));
    assert!(said.contains(" GET /pets/7 200 "), "{said}");
}

#[test]
fn what_cannot_be_served_ends_with_status_1() {
    let folder = Folder::new();
    for (name, text, expected) in [
        (
            "broken.json",
            "{\n  \"openapi\": \"3.0.1\",,\n}",
            "broken.json:2:",
        ),
        ("broken.yaml", "openapi: 3.0.1\ninfo: [", "broken.yaml:"),
        ("other.json", "{\"hello\": 1}", "error: "),
        (
            "future.yaml",
            "openapi: 9.0.0\ninfo: {title: x, version: '1'}\npaths: {}\n",
            "9.0.0",
        ),
        (
            "path.yaml",
            "openapi: 3.0.1\ninfo: {title: x, version: '1'}\npaths:\n  /a{b}:\n    get: {}\n",
            "path.yaml:4:",
        ),
    ] {
        let file = folder.write(name, text);
        let output = tollgate().arg("serve").arg(&file).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(expected), "{name}: {said}");
        assert!(output.stdout.is_empty(), "{name}");
    }

    let output = tollgate()
        .args(["serve", "no-such-file.yaml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(said.starts_with("error: cannot read the file: "), "{said}");
    assert!(said.contains("\n --> no-such-file.yaml\n"), "{said}");
}

#[test]
fn an_address_in_use_is_named() {
    let server = Server::start(DOCUMENT, &[]);
    let output = tollgate()
        .arg("serve")
        .arg(crate::process::repository(DOCUMENT))
        .args(["--listen", &server.address.to_string()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("error: cannot listen on {}: ", server.address);
    assert!(said(&output).contains(&expected), "{}", said(&output));
}
