//! The command, and files for it.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// The command, to be run.
pub(crate) fn tollgate() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
}

/// A folder of a test's own; it is removed when the test ends.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tollgate-test-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("there is a place for temporary files");
        Self(folder)
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in one step, as editors do.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.path(name);
        let new = self.path(&format!(".{name}.new"));
        std::fs::write(&new, text).expect("the folder is ours");
        std::fs::rename(&new, &file).expect("the folder is ours");
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind is only clutter.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A document with a method `ANY` at each path, answered with a template's text.
pub(crate) fn document(methods: &[(&str, &str)]) -> String {
    let paths: serde_json::Map<String, serde_json::Value> = methods
        .iter()
        .map(|(path, template)| {
            let method = serde_json::json!({ "x-amazon-apigateway-any-method": {
                "responses": { "200": { "description": "ok" } },
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                    "responses": { "default": {
                        "statusCode": "200",
                        "responseTemplates": { "application/json": template }
                    } }
                }
            } });
            ((*path).to_owned(), method)
        })
        .collect();
    serde_json::json!({
        "openapi": "3.0.1",
        "info": { "title": "test", "version": "1" },
        "paths": paths
    })
    .to_string()
}

/// What a command wrote to standard error.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("it is text")
}
