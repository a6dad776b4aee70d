//! `tollgate invoke --record` and `tollgate replay`.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::command::{Folder, document, said, tollgate};
use crate::endpoint::Endpoint;
use crate::golden::folder as golden;

/// Records a request to a document.
fn record(file: &Path, recording: &Path, arguments: &[&str]) -> Output {
    let output = tollgate()
        .arg("invoke")
        .arg(file)
        .args(arguments)
        .arg("--record")
        .arg(recording)
        .output();
    output.expect("the command can be run")
}

/// Replays a recording: its exit status and what it says.
fn replay(recording: &Path, arguments: &[&Path]) -> (Option<i32>, String) {
    let output = tollgate()
        .arg("replay")
        .arg(recording)
        .args(arguments)
        .output();
    let output = output.expect("the command can be run");
    assert_eq!(said(&output), "");
    let written = String::from_utf8(output.stdout).expect("it is text");
    (output.status.code(), written)
}

#[test]
fn a_recorded_mock_replays_bit_equal() {
    let folder = Folder::new();
    let fresh = "$context.requestId $context.requestTimeEpoch";
    let file = folder.write("api.json", &document(&[("/x", fresh)]));
    let recording = folder.path("trace.json");
    let output = record(&file, &recording, &["GET", "/x"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    // The document is in the recording.
    std::fs::remove_file(&file).unwrap();
    let expected = "replayed: 12 steps equal, response equal (200, 50 bytes)\n";
    assert_eq!(replay(&recording, &[]), (Some(0), expected.to_owned()));
}

#[test]
fn a_refusal_replays_as_one() {
    let folder = Folder::new();
    let file = folder.write("api.json", &document(&[("/x", "hello")]));
    let recording = folder.path("trace.json");
    let output = record(&file, &recording, &["GET", "/nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "replayed: 3 steps equal, response equal (403, 42 bytes)\n";
    assert_eq!(replay(&recording, &[]), (Some(0), expected.to_owned()));
}

/// A document whose integrations call this port.
fn orders(folder: &Folder, port: u16) -> PathBuf {
    let text = std::fs::read_to_string(golden().join("orders.yaml")).expect("it is there");
    folder.write("orders.yaml", &text.replace("PORT", &port.to_string()))
}

#[test]
fn an_endpoint_is_called_once_and_replayed_without_it() {
    let answer = b"HTTP/1.1 422 Unprocessable\r\nContent-Type: application/json\r\n\
        Set-Cookie: session=verysecret\r\nContent-Length: 20\r\n\r\n{\"reason\": [\"late\"]}";
    for shows_secrets in [false, true] {
        let folder = Folder::new();
        let endpoint = Endpoint::answering(answer);
        let file = orders(&folder, endpoint.address.port());
        let recording = folder.path("trace.json");
        let mut arguments = vec![
            "PUT",
            "/orders/8",
            "-H",
            "X-Customer: Ada",
            "-H",
            "Authorization: Bearer sesame-open",
            "--body",
            r#"{"lines": []}"#,
        ];
        if shows_secrets {
            arguments.push("--show-secrets");
        }
        let output = record(&file, &recording, &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(endpoint.request().contains("Bearer sesame-open"));
        let written = std::fs::read_to_string(&recording).unwrap();
        for secret in ["sesame", "verysecret"] {
            assert_eq!(
                written.contains(secret),
                shows_secrets,
                "{secret} in {written}"
            );
        }
        let (code, text) = replay(&recording, &[]);
        let expected = "replayed: request to the endpoint equal, 15 steps equal, \
                        response equal (409, 19 bytes)\n";
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(code, Some(0), "{text}");
        let places = "the recording hides secrets; of these values only the rest was compared:\n  \
                      calls[0].headers";
        assert_eq!(text.contains(places), !shows_secrets, "{text}");

        // Where they differ, secrets are shown only if they are asked for.
        let other = std::fs::read_to_string(&file).unwrap();
        let other = other.replace("\"for\": \"", "\"to\": \"");
        let other = folder.write("other.yaml", &other);
        let (code, text) = replay(&recording, &[&other]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("\n  calls[0].body: recorded "), "{text}");
        assert!(!text.contains("sesame"), "{text}");
        let (_, text) = replay(&recording, &[&other, Path::new("--show-secrets")]);
        assert_eq!(text.contains("sesame-open"), shows_secrets, "{text}");
    }
}

#[test]
fn another_document_is_compared_part_by_part() {
    let folder = Folder::new();
    let one = folder.write("one.json", &document(&[("/x", "one")]));
    let other = folder.write("other.json", &document(&[("/x", "\u{1b}[31mtwo")]));
    let recording = folder.path("trace.json");
    record(&one, &recording, &["GET", "/x"]);
    let (code, text) = replay(&recording, &[&other]);
    assert_eq!(code, Some(1), "{text}");
    let expected = "replayed with differences: 12 steps, response 200, 8 bytes\n  \
        steps[9].template: recorded \"one\", replayed \"\\u001b[31mtwo\"\n  \
        response.body: recorded \"one\", replayed \"\\u001b[31mtwo\"\n";
    assert_eq!(text, expected);
    assert_eq!(replay(&recording, &[&one]).0, Some(0));
}

#[cfg(unix)]
#[test]
fn recordings_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let file = folder.write("api.json", &document(&[("/x", "hello")]));
    let before = folder.write("before.json", &"x".repeat(100_000));
    std::fs::set_permissions(&before, std::fs::Permissions::from_mode(0o644)).unwrap();
    for recording in [folder.path("new.json"), before] {
        record(&file, &recording, &["GET", "/x"]);
        let mode = std::fs::metadata(&recording).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", recording.display());
        assert_eq!(replay(&recording, &[]).0, Some(0));
    }
}

#[test]
fn what_cannot_be_replayed_is_said() {
    let folder = Folder::new();
    let file = folder.write("api.json", &document(&[("/x", "hello")]));
    let recording = folder.path("trace.json");
    record(&file, &recording, &["GET", "/x"]);
    let text = std::fs::read_to_string(&recording).unwrap();
    let cut = folder.write("cut.json", &text[..text.len() - 10]);
    let later = text.replacen("\"tollgate_recording\": 1", "\"tollgate_recording\": 2", 1);
    let later = folder.write("later.json", &later);
    let foreign = folder.write("\u{9b}foreign.json", "{}");
    let pathless = text.replace("\"path\": \"/x\"", "\"path\": \"x\"");
    let pathless = folder.write("pathless.json", &pathless);
    let none = folder.path("none.json");
    for (arguments, code, expected) in [
        (&[&*none][..], 1, "error: cannot read the recording "),
        (
            &[&*cut],
            1,
            "cut.json: the recording is broken: EOF while parsing",
        ),
        (
            &[&*later],
            1,
            "later.json: it is a recording of version 2, expected 1",
        ),
        (
            &[&*foreign],
            1,
            "\\u{9b}foreign.json: it is no recording: expected",
        ),
        (&[&*pathless], 1, "error: resource \"x\": "),
        (&[&*recording, &none], 1, "cannot read the file: "),
        (&[&*recording, &foreign], 1, "error: "),
        (
            &[],
            2,
            "error: the following required arguments were not provided",
        ),
    ] {
        let output = tollgate().arg("replay").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let said = said(&output);
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_recorded_is_said() {
    let folder = Folder::new();
    let file = folder.write("api.json", &document(&[("/x", "hello")]));
    let output = record(&file, &folder.path("none/trace.json"), &["GET", "/x"]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(
        text.starts_with("error: cannot write the recording "),
        "{text}"
    );
    // What was seen is shown nevertheless.
    assert!(!output.stdout.is_empty());
    let secret = ["GET", "/x", "-H", "x-api-key: AUTHORIZER"];
    let text = document(&[("/x", "hello")]);
    let text = text.replacen(
        "\"paths\"",
        "\"x-amazon-apigateway-api-key-source\": \"AUTHORIZER\", \"paths\"",
        1,
    );
    let file = folder.write("other.json", &text);
    let recording = folder.path("trace.json");
    let output = record(&file, &recording, &secret);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.ends_with("; see --show-secrets\n"), "{text}");
    assert!(!recording.exists());
}
