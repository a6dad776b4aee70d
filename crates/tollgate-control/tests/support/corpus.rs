//! Real documents: those below the directory `openapi` of `TOLLGATE_CONFORMANCE`.

#![allow(clippy::print_stdout, reason = "tests print what they skip")]

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The names and texts of the documents, by name; nothing where there are none and none are required.
pub(crate) fn corpus() -> Vec<(String, String)> {
    let Some(root) = env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|value| value == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped");
        return Vec::new();
    };
    let root = Path::new(&root).join("openapi");
    let mut texts = Vec::new();
    for file in files(&root) {
        let name = file.strip_prefix(&root).expect("it is below");
        let name = name.to_str().expect("it is text").to_owned();
        if name.ends_with(".json") || name.ends_with(".yaml") {
            texts.push((name, fs::read_to_string(&file).expect("it is text")));
        }
    }
    assert!(!texts.is_empty(), "{} has no documents", root.display());
    texts.sort();
    texts
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
