//! `tollgate render` of templates that read files, and under Velocity's own settings.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::command::{Folder, said, tollgate};

/// A folder with a template that reads this file, and with files to read or not to read.
fn letters(name: &str) -> Folder {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("letters/parts")).expect("the temporary folder takes files");
    let write = |name: &str, text: &str| {
        fs::write(folder.path(name), text).expect("the temporary folder takes files")
    };
    write("secret.vm", "secret");
    write("letters/parts/head.vm", "Dear $name,");
    write("letters/parts/raw.txt", "$raw");
    let letter = format!("#set($name = 'Ada')[#parse('{name}')|#include(\"{name}\")]");
    write("letters/letter.vm", &letter);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.vm", folder.path("letters/out.vm"))
        .expect("the temporary folder takes files");
    folder
}

#[test]
fn templates_read_files_below_their_folder() {
    for (name, root, expected) in [
        ("parts/head.vm", None, "[Dear Ada,|Dear $name,]"),
        ("./parts/raw.txt", None, "[$raw|$raw]"),
        ("head.vm", Some("letters/parts"), "[Dear Ada,|Dear $name,]"),
        ("secret.vm", Some("."), "[secret|secret]"),
    ] {
        let folder = letters(name);
        for profile in ["velocity2", "velocity17"] {
            let mut command = tollgate();
            let template = folder.path("letters/letter.vm");
            command.arg("render").arg(template);
            command.args(["--profile", profile]);
            if let Some(root) = root {
                command.arg("--root").arg(folder.path(root));
            }
            let output = command.output().expect("the temporary folder takes files");
            assert_eq!(said(&output), "", "{name}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}");
        }
    }
}

#[test]
fn templates_read_no_other_files() {
    let absolute = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let absolute = absolute.to_str().expect("the temporary folder takes files");
    for name in [
        "none.vm",
        "../secret.vm",
        "parts/../../secret.vm",
        "out.vm",
        "parts",
        absolute,
    ] {
        let folder = letters(name);
        let template = folder.path("letters/letter.vm");
        let mut command = tollgate();
        let output = command
            .arg("render")
            .arg(&template)
            .output()
            .expect("the temporary folder takes files");
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(output.stdout.is_empty(), "{name}");
        let place = format!("{}:1:", template.display());
        assert!(said(&output).starts_with(&place), "{}", said(&output));
    }
}

#[test]
fn the_api_gateway_reads_no_files_at_all() {
    let folder = letters("parts/raw.txt");
    let output = tollgate()
        .arg("render")
        .arg(folder.path("letters/letter.vm"))
        .args(["--profile", "api-gateway"])
        .output()
        .expect("the temporary folder takes files");
    let expected = "[#parse('parts/raw.txt')|#include(\"parts/raw.txt\")]";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

/// The answers to cases under Velocity 2.
fn answers(cases: &[Value]) -> Vec<Value> {
    let folder = Folder::new();
    let cases: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let file = folder.write("cases.jsonl", &cases);
    let output = tollgate()
        .args(["render", "--cases"])
        .arg(file)
        .output()
        .expect("the temporary folder takes files");
    assert_eq!(output.status.code(), Some(0));
    let written = String::from_utf8(output.stdout).expect("the temporary folder takes files");
    let answer = |line| serde_json::from_str(line).expect("an answer is JSON");
    written.lines().map(answer).collect()
}

#[test]
fn cases_bring_their_files() {
    let files = json!({ "a.vm": "[$x]", "b.vm": "#parse('a.vm')" });
    let answers = answers(&[
        json!({ "id": 1, "template": "#parse('b.vm')#include('a.vm')", "context": { "x": 1 }, "files": files }),
        json!({ "id": 2, "template": "before #parse('a.vm')" }),
        json!({ "id": 3, "template": "#include('Cargo.toml')" }),
        json!({ "id": 4, "template": "after" }),
    ]);
    assert_eq!(answers[0]["output"], "[1][$x]");
    for answer in &answers[1..3] {
        assert_eq!(answer["output"], json!(null), "{answer}");
        let error = answer["error"]
            .as_str()
            .expect("the temporary folder takes files");
        assert!(error.contains(" at line 1, column "), "{error}");
    }
    assert_eq!(answers[3], json!({ "id": 4, "output": "after" }));
}

#[test]
fn cases_bring_their_settings() {
    let answers = answers(&[
        json!({ "template": "#foreach($i in [1..9])$i#end", "props": { "directive.foreach.max_loops": 3 } }),
        json!({ "template": " #set($x = 1) \n$x", "props": { "parser.space_gobbling": "none" } }),
        json!({ "template": " #set($x = 1) \n$x" }),
        json!({ "template": "$undefined", "props": { "runtime.strict_mode.enable": true } }),
        json!({ "template": "#if('')empty#end", "props": { "directive.if.empty_check": "false" } }),
    ]);
    let outputs: Vec<_> = answers.iter().map(|answer| &answer["output"]).collect();
    let expected = [
        json!("123"),
        json!("  \n1"),
        json!("1"),
        json!(null),
        json!("empty"),
    ];
    assert_eq!(outputs, expected.iter().collect::<Vec<_>>());
    assert!(answers[3]["error"].is_string());
}
