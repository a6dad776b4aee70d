//! Functions that change while they are served.

use serde_json::{Value, json};

use super::{PYTHON, Served, assert_ended};
use crate::process::repository;

/// The process behind a path, which must have handled so many events by now.
fn process(served: &Served, path: &str, count: u64) -> u64 {
    let counted: Value = served.custom(path, "count", &json!(null)).json();
    let told = &counted["got"];
    assert_eq!(told["count"], count, "{path}: {counted}");
    told["process"].as_u64().expect("it is a number")
}

#[test]
fn functions_keep_their_processes_until_they_change() {
    let Some([_, command]) = PYTHON.commands() else {
        return;
    };
    let directory = repository("crates/tollgate-integration/tests/runtime/functions/python");
    let function = |name: &str, color: &str| {
        format!(
            "[functions.{name}]\ncommand = {command:?}\ndirectory = {directory:?}\n\
             timeout = \"1m\"\ninit_timeout = \"1m\"\n\
             environment = {{ COLOR = {color:?}, PYTHONDONTWRITEBYTECODE = \"1\" }}\n"
        )
    };
    let mut served = Served::start(&(function("custom", "red") + &function("hasty", "red")));
    let mut said = served.server.said();
    let mut reload = |config: String| {
        let config = format!("[[apis]]\nfile = \"api.json\"\n{config}");
        served.folder.write("tollgate.toml", &config);
        let mut remarks = Vec::new();
        for line in said.by_ref() {
            if line.starts_with("deployed ") || line == "the configuration before stays" {
                return remarks;
            }
            remarks.push(line);
        }
        panic!("the server is gone: {remarks:?}");
    };
    let custom = process(&served, "/custom", 1);
    let hasty = process(&served, "/hasty", 1);

    // Only one of them changes.
    reload(function("custom", "red") + &function("hasty", "blue"));
    assert_ended(hasty);
    assert_eq!(process(&served, "/custom", 2), custom);
    let hasty = process(&served, "/hasty", 1);

    // What is wrong changes nothing.
    let remarks = reload(function("custom", "red") + "memory_size = 1\n");
    assert!(
        remarks[0].starts_with("error: memory_size is 1"),
        "{remarks:?}"
    );
    assert_eq!(process(&served, "/custom", 3), custom);
    assert_eq!(process(&served, "/hasty", 2), hasty);

    // One of them is gone.
    reload(function("custom", "red"));
    assert_ended(hasty);
    assert_eq!(process(&served, "/custom", 4), custom);
    let answer = served.custom("/hasty", "count", &json!(null));
    assert_eq!(answer.status, Some(500), "{answer:?}");
}
