//! AWS services behind the gateway: moto's server, over sockets, with signatures checked.
//!
//! moto is installed by `.ci/moto`. Where it is not, the tests say that they are skipped, or fail if
//! `TOLLGATE_REQUIRE_SERVICES` is 1.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::process::{Answer, Folder, Server, repository};

/// moto's server, with what the document names; it ends with the test.
struct Backend {
    child: Child,
    /// Where it is, and what it made.
    made: Value,
}

impl Backend {
    /// `None` where moto is not installed.
    fn start() -> Option<Self> {
        // The folder for temporary files of tests stands in the target folder.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
        let python: PathBuf = target.expect("it stands in one").join("moto/bin/python");
        if !python.is_file() {
            let is_required = std::env::var("TOLLGATE_REQUIRE_SERVICES").is_ok_and(|it| it == "1");
            assert!(!is_required, "there is no moto; .ci/moto installs it");
            println!("skipped: there is no moto; .ci/moto installs it");
            return None;
        }
        let folder = "crates/tollgate-server/tests/serve/services";
        let mut child = Command::new(python)
            .arg(repository(folder).join("backend.py"))
            // Nothing of whoever runs the test.
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a Python");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let line = stdout.find(|line| line.as_ref().is_ok_and(|line| line.starts_with('{')));
        let line = line.expect("moto starts").expect("it is text");
        let made = serde_json::from_str(&line).expect("it is JSON");
        Some(Self { child, made })
    }

    fn made(&self, name: &str) -> &str {
        self.made[name].as_str().expect("it is a text")
    }

    /// A server in front of it, with its key or another secret.
    fn server(&self, folder: &Folder, secret: &str) -> Server {
        let config = format!(
            "region = \"eu-central-1\"\n[[apis]]\nfile = {:?}\n[[apis.stages]]\nname = \"test\"\n\
             [apis.stages.variables]\ntable = \"pets\"\nqueue = {:?}\ntopic = {:?}\nmachine = {:?}\n\
             role = {:?}\n",
            repository("crates/tollgate-server/tests/serve/services/openapi.yaml"),
            self.made("queue"),
            self.made("topic"),
            self.made("machine"),
            self.made("role"),
        );
        let config = folder.write("tollgate.toml", &config);
        let environment = [
            ("AWS_ENDPOINT_URL", self.made("endpoint")),
            ("AWS_ACCESS_KEY_ID", self.made("access_key_id")),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_SESSION_TOKEN", ""),
        ];
        let arguments = ["--config".as_ref(), config.as_os_str()];
        let listen = ["--listen".as_ref(), "127.0.0.1:0".as_ref()];
        Server::launch_in(&environment, &[arguments, listen].concat())
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It may have ended by itself, which is all that is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a request that is expected to succeed.
fn send(server: &Server, head: &str, body: &str) -> Answer {
    let answer = server.send(head, body);
    assert_eq!(answer.status, 200, "{head}: {answer:?}");
    answer
}

#[test]
fn services_are_called_with_signatures_they_accept() {
    let Some(backend) = Backend::start() else {
        return;
    };
    let folder = Folder::new();
    let server = backend.server(&folder, backend.made("secret_access_key"));

    // DynamoDB: actions, by the header that the gateway adds; as a role.
    send(&server, "PUT /pets/a%20b", r#"{"name": "Rex"}"#);
    let pet = send(&server, "GET /pets/a%20b", "").json();
    assert_eq!(pet["name"], "Rex");

    // SQS: a path, with a form and with JSON.
    let sent = send(&server, "POST /orders", "tea & milk").body;
    assert!(sent.contains("<SendMessageResponse"), "{sent}");
    let sent = send(&server, "PUT /orders", r#"{"say": "cake"}"#).json();
    assert!(sent["MessageId"].is_string(), "{sent}");
    for expected in ["tea & milk", "cake"] {
        let queued = send(&server, "GET /orders", "").body;
        assert!(queued.contains(expected), "{queued}");
    }

    // S3: a path with two places, and an action that names an object; as a role.
    for item in ["cat.txt", "a%20b+c", "%C3%A9%2Fd"] {
        let path = format!("/pictures/pictures/{item}");
        send(&server, &format!("PUT {path}"), "meow");
        let picture = send(&server, &format!("GET {path}"), "");
        assert_eq!(picture.body, "meow", "{item}");
        assert!(
            picture.head.contains("content-type: application/json"),
            "{picture:?}"
        );
        assert!(picture.head.contains("x-owner: a  b"), "{picture:?}");
        send(&server, &format!("DELETE {path}"), "");
        let gone = server.get(&path);
        assert_eq!(gone.status, 404, "{item}");
        assert!(gone.body.contains("<Code>NoSuchKey</Code>"), "{gone:?}");
    }

    // SNS: an action in the query string.
    let told = send(&server, "POST /news", r#"{"text": "a = b & c"}"#).body;
    assert!(told.contains("<MessageId>"), "{told}");

    // Step Functions, Kinesis, EventBridge, SSM.
    let begun = send(&server, "POST /greetings", r#"{"name": "Ada"}"#).json();
    let execution = begun["executionArn"].as_str().unwrap_or_default();
    assert!(execution.contains(":execution:greet:"), "{begun}");
    let streams = send(&server, "GET /streams", "").json();
    assert_eq!(streams["StreamNames"], json!(["clicks"]));
    let record = r#"{"Data": {"x": 1}, "PartitionKey": "k"}"#;
    let kept = send(&server, "PUT /streams/clicks/record", record).json();
    assert!(kept["SequenceNumber"].is_string(), "{kept}");
    let taken = send(&server, "POST /events", r#"{"x": 1}"#).json();
    assert_eq!(taken["FailedEntryCount"], 0);
    assert_eq!(send(&server, "GET /parameters/color", "").body, "green");
    println!("DynamoDB, SQS, S3, SNS, Step Functions, Kinesis, EventBridge, SSM answered");
}

#[test]
fn a_service_refuses_what_another_key_signed() {
    let Some(backend) = Backend::start() else {
        return;
    };
    let folder = Folder::new();
    let server = backend.server(&folder, "another");
    // A service's refusal is an answer like others; that of a role is not.
    let queued = server.get("/orders");
    assert!(queued.body.contains("SignatureDoesNotMatch"), "{queued:?}");
    let pet = server.send("PUT /pets/7", r#"{"name": "Rex"}"#);
    assert_eq!(
        (pet.status, &*pet.body),
        (500, r#"{"message": "Internal server error"}"#)
    );
    assert!(
        pet.head
            .contains("x-amzn-errortype: internalservererrorexception"),
        "{pet:?}"
    );
}
