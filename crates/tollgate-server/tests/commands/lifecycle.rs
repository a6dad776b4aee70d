//! `tollgate deploy`, `stages`, `deployments`, `promote`, `rollback`, `canary` and `diff` over a folder.

mod canaries;
mod deploys;
mod diffs;
mod lists;
mod refusals;
mod rollbacks;

use std::path::PathBuf;

use serde_json::Value;

use crate::command::{Folder, document, said, tollgate};

/// A folder with documents, and a store in it.
struct Place(Folder);

/// What a command ended with, and what it wrote.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self(Folder::new())
    }

    /// The file of the store.
    fn store(&self) -> PathBuf {
        self.0.path("data/tollgate.redb")
    }

    /// Writes the document of the API `pets`, with these paths.
    fn pets(&self, paths: &[&str]) {
        let methods: Vec<_> = paths.iter().map(|path| (*path, "hello")).collect();
        self.0.write("pets.json", &document(&methods));
    }

    /// Runs a command in the folder.
    fn run_alone(&self, arguments: &[&str]) -> Said {
        let output = tollgate()
            .current_dir(self.0.path(""))
            .args(arguments)
            .output()
            .expect("the command can be run");
        Said {
            code: output.status.code(),
            err: said(&output),
            out: String::from_utf8(output.stdout).expect("it is text"),
        }
    }

    /// Runs a command over the store.
    fn run(&self, arguments: &[&str]) -> Said {
        self.run_alone(&[arguments, &["--data", "data"]].concat())
    }

    /// What a command writes that does what it is asked for.
    fn done(&self, arguments: &[&str]) -> String {
        let Said { code, out, err } = self.run(arguments);
        assert_eq!((code, &*err), (Some(0), ""), "{arguments:?}");
        out
    }

    /// The same, in JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let out = self.done(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }

    /// Deploys `pets.json` to the stage `prod`; gives the deployment's id.
    fn deploy(&self, options: &[&str]) -> String {
        let deploy = ["deploy", "pets.json", "--stage", "prod"];
        let said = self.json(&[&deploy, options].concat());
        let id = said["deploymentId"].as_str();
        id.expect("a deployment has an id").to_owned()
    }
}

/// A command that is refused, with this message.
fn refused(message: &str) -> Said {
    Said {
        code: Some(1),
        out: String::new(),
        err: format!("error: {message}\n"),
    }
}

/// A command that finds no store, and makes none.
fn no_store() -> Said {
    refused("data: there is no store")
}

/// Puts words in the place of ids, and blanks out times, which stand in columns.
fn masked(text: &str, ids: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (id, word) in ids {
        assert_eq!(id.len(), word.len(), "columns stay as wide as they are");
        text = text.replace(id, word);
    }
    let ends: Vec<_> = text.match_indices("Z").map(|(end, _)| end).collect();
    for end in ends {
        let begin = end.checked_sub("2026-01-31T12:00:00".len());
        if let Some(begin) = begin.filter(|begin| text.as_bytes()[begin + 10] == b'T') {
            text.replace_range(begin..=end, "....-..-..T..:..:..Z");
        }
    }
    text
}

/// Blanks out times, which are numbers in JSON.
fn timeless(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name.ends_with("Date") {
                    *member = Value::from("time");
                }
                timeless(member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(timeless),
        _ => {}
    }
}
