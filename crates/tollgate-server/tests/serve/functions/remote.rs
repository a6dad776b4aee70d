//! Functions behind something that speaks like Lambda's API.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use super::{INTERNAL, arguments, assert_answer, document};
use crate::process::{Folder, Server};
use crate::wire::Asked;

/// Answers calls of two functions: one gives back its event, the other fails.
fn lambda() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let Some((head, event)) = read_call(&mut stream) else {
                continue;
            };
            let signed = "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/";
            let (headers, answer) = match head.split(' ').nth(1) {
                _ if !head.contains(signed) => ("", "not signed".to_owned()),
                Some(path) if path.contains("function%3Aproxy/invocations") => {
                    ("", json!({ "body": event }).to_string())
                }
                Some(path) if path.contains("function%3Acustom%3Alive/invocations") => {
                    let error = json!({ "errorMessage": "no luck today", "errorType": "Bad" });
                    ("X-Amz-Function-Error: Unhandled\r\n", error.to_string())
                }
                path => ("", format!("called {path:?}")),
            };
            let length = answer.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n\
                 {answer}"
            );
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    format!("http://{address}")
}

fn read_call(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.split("content-length: ").nth(1)?.split('\r').next()?;
    let mut event = vec![0; length.parse().ok()?];
    stream.read_exact(&mut event).ok()?;
    Some((head, String::from_utf8(event).ok()?))
}

#[test]
fn functions_that_are_not_configured_are_called_at_lambdas_endpoint() {
    let folder = Folder::new();
    folder.write("api.json", &document().to_string());
    let config = folder.write("tollgate.toml", "[[apis]]\nfile = \"api.json\"\n");
    let environment = [
        ("AWS_ENDPOINT_URL_LAMBDA", &*lambda()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        ),
        ("AWS_SESSION_TOKEN", ""),
    ];
    let server = Server::launch_in(&environment, &arguments(&config));
    let ask = |path: &str, body: &str| {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nContent-Length: {length}");
        Asked::send(server.address, &head, body.as_bytes()).finish()
    };
    let event: Value = ask("/proxy/tell", "a body").json();
    assert_eq!(event["pathParameters"]["what"], "tell", "{event}");
    assert_eq!(event["body"], "a body", "{event}");
    let failed = ask("/custom", r#"{"do": "fail"}"#);
    assert_answer(&failed, 400, r#"{"failed": "no luck today"}"#, "custom");
    assert_answer(&ask("/hasty/x", ""), 502, INTERNAL, "another");
}
