//! `tollgate invoke`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::command::{Folder, document, said, tollgate};
use crate::endpoint::Endpoint;
use crate::golden::{compare, folder as golden, in_folder, run};

/// Headers that are others in each run.
const FRESH: [&str; 3] = ["x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"];

/// The text of a trace with its times and ids replaced.
fn steady(text: &str) -> String {
    let line = |line: &str| {
        let name = line.trim_start().split(':').next().unwrap_or_default();
        if FRESH.contains(&name.to_ascii_lowercase().as_str()) {
            let indent = line.len() - line.trim_start().len();
            return format!("{}{name}: …\n", " ".repeat(indent));
        }
        let step = line.split_at_checked(12);
        let step = step.filter(|(time, _)| time.ends_with(" ms"));
        let Some((_, step)) = step else {
            return format!("{line}\n");
        };
        let step = match step.split_once(" after ") {
            Some((step, _)) => format!("{step} after 0.000 ms"),
            None => step.to_owned(),
        };
        format!("    0.000 ms{step}\n")
    };
    text.lines().map(line).collect()
}

/// The JSON of a trace with its times and ids replaced.
fn steady_json(text: &str) -> String {
    fn replace(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let lower = name.to_ascii_lowercase();
                    if name.ends_with("_micros") {
                        assert!(value.is_u64(), "{name}: {value}");
                        *value = json!(0);
                    } else if name == "request_id" || FRESH.contains(&lower.as_str()) {
                        *value = json!("…");
                    } else {
                        replace(value);
                    }
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(replace),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    replace(&mut value);
    format!("{value:#}\n")
}

/// A document whose integrations call this port.
fn orders(folder: &Folder, port: u16) -> PathBuf {
    let text = std::fs::read_to_string(golden().join("orders.yaml")).expect("it is there");
    folder.write("orders.yaml", &text.replace("PORT", &port.to_string()))
}

#[test]
fn every_step_is_shown() {
    for (arguments, code, name) in [
        (&["fine.json", "GET", "/"][..], 0, "invoke-mock"),
        (&["fine.json", "get", "/nowhere?x=1"], 1, "invoke-nowhere"),
        (&["fine.json", "GET", "/a/../b"], 1, "invoke-front-door"),
    ] {
        let (written, text) = run(&[&["invoke"], arguments].concat());
        assert_eq!(written, Some(code), "{text}");
        compare(&steady(&text), &format!("{name}.txt"));
        let (written, text) = run(&[&["invoke"], arguments, &["--format", "json"]].concat());
        assert_eq!(written, Some(code), "{text}");
        compare(&steady_json(&text), &format!("{name}.json"));
    }
}

#[test]
fn an_endpoint_is_really_called() {
    let folder = Folder::new();
    let answer = b"HTTP/1.1 422 Unprocessable\r\nContent-Type: application/json\r\n\
        Retry-After: 7\r\nSet-Cookie: session=verysecret\r\nContent-Length: 20\r\n\r\n\
        {\"reason\": [\"late\"]}";
    for (format, name) in [("text", "invoke-http.txt"), ("json", "invoke-http.json")] {
        let endpoint = Endpoint::answering(answer);
        let port = endpoint.address.port();
        let output = tollgate()
            .arg("invoke")
            .arg(orders(&folder, port))
            .args(["PUT", "/orders/8?dry=true", "--format", format])
            .args(["--header", "X-Customer: Ada", "-H", "x-api-key: 12345678"])
            .args(["-H", "Authorization: Bearer sesame-open"])
            .args(["--body", r#"{"lines": [{"name": "tea"}]}"#])
            .output()
            .unwrap();
        let request = endpoint.request();
        assert!(
            request.starts_with("POST /customers/Ada/orders HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(request.contains("Bearer sesame-open"), "{request}");
        assert_eq!(said(&output), "");
        let written = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{written}");
        for secret in ["sesame", "12345678", "verysecret"] {
            assert!(!written.contains(secret), "{secret} in {written}");
        }
        let written = written.replace(&port.to_string(), "PORT");
        let steady = match format {
            "text" => steady(&written),
            _ => steady_json(&written),
        };
        compare(&steady, name);
    }
}

#[test]
fn secrets_are_shown_to_those_who_ask() {
    let arguments = [
        "invoke",
        "fine.json",
        "GET",
        "/",
        "-H",
        "Cookie: a=1",
        "--show-secrets",
    ];
    let (_, text) = run(&arguments);
    assert!(text.contains("\n               Cookie: a=1\n"), "{text}");
    let (_, text) = run(&arguments[..6]);
    assert!(text.contains("\n               Cookie: ***\n"), "{text}");
}

#[test]
fn an_endpoint_that_is_down_is_a_refusal() {
    let folder = Folder::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().port();
    drop(listener);
    let output = tollgate()
        .arg("invoke")
        .arg(orders(&folder, closed))
        .args(["GET", "/files/a", "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let trace: Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = trace["steps"].as_array().unwrap();
    let names: Vec<_> = steps.iter().map(|step| &step["step"]).collect();
    assert_eq!(
        names,
        [
            "received",
            "routed",
            "request_body",
            "parameter",
            "changed_header",
            "integration_request",
            "refused",
            "completed"
        ]
    );
    assert_eq!(steps[6]["response_type"], "INTEGRATION_FAILURE");
    let reason = steps[6]["reason"].as_str().unwrap();
    assert!(reason.contains("connect"), "{reason}");
}

#[test]
fn bodies_that_are_no_text_are_base64() {
    let folder = Folder::new();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfea\x1b";
    let endpoint = Endpoint::answering(answer);
    let file = orders(&folder, endpoint.address.port());
    let output = tollgate()
        .arg("invoke")
        .arg(&file)
        .args(["GET", "/files/a", "--format", "json"])
        .output()
        .unwrap();
    endpoint.request();
    let trace: Value = serde_json::from_slice(&output.stdout).unwrap();
    let answer = trace["steps"].as_array().unwrap();
    let answer = answer
        .iter()
        .find(|step| step["step"] == "integration_response");
    let expected = json!({ "is_base64": true, "data": "//5hGw==" });
    assert_eq!(answer.unwrap()["body"], expected);

    let endpoint =
        Endpoint::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfea\x1b");
    let file = orders(&folder, endpoint.address.port());
    let output = tollgate()
        .arg("invoke")
        .arg(&file)
        .args(["GET", "/files/a"])
        .output()
        .unwrap();
    endpoint.request();
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = "body: 4 bytes, not UTF-8\n                 | \\xff\\xfea\\u{1b}\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn bodies_come_from_texts_files_and_standard_input() {
    let folder = Folder::new();
    let shown = "$context.httpMethod $input.params('x-a')";
    let file = folder.write("api.json", &document(&[("/x", shown)]));
    let body = folder.write("body.txt", "from a file\twith a tab");
    let invoke = |body: &str| {
        let mut command = tollgate();
        command
            .arg("invoke")
            .arg(&file)
            .args(["POST", "/x", "-H", "x-a: b", "--body", body]);
        command
    };
    let text = |output: std::process::Output| {
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let input = |text: &str| {
        let (_, rest) = text.split_once("input: ").unwrap();
        rest.split_once("\n               output")
            .unwrap()
            .0
            .to_owned()
    };
    let named = text(invoke(&format!("@{}", body.display())).output().unwrap());
    assert_eq!(
        input(&named),
        "22 bytes\n                 | from a file    with a tab"
    );
    assert!(named.contains("                 | POST b\n"), "{named}");
    let given = text(invoke("two\nlines").output().unwrap());
    let expected = "9 bytes\n                 | two\n                 | lines";
    assert_eq!(input(&given), expected);
    let mut child = invoke("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"piped").unwrap();
    let piped = text(child.wait_with_output().unwrap());
    assert_eq!(input(&piped), "5 bytes\n                 | piped");

    // Two thousand characters are shown, unless all are asked for.
    let long = "ä".repeat(3_000);
    let cut = text(invoke(&long).output().unwrap());
    assert_eq!(cut.matches('ä').count(), 2_000);
    assert!(
        cut.contains("  … 1000 characters more, see --full\n"),
        "{cut}"
    );
    let full = text(invoke(&long).arg("--full").output().unwrap());
    assert_eq!(full.matches('ä').count(), 3_000);
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let folder = Folder::new();
    let file = folder.write("api.json", &document(&[("/x", "hello")]));
    let body = folder.write("body", &"x".repeat(11 * 1024 * 1024));
    let output = tollgate()
        .arg("invoke")
        .arg(file)
        .args(["POST", "/x", "--body"])
        .arg(format!("@{}", body.display()))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains(" refused FRONT_DOOR, 413 Payload Too Large\n"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_sent_is_said() {
    let staged = "staged/pets.yaml";
    for (arguments, code, expected) in [
        (
            &[staged, "GET", "/"][..],
            1,
            "error: API pets has several stages, expected --stage with",
        ),
        (
            &[staged, "GET", "/", "--stage", "x"],
            1,
            "error: API pets has no stage x, expected one",
        ),
        (
            &["fine.json", "GET", "/", "--config", "none.toml"],
            1,
            "error: cannot read the file: ",
        ),
        (
            &["none.yaml", "GET", "/"],
            1,
            "error: cannot read the file: ",
        ),
        (
            &["broken.yaml", "GET", "/"],
            1,
            "error: unknown integration type `moc`\n",
        ),
        (
            &["fine.json", "GET", "/", "--body", "@none"],
            1,
            "error: cannot read the body from none: ",
        ),
        (
            &["fine.json", "GET", "/", "--header", "a"],
            2,
            "error: invalid value 'a' for '--header",
        ),
        (
            &["fine.json", "GET", "/", "--header", "a b: c"],
            2,
            "error: invalid value 'a b: c' for",
        ),
        (
            &["fine.json", "GET", "/", "--body", "a", "--body", "b"],
            2,
            "error: the argument '--body",
        ),
        (
            &["fine.json", "GET", "pets"],
            2,
            "error: invalid value 'pets' for '<PATH>'",
        ),
        (
            &["fine.json", "G T", "/"],
            2,
            "error: invalid value 'G T' for '<METHOD>'",
        ),
    ] {
        let output = in_folder(&[&["invoke"], arguments].concat())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(
            said(&output).contains(expected),
            "{arguments:?}: {}",
            said(&output)
        );
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let arguments = [
        "invoke", staged, "GET", "/x", "--stage", "prod", "--format", "json",
    ];
    let output = in_folder(&arguments).output().unwrap();
    let trace: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(trace["stage"], "prod");
}

#[test]
fn what_is_wrong_with_the_document_is_hinted_at() {
    let output = in_folder(&["invoke", "pets.yaml", "DELETE", "/pets/1"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = "pets.yaml: 3 errors, 1 warning, 4 notes; see tollgate check\n";
    assert_eq!(said(&output), expected);
    let text = String::from_utf8(output.stdout).unwrap();
    let reason =
        "reason for the operator: output mapping refers to an invalid method response: 204\n";
    assert!(text.contains(reason), "{text}");
}
