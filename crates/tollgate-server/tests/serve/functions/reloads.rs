//! Functions that change while they are served.

use std::io::Write as _;
use std::net::TcpListener;

use serde_json::{Value, json};

use super::{PYTHON, Served, assert_ended};
use crate::process::{Folder, repository};
use crate::wire::Received;

/// The process behind a path, which must have handled so many events by now.
fn process(served: &Served, path: &str, count: u64) -> u64 {
    let counted: Value = served.custom(path, "count", &json!(null)).json();
    let told = &counted["got"];
    assert_eq!(told["count"], count, "{path}: {counted}");
    told["process"].as_u64().expect("it is a number")
}

/// What `tollgate.toml` says of functions with a variable each; `None` where there is no client.
fn functions(functions: &[(&str, &str)]) -> Option<String> {
    let [_, command] = PYTHON.commands()?;
    let directory = repository("crates/tollgate-integration/tests/runtime/functions/python");
    let function = |(name, color): &(&str, &str)| {
        format!(
            "[functions.{name}]\ncommand = {command:?}\ndirectory = {directory:?}\n\
             timeout = \"1m\"\ninit_timeout = \"1m\"\n\
             environment = {{ COLOR = {color:?}, PYTHONDONTWRITEBYTECODE = \"1\" }}\n"
        )
    };
    Some(functions.iter().map(function).collect())
}

/// Changes the configuration; gives what is said about it.
fn reload(
    folder: &Folder,
    said: &mut impl Iterator<Item = String>,
    config: Option<String>,
) -> Vec<String> {
    let config = config.expect("there is a client");
    let config = format!("[[apis]]\nfile = \"api.json\"\n{config}");
    folder.write("tollgate.toml", &config);
    let mut remarks = Vec::new();
    for line in said.by_ref() {
        if line.starts_with("deployed ") || line == "the configuration before stays" {
            return remarks;
        }
        remarks.push(line);
    }
    panic!("the server is gone: {remarks:?}");
}

#[test]
fn functions_keep_their_processes_until_they_change() {
    let Some(config) = functions(&[("custom", "red"), ("hasty", "red")]) else {
        return;
    };
    let mut served = Served::start(&config);
    let mut said = served.server.said();
    let mut reload = |config| reload(&served.folder, &mut said, config);
    let custom = process(&served, "/custom", 1);
    let hasty = process(&served, "/hasty", 1);

    // Only one of them changes.
    reload(functions(&[("custom", "red"), ("hasty", "blue")]));
    assert_ended(hasty);
    assert_eq!(process(&served, "/custom", 2), custom);
    let hasty = process(&served, "/hasty", 1);

    // What is wrong changes nothing.
    let wrong = functions(&[("hasty", "blue"), ("custom", "red")]);
    let remarks = reload(wrong.map(|config| config + "memory_size = 1\n"));
    assert!(
        remarks[0].starts_with("error: memory_size is 1"),
        "{remarks:?}"
    );
    assert_eq!(process(&served, "/custom", 3), custom);
    assert_eq!(process(&served, "/hasty", 2), hasty);

    // One of them is gone.
    reload(functions(&[("custom", "red")]));
    assert_ended(hasty);
    assert_eq!(process(&served, "/custom", 4), custom);
    let answer = served.custom("/hasty", "count", &json!(null));
    assert_eq!(answer.status, Some(500), "{answer:?}");
}

/// What happens while a function has an event in hand; the function is let go on after that.
fn while_it_runs(served: &Served, happens: impl FnOnce()) -> Received {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback works");
    let address = listener.local_addr().expect("the loopback works");
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| served.custom("/custom", "meet", &json!(address.to_string())));
        let (mut function, _) = listener.accept().expect("the function comes");
        happens();
        function.write_all(b".").expect("the function reads");
        asking.join().expect("nobody panics")
    })
}

#[test]
fn functions_finish_what_they_run() {
    let Some(config) = functions(&[("custom", "red")]) else {
        return;
    };
    let mut served = Served::start(&config);
    let mut said = served.server.said();
    let before = process(&served, "/custom", 1);
    let answer = while_it_runs(&served, || {
        reload(&served.folder, &mut said, functions(&[("custom", "blue")]));
        assert_ne!(process(&served, "/custom", 1), before);
    });
    assert_eq!(answer.json(), json!({ "got": "met" }));
    assert_ended(before);

    let now = process(&served, "/custom", 2);
    let answer = while_it_runs(&served, || {
        served.server.signal("TERM");
        let ending = "finishing requests in flight; a second signal ends the server at once";
        assert!(said.any(|line| line == ending));
    });
    assert_eq!(answer.json(), json!({ "got": "met" }));
    // It says nothing more, and ends.
    assert_eq!(said.next(), None);
    assert_ended(now);
}
