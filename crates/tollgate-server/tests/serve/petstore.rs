//! The example `petstore`, with endpoints that work, and with some that do not.

mod answers;
mod bodies;
mod endpoint;
mod faults;
mod headers;
mod injection;

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::process::{Folder, Server, repository};

/// The address of the endpoint in the document.
const ENDPOINT: &str = "127.0.0.1:8081";
/// The integrations of the document that tests change.
const PET: &str = "/paths/~1pets~1{petId}/get/x-amazon-apigateway-integration";
const SHOP: &str =
    "/paths/~1shop~1{proxy+}/x-amazon-apigateway-any-method/x-amazon-apigateway-integration";

/// Serves the document with another endpoint.
fn serve(endpoint: SocketAddr) -> Server {
    serve_with(endpoint, |_| {})
}

/// Serves the document with another endpoint, and with a change of the test's own.
fn serve_with(endpoint: SocketAddr, change: impl FnOnce(&mut Value)) -> Server {
    let file = repository("examples/petstore/petstore.json");
    let text = std::fs::read_to_string(file).expect("the example is there");
    assert!(text.contains(ENDPOINT), "the example calls {ENDPOINT}");
    let text = text.replace(ENDPOINT, &endpoint.to_string());
    let mut document = serde_json::from_str(&text).expect("the example is JSON");
    change(&mut document);
    let folder = Folder::new();
    let file = folder.write("petstore.json", &document.to_string());
    Server::of_files(&[&file], &["--no-request-log"])
}

/// Gives endpoints another time to answer.
fn set_timeout(document: &mut Value, millis: u32) {
    for integration in [PET, SHOP] {
        document
            .pointer_mut(integration)
            .expect("the example has it")["timeoutInMillis"] = json!(millis);
    }
}
