//! `tollgate check`.

use serde_json::{Value, json};

use crate::command::{Folder, document, said, tollgate};
use crate::golden::{compare, in_folder, run};

#[test]
fn remarks_stand_below_the_line_that_they_are_about() {
    for (arguments, name) in [
        (&["pets.yaml", "fine.json"][..], "check-pets.txt"),
        (&["pets.yaml", "--notes"], "check-notes.txt"),
        (&["pets.yaml", "--format", "json"], "check-pets.json"),
        (&["broken.yaml"], "check-broken.txt"),
        (&["staged/pets.yaml", "fine.json"], "check-staged.txt"),
        (
            &["--config", "staged/tollgate.toml"],
            "check-staged-all.txt",
        ),
    ] {
        let (code, written) = run(&[&["check"], arguments].concat());
        assert_eq!(code, Some(1), "{arguments:?}");
        compare(&written, name);
    }
}

#[test]
fn only_errors_fail_unless_warnings_are_denied() {
    let folder = Folder::new();
    let fine = document(&[("/x", "hello")]);
    let odd = fine.replacen("\"paths\"", "\"pathes\": {}, \"paths\"", 1);
    let config =
        "[endpoints]\ns3 = \"http://127.0.0.1:1\"\n[vpc_links]\na = \"http://127.0.0.1\"\n";
    for (text, config, options, code, counts) in [
        (&fine, None, &[][..], 0, "0 errors, 0 warnings, 1 note"),
        (
            &fine,
            None,
            &["--deny-warnings"],
            0,
            "0 errors, 0 warnings, 1 note",
        ),
        (&odd, None, &[], 0, "0 errors, 1 warning, 1 note"),
        (
            &odd,
            None,
            &["--deny-warnings"],
            1,
            "0 errors, 1 warning, 1 note",
        ),
        (
            &fine,
            Some(config),
            &["--deny-warnings"],
            0,
            "0 errors, 0 warnings, 1 note",
        ),
        (&fine, Some("x = "), &[], 1, "1 error, 0 warnings, 0 notes"),
    ] {
        let file = folder.write("api.json", text);
        drop(std::fs::remove_file(folder.path("tollgate.toml")));
        config.map(|config| folder.write("tollgate.toml", config));
        let output = tollgate()
            .arg("check")
            .arg(file)
            .args(options)
            .output()
            .unwrap();
        let written = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{written}");
        assert_eq!(written.lines().last(), Some(counts), "{written}");
    }
}

#[test]
fn files_that_cannot_be_read_are_errors_beside_others() {
    let folder = Folder::new();
    let fine = folder.write("fine.json", &document(&[("/x", "hello")]));
    std::fs::write(folder.path("binary.yaml"), [0xff, 0xfe]).unwrap();
    let output = tollgate()
        .args(["check", "--format", "json"])
        .args([
            &folder.path("none.yaml"),
            &folder.path("binary.yaml"),
            &fine,
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let files: Value = serde_json::from_slice(&output.stdout).unwrap();
    let first = |file: usize, member: &str| files[file]["diagnostics"][0][member].clone();
    for file in [0, 1] {
        assert_eq!(first(file, "severity"), "error", "{files}");
        let message = first(file, "message");
        let message = message.as_str().unwrap();
        assert!(message.starts_with("cannot read the file: "), "{message}");
        assert_eq!(
            (first(file, "line"), first(file, "help")),
            (json!(null), json!(null))
        );
    }
    assert_eq!(first(2, "severity"), "note");
}

#[test]
fn the_configuration_beside_each_document_counts_once() {
    let folder = Folder::new();
    let [one, two] =
        ["one.json", "two.json"].map(|name| folder.write(name, &document(&[("/x", "hello")])));
    folder.write("tollgate.toml", "[limits]\nconnections = 0\n");
    let output = tollgate().arg("check").args([one, two]).output().unwrap();
    let written = String::from_utf8(output.stdout).unwrap();
    assert_eq!(written.matches("error: ").count(), 1, "{written}");
    assert!(written.contains("tollgate.toml:2:15\n"), "{written}");
}

#[test]
fn nothing_in_a_document_acts_on_a_terminal() {
    let folder = Folder::new();
    let evil = "\u{1b}[31m\u{9b}1m\u{202e}\u{7f}\t\r";
    let long = "x".repeat(10_000);
    let name = serde_json::to_string(evil).unwrap();
    // JSON escapes what it must, and YAML in quotes takes the rest as it is.
    let documents = [
        format!(
            "{{\"openapi\": \"3.0.1\", \"info\": {{\"title\": \"t\"}}, \"{long}\": {name}, {name}: 1}}"
        ),
        format!("{{\"openapi\": \"3.0.1\", \"{evil}\": \"{long}\"}}"),
        format!(
            "openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\n'{long}': 1\npaths:\n  '/\u{9b}\u{202e}': {{gte: 1}}\n"
        ),
    ];
    for (text, file) in documents.iter().zip(["a.json", "b.json", "c.yaml"]) {
        let file = folder.write(file, text);
        for command in [
            &["check", "--notes"][..],
            &["check", "--format", "json"],
            &["serve"],
        ] {
            let output = tollgate()
                .args(command)
                .args(["--config"])
                .arg(folder.write(
                    "tollgate.toml",
                    "[[listeners]]\naddress = \"192.0.2.1:1\"\n",
                ))
                .arg(&file)
                .output()
                .unwrap();
            let written = [output.stdout, output.stderr].concat();
            let written = String::from_utf8(written).unwrap();
            let acts = |char: char| (char.is_control() && char != '\n') || char == '\u{202e}';
            assert!(
                !written.contains(acts),
                "{command:?}: {}",
                written.escape_debug()
            );
            if command.contains(&"--notes") {
                let longest = written.lines().map(|line| line.chars().count()).max();
                assert!(longest < Some(1_100), "{longest:?}");
            }
        }
    }
}

#[test]
fn output_that_nobody_sees_has_no_colours() {
    for no_color in [None, Some("1")] {
        let mut command = in_folder(&["check", "pets.yaml"]);
        command.env_remove("NO_COLOR").env("TERM", "xterm-256color");
        command.envs(no_color.map(|value| ("NO_COLOR", value)));
        let output = command.output().unwrap();
        assert!(!output.stdout.contains(&0x1b), "{no_color:?}");
    }
}

#[test]
fn a_wrong_command_line_ends_with_status_2() {
    for arguments in [
        &["check"][..],
        &["check", "pets.yaml", "--format", "xml"],
        &["check", "pets.yaml", "--stage", "a/b"],
    ] {
        let output = in_folder(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).starts_with("error: "), "{arguments:?}");
    }
}

#[test]
fn an_environment_that_cannot_be_used_is_an_error() {
    let folder = Folder::new();
    let file = folder.write("api.json", &document(&[("/x", "hello")]));
    let output = tollgate()
        .arg("check")
        .arg(file)
        .env("AWS_ENDPOINT_URL_S3", "localhost:4566")
        .output()
        .expect("the command can be run");
    assert_eq!(output.status.code(), Some(1));
    let written = String::from_utf8_lossy(&output.stdout);
    let expected = "error: AWS_ENDPOINT_URL_S3: invalid value \"localhost:4566\", expected a URL";
    assert!(written.contains(expected), "{written}");
}
