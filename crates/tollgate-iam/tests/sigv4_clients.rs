//! Requests signed by other people's code, over a socket.
//!
//! botocore is installed from PyPI into a virtual environment below the target directory. Where
//! there is no Python, PyPI or curl, a test says that it was skipped, or fails if
//! `TOLLGATE_REQUIRE_SERVICES` is 1.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use http::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tollgate_core::{Body, SystemClock};
use tollgate_iam::sigv4::{Credentials, IssuedKey, Principal, SigV4Layer, Verifier};
use tower::{Layer as _, service_fn};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SESSION_SECRET: &str = "sessionSecretEXAMPLE";
const SESSION_TOKEN: &str = "to/ken+EXAMPLE==";

#[test]
fn botocore_is_understood() {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let Some(python) = python_with(&clients.join("requirements.txt")) else {
        return skip("no Python 3 with botocore");
    };
    let server = Server::start();
    let output = Command::new(python)
        .arg(clients.join("botocore_client.py"))
        .arg(server.address.to_string())
        .output();
    let output = output.expect("Python was found before");
    println!("{}", text(&output.stdout));
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn curl_is_understood() {
    let Ok(version) = Command::new("curl").arg("--version").output() else {
        return skip("no curl");
    };
    let server = Server::start();
    let curl = |target: &str, user: &str, more: &[&str]| {
        let url = format!("http://{}{target}", server.address);
        let arguments = [
            "--silent",
            "--aws-sigv4",
            "aws:amz:us-east-1:execute-api",
            "--user",
            user,
        ];
        let command = Command::new("curl")
            .args(arguments)
            .args(more)
            .arg(url)
            .output();
        text(&command.expect("curl was found before").stdout)
    };
    let alice = format!("AKIDEXAMPLE:{SECRET}");
    let session = format!("ASIAEXAMPLE:{SESSION_SECRET}");
    let token = format!("x-amz-security-token: {SESSION_TOKEN}");
    let json = ["--json", r#"{"name":"Rex"}"#];
    for (target, user, more, expected) in [
        ("/prod/pets", &alice, &[][..], "GET /prod/pets\n"),
        (
            "/prod/pets?a=1&b=2",
            &alice,
            &[],
            "GET /prod/pets?a=1&b=2\n",
        ),
        (
            "/prod/pets/",
            &alice,
            &["-X", "DELETE"],
            "DELETE /prod/pets/\n",
        ),
        (
            "/prod/pets",
            &alice,
            &json,
            "POST /prod/pets\n{\"name\":\"Rex\"}",
        ),
        ("/prod/pets", &session, &["-H", &token], "GET /prod/pets\n"),
    ] {
        assert_eq!(curl(target, user, more), expected, "{target}");
    }
    let wrong = curl("/prod/pets", "AKIDEXAMPLE:not-the-secret", &[]);
    assert!(wrong.contains("does not match the signature"), "{wrong}");
    let none = curl("/prod/pets", &session, &[]);
    assert!(
        none.contains("security token included in the request is invalid"),
        "{none}"
    );

    // Older versions of curl sign queries and paths as they stand (curl issues 11794 and 13754).
    // What curl gets wrong is refused, and never taken for another request.
    for target in [
        "/prod/pets?b=2&a=1",
        "/prod/pets?flag",
        "/prod/a%20b",
        "/prod/a%2Fb",
        "/prod/%C3%A9",
    ] {
        let answer = curl(target, &alice, &[]);
        if answer != format!("GET {target}\n") {
            assert!(answer.contains("does not match the signature"), "{answer}");
            let version = text(&version.stdout);
            let version = version.split_whitespace().nth(1).unwrap_or_default();
            println!("curl {version} signs {target} otherwise than AWS");
        }
    }
}

/// Answers with the method, the target and the body of requests that are signed.
struct Server {
    address: SocketAddr,
    /// Serves as long as it is there.
    _runtime: Runtime,
}

impl Server {
    fn start() -> Self {
        let runtime = Runtime::new().expect("threads");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = TowerToHyperService::new(layer().layer(service_fn(echo)));
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let http = hyper::server::conn::http1::Builder::new();
                tokio::spawn(http.serve_connection(TokioIo::new(stream), app.clone()));
            }
        });
        Self {
            address,
            _runtime: runtime,
        }
    }
}

fn layer() -> SigV4Layer {
    let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
    let job = Principal::new("arn:aws:sts::123456789012:assumed-role/service/job");
    let session = Credentials::new("ASIAEXAMPLE", SESSION_SECRET).with_session_token(SESSION_TOKEN);
    let keys = [
        IssuedKey::new(Credentials::new("AKIDEXAMPLE", SECRET), alice),
        IssuedKey::new(session, job),
    ];
    let keys = keys.map(|key| (key.credentials().access_key_id().to_owned(), Arc::new(key)));
    let clock = Arc::new(SystemClock::new());
    SigV4Layer::new(Verifier::new("us-east-1"), HashMap::from(keys), clock)
}

async fn echo(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.try_into_bytes().expect("the body is at hand");
    let echo = format!("{} {}\n{}", parts.method, parts.uri, text(&body));
    Ok(Response::new(Body::from(echo)))
}

/// A Python of our own that has these packages; `None` if it cannot be made.
fn python_with(requirements: &Path) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("botocore-venv");
    let python = folder.join("bin/python");
    let ran = |command: &mut Command| {
        let output: std::io::Result<Output> = command.output();
        output.is_ok_and(|output| output.status.success())
    };
    let made = python.exists() || ran(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    let install = ["-m", "pip", "install", "--quiet", "--requirement"];
    (made && ran(Command::new(&python).args(install).arg(requirements))).then_some(python)
}

fn skip(reason: &str) {
    let required = std::env::var("TOLLGATE_REQUIRE_SERVICES").is_ok_and(|it| it == "1");
    assert!(!required, "{reason}");
    println!("skipped: {reason}");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
