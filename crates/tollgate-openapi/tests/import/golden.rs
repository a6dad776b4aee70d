//! Whole documents, and beside them what they become: `*.api.json` or `*.diagnostics.txt`.

use std::fs;
use std::path::{Path, PathBuf};

use tollgate_openapi::{ImportOptions, import};
#[cfg(feature = "yaml")]
use tollgate_openapi::{PutMode, put};

use crate::grave;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// Checks a document against the file beside it; `UPDATE_GOLDEN=1` writes that file instead.
fn check(input: &str, output: &str) {
    let text = fs::read_to_string(file(input)).unwrap();
    let result = match import(&text, &ImportOptions::default()) {
        Ok(checked) => {
            assert_eq!(grave(&checked.diagnostics).to_string(), "", "{input}");
            format!("{:#}\n", serde_json::to_value(checked.document).unwrap())
        }
        Err(found) => format!("{}\n", grave(found.diagnostics())),
    };
    compare(&result, input, output);
}

fn compare(result: &str, input: &str, output: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(file(output), result).unwrap();
    }
    assert_eq!(result, fs::read_to_string(file(output)).unwrap(), "{input}");
}

/// Merges one document into the API of another.
#[cfg(feature = "yaml")]
#[test]
fn accounts_merged_into_pets() {
    let [pets, accounts] = ["pets.swagger.json", "accounts.openapi.yaml"]
        .map(|name| fs::read_to_string(file(name)).unwrap());
    let options = ImportOptions::default();
    let pets = import(&pets, &options).unwrap().document;
    let both = put(&pets, &accounts, PutMode::Merge, &options).unwrap();
    let both = format!("{:#}\n", serde_json::to_value(both.document).unwrap());
    compare(&both, "accounts over pets", "merged.api.json");
}

#[test]
fn a_swagger_document_in_json() {
    check("pets.swagger.json", "pets.api.json");
}

#[cfg(feature = "yaml")]
#[test]
fn the_same_api_as_an_openapi_document_in_yaml() {
    check("pets.openapi.yaml", "pets.api.json");
}

#[cfg(feature = "yaml")]
#[test]
fn security_of_every_kind() {
    check("accounts.openapi.yaml", "accounts.api.json");
}

#[cfg(feature = "yaml")]
#[test]
fn everything_wrong_is_told_at_once_in_document_order() {
    check("broken.openapi.yaml", "broken.diagnostics.txt");
}
