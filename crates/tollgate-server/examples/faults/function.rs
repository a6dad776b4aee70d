//! What functions do: in a process of their own, which is this program once more, and in this one.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::process::ExitCode;

use serde_json::{Value, json};

/// More than a function may answer, in JSON.
const LONG: usize = 6 * 1024 * 1024;

/// What is to be done with an event.
fn fault(event: &Value) -> (&str, bool) {
    let of_proxy = event.pointer("/pathParameters/fault");
    let fault = of_proxy.or_else(|| event.get("fault"));
    let fault = fault.and_then(Value::as_str).unwrap_or_default();
    (fault, of_proxy.is_some())
}

fn good(is_proxied: bool) -> Value {
    if is_proxied {
        json!({ "body": "well" })
    } else {
        json!("well")
    }
}

/// Handles an event in this process.
pub(crate) async fn handle(event: Value) -> Result<Value, &'static str> {
    match fault(&event) {
        ("good", is_proxied) => Ok(good(is_proxied)),
        ("malformed", _) => Ok(json!(7)),
        ("long", _) => Ok(Value::String("a".repeat(LONG))),
        ("hang", _) => std::future::pending().await,
        _ => Err("no luck"),
    }
}

/// Handles events as a program on Lambda does, until the gateway ends it.
pub(crate) fn run() -> ExitCode {
    let address = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap_or_default();
    match serve(&address) {
        Ok(code) => code,
        // It is gone.
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(address: &str) -> io::Result<ExitCode> {
    loop {
        let (id, event) = next(address)?;
        let event: Value = serde_json::from_slice(&event)?;
        let invocation = format!("/2018-06-01/runtime/invocation/{id}");
        let response = format!("{invocation}/response");
        match fault(&event) {
            ("good", is_proxied) => post(address, &response, &good(is_proxied).to_string())?,
            ("malformed", _) => post(address, &response, "no JSON{")?,
            ("long", _) => post(address, &response, &format!("{:?}", "a".repeat(LONG)))?,
            ("crash", _) => std::process::abort(),
            ("exit", _) => return Ok(ExitCode::from(3)),
            ("half", _) => {
                let mut stream = TcpStream::connect(address)?;
                let head = format!("POST {response} HTTP/1.1\r\nHost: {address}\r\n");
                stream.write_all(format!("{head}Content-Length: 9\r\n\r\n\"half").as_bytes())?;
                return Ok(ExitCode::SUCCESS);
            }
            ("hang", _) => loop {
                std::thread::park();
            },
            _ => {
                let error = json!({ "errorMessage": "no luck", "errorType": "Fault" });
                post(address, &format!("{invocation}/error"), &error.to_string())?;
            }
        }
    }
}

/// The next event, and its id.
fn next(address: &str) -> io::Result<(String, Vec<u8>)> {
    let head = format!(
        "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {address}\r\n\
         Connection: close\r\n\r\n"
    );
    let answer = call(address, head.as_bytes())?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let id = head.split("lambda-runtime-aws-request-id: ").nth(1);
    let id = id.and_then(|rest| rest.split('\r').next());
    let id = id.ok_or(io::ErrorKind::InvalidData)?.to_owned();
    Ok((id, answer[end + 4..].to_vec()))
}

fn post(address: &str, path: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    call(address, &[head.as_bytes(), body.as_bytes()].concat()).map(drop)
}

fn call(address: &str, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    // An answer that is too long is refused before it is all sent.
    drop(stream.write_all(request));
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if answer.is_empty() => Err(error),
        _ => Ok(answer),
    }
}
