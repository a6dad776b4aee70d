//! Servers of stores, and the commands that change these.

mod folder;
mod refused;
#[cfg(feature = "postgres")]
mod shared;

use std::ffi::OsStr;
use std::path::Path;

use serde_json::Value;

use crate::command::{Folder, said, tollgate};
use crate::process::{Server, document};

const PATH: &str = "/restapis/pets/prod/_user_request_/pets";
const HOST: &str = "pets.execute-api.localhost";

/// Starts a server of a store on a free port.
fn serve(store: &[&OsStr]) -> Server {
    let listen = ["--listen", "127.0.0.1:0", "--no-request-log"].map(OsStr::new);
    Server::launch(&[store, &listen].concat())
}

/// Runs a command over a store; its status, what it wrote, and what it said.
fn command(store: &[&OsStr], arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = tollgate().args(arguments).args(store).output();
    let output = output.expect("the command can be run");
    let written = String::from_utf8(output.stdout.clone()).expect("it is text");
    (output.status.code(), written, said(&output))
}

/// The same, of one that does what it is asked for, in JSON.
fn done(store: &[&OsStr], arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    let (code, written, said) = command(store, &arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {said}");
    serde_json::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}"))
}

/// Writes the document of the API `pets`, whose method answers with a text.
fn pets(folder: &Folder, text: &str) -> std::path::PathBuf {
    folder.write("pets.json", &document(&[("/pets", text)]))
}

/// Deploys a document to the stage `prod`; gives the deployment's id, and the store's revision.
fn deploy(store: &[&OsStr], file: &Path, options: &[&str]) -> (String, u64) {
    let file = file.to_str().expect("it is text");
    let said = done(
        store,
        &[&["deploy", file, "--stage", "prod"], options].concat(),
    );
    let id = said["deploymentId"].as_str().expect("it has an id");
    let revision = said["revision"].as_u64().expect("it has a number");
    (id.to_owned(), revision)
}

/// That a server answers with this text at the addresses of the stage.
fn answers(server: &Server, text: &str) {
    let by_path = server.get(PATH);
    assert_eq!((by_path.status, &*by_path.body), (200, text));
    let by_host = server.get_from(HOST, "/prod/pets");
    assert_eq!((by_host.status, &*by_host.body), (200, text));
    // Nothing else leads there.
    assert_eq!(server.get("/pets").status, 403);
    assert_eq!(server.get_from(HOST, "/beta/pets").status, 403);
}
