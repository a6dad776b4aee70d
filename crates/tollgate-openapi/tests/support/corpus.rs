//! Real documents: those below the directory `openapi` of `TOLLGATE_CONFORMANCE`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The texts of the corpus by path; nothing where there is none and none is required.
pub(crate) fn corpus() -> BTreeMap<String, String> {
    let Some(root) = env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|value| value == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped");
        return BTreeMap::new();
    };
    let root = Path::new(&root).join("openapi");
    let mut texts = BTreeMap::new();
    for file in files(&root) {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let is_yaml = name.ends_with(".yaml");
        if name.ends_with(".json") || (is_yaml && cfg!(feature = "yaml")) {
            texts.insert(name.to_owned(), fs::read_to_string(&file).unwrap());
        }
    }
    assert!(!texts.is_empty(), "{} has no documents", root.display());
    texts
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
