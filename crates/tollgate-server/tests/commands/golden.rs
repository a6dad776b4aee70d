//! Documents, and beside them what the commands say about them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{said, tollgate};

/// The folder of the documents, as seen from the repository's.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/golden")
}

/// The command in the folder of the documents, so that it names them without it.
pub(crate) fn in_folder(arguments: &[&str]) -> Command {
    let mut command = tollgate();
    command.current_dir(folder()).args(arguments);
    command
}

/// Its exit status and standard output; it says nothing else.
pub(crate) fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = in_folder(arguments)
        .output()
        .expect("the command can be run");
    assert_eq!(said(&output), "", "{arguments:?}");
    let written = String::from_utf8(output.stdout).expect("it is text");
    (output.status.code(), written)
}

/// Compares with the file of this name; `UPDATE_GOLDEN=1` writes that file instead.
pub(crate) fn compare(result: &str, name: &str) {
    let file = folder().join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, result).expect("the folder can be written");
    }
    let expected = std::fs::read_to_string(&file).expect("the file is there");
    assert_eq!(result, expected, "{name}");
}
