//! The official tests of JSON Schema draft 4, where they are at hand.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the tests say that they were
//! skipped, or fail if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

#![expect(
    clippy::print_stdout,
    reason = "a test that skips or falls short says so"
)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use tollgate_validate::Models;

#[test]
fn required_tests_all_pass() {
    let Some(folder) = folder() else { return };
    let outcome = run(&folder, &folder.join("draft4"));
    println!("conformance: {} required tests", outcome.count);
    assert!(outcome.count > 0);
    assert!(
        outcome.failures.is_empty(),
        "{} fail:\n{}",
        outcome.failures.len(),
        outcome.failures.join("\n")
    );
}

#[test]
fn optional_tests_are_counted() {
    let Some(folder) = folder() else { return };
    for part in ["optional", "optional/format"] {
        let outcome = run(&folder, &folder.join("draft4").join(part));
        let passed = outcome.count - outcome.failures.len();
        println!("conformance: {passed} of {} tests in {part}", outcome.count);
        for failure in outcome.failures {
            println!("  {failure}");
        }
    }
}

#[derive(Default)]
struct Outcome {
    count: usize,
    failures: Vec<String>,
}

/// Runs the tests of all files in a folder.
fn run(suite: &Path, folder: &Path) -> Outcome {
    let remotes = remotes(&suite.join("remotes"));
    let mut outcome = Outcome::default();
    for path in files(folder) {
        let file = path
            .strip_prefix(suite)
            .expect("it is of the suite")
            .display()
            .to_string();
        let groups = read(&path);
        for group in groups.as_array().expect("a file is a list of groups") {
            let mut models = remotes.clone();
            models.push(("Tested".to_owned(), group["schema"].to_string()));
            let models = Models::compile(models);
            let model = models.get("Tested").expect("it was given");
            for test in group["tests"].as_array().expect("a group has tests") {
                outcome.count += 1;
                let expected = test["valid"].as_bool().expect("a test has a verdict");
                let verdict = match &model {
                    Ok(model) => model.check(&test["data"]).map_err(|it| it.to_string()),
                    Err(error) => Err(error.to_string()),
                };
                if model.is_err() || verdict.is_ok() != expected {
                    let (group, test) = (&group["description"], &test["description"]);
                    outcome
                        .failures
                        .push(format!("{file}: {group}: {test}: {verdict:?}"));
                }
            }
        }
    }
    outcome
}

/// What the suite serves by HTTP, as models that give themselves that address.
fn remotes(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let way = path
                .strip_prefix(folder)
                .expect("it is below")
                .display()
                .to_string();
            let mut schema = read(&path);
            if let Value::Object(members) = &mut schema {
                let address = format!("http://localhost:1234/{way}");
                members.entry("id").or_insert_with(|| address.into());
            }
            let name = way.replace(|it: char| !it.is_ascii_alphanumeric(), "");
            found.push((name, schema.to_string()));
        }
    }
    found.sort();
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let mut paths: Vec<_> = paths.filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("the suite is JSON")
}

fn folder() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return None;
    };
    Some(PathBuf::from(folder).join("jsonschema"))
}
