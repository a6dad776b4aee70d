//! `tollgate cors`.

use crate::command::{Folder, said, tollgate};
use crate::golden::{compare, in_folder, run};

#[test]
fn a_document_is_written_and_a_summary_told() {
    let output = in_folder(&["cors", "cors.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    compare(&String::from_utf8_lossy(&output.stdout), "cors-added.yaml");
    compare(&said(&output), "cors-summary.txt");

    let output = in_folder(&["cors", "fine.json"])
        .args(["--origin", "https://www.example.com", "--credentials"])
        .args([
            "--header",
            "Authorization,X-Tenant",
            "--header",
            "Content-Type",
        ])
        .args([
            "--method",
            "GET",
            "--max-age",
            "600",
            "--expose-header",
            "ETag",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    compare(&String::from_utf8_lossy(&output.stdout), "cors-added.json");
    assert!(!said(&output).contains("comments"), "{}", said(&output));
}

#[test]
fn what_is_written_can_be_checked_and_needs_nothing_more() {
    let folder = Folder::new();
    let written = in_folder(&["cors", "cors.yaml"]).output().unwrap().stdout;
    let written = String::from_utf8(written).unwrap();
    let file = folder.write("api.yaml", &written);
    let file = file.to_str().unwrap();
    let (code, checked) = run(&["check", file]);
    assert_eq!(code, Some(0), "{checked}");
    let output = tollgate().args(["cors", file]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), written);
    assert!(
        said(&output).starts_with("nothing to add\n"),
        "{}",
        said(&output)
    );

    let preflight = [
        "invoke",
        file,
        "OPTIONS",
        "/pets/7",
        "-H",
        "Origin: https://www.example.com",
        "-H",
        "Access-Control-Request-Method: GET",
        "--format",
        "json",
    ];
    let (code, invoked) = run(&preflight);
    assert_eq!(code, Some(0), "{invoked}");
    assert!(
        invoked.contains("\"access-control-allow-origin\""),
        "{invoked}"
    );
}

#[test]
fn a_document_that_cannot_be_read_is_not_written() {
    for file in ["broken.yaml", "none.yaml"] {
        let output = in_folder(&["cors", file]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(output.stdout.is_empty(), "{file}");
        assert!(said(&output).contains("error: "), "{}", said(&output));
        assert!(said(&output).contains(file), "{}", said(&output));
    }
}

#[test]
fn options_that_cannot_be_meant_end_with_status_2() {
    for (options, message) in [
        (
            &["--credentials"][..],
            "error: --credentials: credentials cannot be allowed beside `*` in `allowOrigins`",
        ),
        (
            &[
                "--origin",
                "https://a.example",
                "--origin",
                "https://b.example",
            ],
            "error: --origin: static headers cannot choose among origins: found 2",
        ),
        (
            &["--origin", "a.example"],
            "error: --origin: found `a.example`, expected",
        ),
        (
            &["--header", "a b"],
            "error: --header: found `a b`, expected",
        ),
        (
            &["--method", "get"],
            "error: --method: found `get`, expected",
        ),
        (
            &["--max-age", "86401"],
            "error: --max-age: found 86401 seconds, expected",
        ),
        (
            &["--max-age=-1"],
            "error: invalid value '-1' for '--max-age",
        ),
    ] {
        let output = in_folder(&["cors", "cors.yaml"])
            .args(options)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        assert!(output.stdout.is_empty(), "{options:?}");
        assert!(
            said(&output).starts_with(message),
            "{options:?}: {}",
            said(&output)
        );
    }
}

#[test]
fn nothing_in_a_document_acts_on_a_terminal() {
    let folder = Folder::new();
    // It is named where its response has none of the method's.
    let text = r#"{"openapi": "3.0.1", "info": {"title": "t"}, "paths": {"/x": {"get": {
        "x-amazon-apigateway-integration": {"type": "mock", "responses": {"default": {
            "statusCode": "\u001b[31m\u009b1m\u202e"
        }}}
    }}}}"#;
    let file = folder.write("api.json", text);
    let output = tollgate().arg("cors").arg(file).output().unwrap();
    let said = said(&output);
    assert!(said.contains("it has no method response "), "{said}");
    let acts = |char: char| (char.is_control() && char != '\n') || char == '\u{202e}';
    assert!(!said.contains(acts), "{}", said.escape_debug());
}
