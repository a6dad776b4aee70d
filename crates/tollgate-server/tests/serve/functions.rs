//! Lambda functions that `tollgate.toml` names, built on Lambda's own runtime clients, and one behind
//! something that speaks like Lambda's API.
//!
//! `.ci/install-lambda-runtimes` installs the clients. Where one is not installed, its test says that it
//! is skipped, or fails if `TOLLGATE_REQUIRE_SERVICES` is 1.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

mod document;
mod reloads;
mod remote;

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tollgate::core::{Clock as _, SystemClock};

use crate::process::{Folder, Server, repository, said, tollgate};
use crate::wire::{Asked, Received};

use document::document;

/// What clients are told of a function that failed.
const INTERNAL: &str = r#"{"message": "Internal server error"}"#;
/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A runtime client.
#[derive(Clone, Copy)]
struct Client {
    name: &'static str,
    /// The commands of functions behind integrations of type AWS_PROXY and AWS.
    commands: fn(&Path) -> [Vec<String>; 2],
    /// What is there once the client is installed.
    installed: &'static str,
}

const PYTHON: Client = Client {
    name: "python",
    commands: |cache| {
        let python = cache.join("python/bin/python").display().to_string();
        let command = [&python, "-m", "awslambdaric", "app.handler"].map(str::to_owned);
        [command.to_vec(), command.to_vec()]
    },
    installed: "python/installed",
};

const NODE: Client = Client {
    name: "node",
    commands: |cache| {
        let client = cache.join("node/node_modules/aws-lambda-ric/bin/index.mjs");
        let command = ["node", &client.display().to_string(), "app.handler"].map(str::to_owned);
        [command.to_vec(), command.to_vec()]
    },
    installed: "node/installed",
};

const RUST: Client = Client {
    name: "rust",
    commands: |cache| {
        let program = cache.join("rust/debug/lambda-function");
        [(); 2].map(|()| vec![program.display().to_string()])
    },
    installed: "rust/debug/lambda-function",
};

impl Client {
    /// The commands of its functions; `None` where it is not installed.
    fn commands(self) -> Option<[Vec<String>; 2]> {
        // The folder for temporary files of tests stands in the target folder.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("lambda-runtimes");
        if !cache.join(self.installed).exists() {
            let is_required = std::env::var("TOLLGATE_REQUIRE_SERVICES").is_ok_and(|it| it == "1");
            assert!(
                !is_required,
                "the client for {} is not installed",
                self.name
            );
            println!("skipped: the client for {} is not installed", self.name);
            return None;
        }
        Some((self.commands)(&cache))
    }

    /// What `tollgate.toml` says of its functions.
    fn config(self) -> Option<String> {
        let [proxy, custom] = self.commands()?;
        // What the tests of the integration run; for proxy events there are functions beside this file.
        let of_integration = "crates/tollgate-integration/tests/runtime/functions";
        let custom_folder = repository(of_integration).join(self.name);
        let proxy_folder = repository("crates/tollgate-server/tests/serve/functions");
        let mut config = String::new();
        for (function, command, folder, handler, timeout) in [
            ("proxy", &proxy, &proxy_folder, "proxy", "1m"),
            ("custom", &custom, &custom_folder, "app", "1m"),
            ("hasty", &custom, &custom_folder, "app", "1s"),
            ("\"hasty:proxy\"", &proxy, &proxy_folder, "proxy", "1s"),
        ] {
            config.push_str(&format!(
                "[functions.{function}]\ncommand = {command:?}\ndirectory = {folder:?}\n\
                 handler = {handler:?}\ntimeout = {timeout:?}\ninit_timeout = \"1m\"\n\
                 environment = {{ TABLE = \"pets\", PYTHONDONTWRITEBYTECODE = \"1\" }}\n"
            ));
        }
        Some(config)
    }
}

/// A server of a document with these functions.
struct Served {
    server: Server,
    folder: Folder,
}

impl Served {
    fn start(config: &str) -> Self {
        let folder = Folder::new();
        folder.write("api.json", &document().to_string());
        let config = folder.write(
            "tollgate.toml",
            &format!("[[apis]]\nfile = \"api.json\"\n{config}"),
        );
        let quiet = ["--no-request-log".as_ref()];
        let server = Server::launch(&[&arguments(&config)[..], &quiet].concat());
        Self { server, folder }
    }

    fn post(&self, path: &str, headers: &str, body: &[u8]) -> Received {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nContent-Length: {length}{headers}");
        Asked::send(self.server.address, &head, body).finish()
    }

    /// Has the function behind the integration of type AWS do something.
    fn custom(&self, path: &str, what: &str, with: &Value) -> Received {
        let body = json!({ "do": what, "with": with }).to_string();
        self.post(path, "\r\nContent-Type: application/json", body.as_bytes())
    }
}

fn assert_answer(answer: &Received, status: u16, body: &str, told: &str) {
    let given = (answer.status, answer.text());
    assert_eq!(given, (Some(status), body), "{told}: {answer:?}");
}

/// Waits until a process has ended; whether somebody has asked for its status does not matter.
fn assert_ended(process: u64) {
    let clock = SystemClock::new();
    let begun = clock.now().monotonic();
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
        if stat.map_or(true, |stat| stat.contains(") Z ")) {
            return;
        }
        assert!(
            clock.now().monotonic() - begun < PATIENCE,
            "{process} runs on"
        );
        std::thread::yield_now();
    }
}

fn proxy_answers(served: &Served, client: Client) {
    let name = client.name;
    let told = served.post("/proxy/tell?color=red&color=blue", "", b"a body");
    assert_eq!(told.status, Some(201), "{name}: {told:?}");
    assert_eq!(told.header("x-told"), Some("all"), "{name}");
    let expected = json!({
        "verb": "POST", "path": "/proxy/tell", "stage": "default", "colors": ["red", "blue"],
        "body": "a body", "table": "pets", "name": "proxy",
    });
    assert_eq!(told.json(), expected, "{name}");

    let bytes: Vec<u8> = (0..=255).collect();
    let turned: Vec<u8> = bytes.iter().rev().copied().collect();
    let headers = "\r\nContent-Type: image/png\r\nAccept: image/png";
    let answer = served.post("/proxy/turn", headers, &bytes);
    assert_eq!((answer.status, answer.body), (Some(200), turned), "{name}");

    for what in ["fail", "malformed", "exit", "fail"] {
        let answer = served.post(&format!("/proxy/{what}"), "", b"");
        assert_answer(&answer, 502, INTERNAL, &format!("{name}: {what}"));
        let error_type = answer.header("x-amzn-errortype");
        assert_eq!(error_type, Some("InternalServerErrorException"), "{name}");
    }
    // Its own time is over, or the gateway's.
    let late = served.post("/hasty/hang", "", b"");
    assert_answer(&late, 502, INTERNAL, name);
    let late = served.post("/impatient/hang", "", b"");
    let told = r#"{"message": "Endpoint request timed out"}"#;
    assert_answer(&late, 504, told, name);
}

fn custom_answers(served: &Served, client: Client) {
    let name = client.name;
    let value = json!({"a": [1.5, true, "grün"]});
    let answer = served.custom("/custom", "echo", &value);
    assert_eq!(answer.status, Some(200), "{name}: {answer:?}");
    assert_eq!(answer.json(), json!({ "got": value }), "{name}");
    // Bytes are Base64 in the event, which has no others.
    let answer = served.post("/bytes", "\r\nContent-Type: image/png", &[0, 159, 255]);
    assert_answer(&answer, 200, r#""AJ//""#, name);
    let answer = served.custom("/hasty", "fail", &json!(null));
    assert_answer(&answer, 400, r#"{"failed": "no luck"}"#, name);
    let answer = served.custom("/custom", "exit", &json!(7));
    assert_answer(&answer, 418, "", name);
    let answer = served.custom("/hasty", "hang", &json!(null));
    assert_eq!(answer.status, Some(408), "{name}: {answer:?}");
    let failed = answer.json()["failed"].to_string();
    assert!(
        failed.ends_with("Error: Task timed out after 1.00 seconds\""),
        "{name}: {failed}"
    );
    // An error that no response is for, as it is not the default's either.
    let answer = served.custom("/unmapped", "fail", &json!(null));
    assert_answer(&answer, 200, "\"no luck\"", name);
}

fn is_served(client: Client) {
    let Some(config) = client.config() else {
        return;
    };
    let served = Served::start(&config);
    proxy_answers(&served, client);
    custom_answers(&served, client);
    let counted = served.custom("/custom", "count", &json!(null)).json();
    let process = counted["got"]["process"].as_u64().expect("it is a number");
    served.custom("/custom", "print", &json!(null));
    served.server.signal("TERM");
    let (code, said) = served.server.wait();
    assert_eq!(code, Some(0), "{said}");
    assert_ended(process);
    let mut lines = said.lines();
    let line = lines.find(|line| line.contains("a line of the function"));
    let line = line.unwrap_or_else(|| panic!("{}: {said}", client.name));
    assert!(line.contains(" custom | "), "{line}");
    println!("ran: {}", client.name);
}

#[test]
fn python_functions_are_served() {
    is_served(PYTHON);
}

#[test]
fn node_functions_are_served() {
    is_served(NODE);
}

#[test]
fn rust_functions_are_served() {
    is_served(RUST);
}

#[test]
fn a_function_is_invoked_recorded_and_replayed() {
    let Some(config) = PYTHON.config() else {
        return;
    };
    let folder = Folder::new();
    let file = folder.write("api.json", &document().to_string());
    folder.write("tollgate.toml", &config);
    let recording = folder.path("recording.json");
    for (path, body, expected) in [
        ("/custom", r#"{"do": "print"}"#, "200 OK"),
        ("/proxy/tell?color=red", "", "201 Created"),
        ("/proxy/fail", "", "502 Bad Gateway"),
    ] {
        let arguments = [file.as_os_str(), "POST".as_ref(), path.as_ref()];
        let output = tollgate()
            .arg("invoke")
            .args(arguments)
            .args(["--body", body, "--record"])
            .arg(&recording)
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(shown.contains(expected), "{path}: {shown}{}", said(&output));
        if path == "/custom" {
            assert_eq!(said(&output), "custom | a line of the function\n");
        }
        let replay = tollgate().arg("replay").arg(&recording).output().unwrap();
        let shown = String::from_utf8_lossy(&replay.stdout);
        assert!(shown.starts_with("replayed: "), "{path}: {shown}");
        std::fs::remove_file(&recording).unwrap();
    }
}

/// Arguments that begin a command line.
fn arguments(config: &Path) -> [&OsStr; 4] {
    let listen = ["--listen", "127.0.0.1:0"].map(OsStr::new);
    [
        OsStr::new("--config"),
        config.as_os_str(),
        listen[0],
        listen[1],
    ]
}
