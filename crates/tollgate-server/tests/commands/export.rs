//! `tollgate export`.

use std::fs;

use crate::command::{Folder, said};
use crate::golden::{compare, in_folder, run};

fn written(arguments: &[&str]) -> String {
    let output = in_folder(arguments)
        .output()
        .expect("the command can be run");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    String::from_utf8(output.stdout).expect("it is text")
}

#[test]
fn a_document_is_written_in_the_other_version() {
    let output = in_folder(&["export", "pets.yaml", "--format", "swagger"])
        .args(["--stage", "prod"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    compare(
        &String::from_utf8_lossy(&output.stdout),
        "export-pets.swagger.yaml",
    );
    compare(&said(&output), "export-pets.txt");

    let json = written(&["export", "pets.yaml", "--json", "--extensions", ""]);
    compare(&json, "export-pets.plain.json");
}

#[test]
fn what_is_written_is_the_same_api() {
    let folder = Folder::new();
    for name in ["pets.yaml", "cors.yaml", "fine.json"] {
        let first = written(&["export", name]);
        let is_json = name.ends_with(".json");
        assert_eq!(first.starts_with('{'), is_json, "{name}");
        let other = folder.path("other.yaml");
        let other = other.to_str().unwrap();
        let nothing = written(&[
            "export", name, "--format", "swagger", "--yaml", "--output", other,
        ]);
        assert_eq!(nothing, "");
        assert!(
            fs::read_to_string(other)
                .unwrap()
                .starts_with("swagger: \"2.0\"\n")
        );
        // Whatever is wrong with the one is wrong with the other.
        let errors = |file| {
            let (code, checked) = run(&["check", file]);
            (code, checked.matches("error: ").count())
        };
        assert_eq!(errors(other), errors(name), "{name}");
        let notation = if is_json { "--json" } else { "--yaml" };
        let again = written(&["export", other, notation]);
        assert_eq!(again, first, "{name}");
    }
}

#[test]
fn what_cannot_be_read_or_written_is_told() {
    for file in ["broken.yaml", "none.yaml"] {
        let output = in_folder(&["export", file]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(output.stdout.is_empty(), "{file}");
        assert!(said(&output).contains("error: "), "{}", said(&output));
        assert!(said(&output).contains(file), "{}", said(&output));
    }
    let output = in_folder(&["export", "pets.yaml", "-o", "no/such/folder.json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).starts_with("no/such/folder.json: cannot write the file: "));
}

#[test]
fn wrong_options_are_refused() {
    for wrong in [
        &["--format", "raml"][..],
        &["--extensions", "integration"],
        &["--json", "--yaml"],
        &["--stage", "a/b"],
    ] {
        let output = in_folder(&["export", "pets.yaml"])
            .args(wrong)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(output.stdout.is_empty(), "{wrong:?}");
    }
}
