//! What `import` makes of documents, by subject.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "documents are written where they are passed"
)]

#[path = "import/documentation.rs"]
mod documentation;
#[path = "import/golden.rs"]
mod golden;
#[path = "import/help.rs"]
mod help;
#[path = "import/integrations.rs"]
mod integrations;
#[path = "import/limits.rs"]
mod limits;
#[path = "import/models.rs"]
mod models;
#[path = "import/notes.rs"]
mod notes;
#[path = "import/parameters.rs"]
mod parameters;
#[path = "import/paths.rs"]
mod paths;
#[path = "import/places.rs"]
mod places;
#[path = "import/put.rs"]
mod put;
#[path = "import/refusals.rs"]
mod refusals;
#[path = "import/security.rs"]
mod security;
#[path = "import/settings.rs"]
mod settings;
#[path = "import/text.rs"]
mod text;

use serde_json::{Value, json};
use tollgate_core::{Diagnostics, Severity};
use tollgate_model::{ApiDocument, Method};
use tollgate_openapi::{ImportOptions, Imported, import};

fn read(document: &Value) -> Result<Imported, Diagnostics> {
    import(&document.to_string(), &ImportOptions::default()).map_err(Diagnostics::from)
}

/// What is made of a document that has nothing wrong, and what is said about it.
fn accepted(document: &Value) -> (ApiDocument, Vec<String>) {
    match read(document) {
        Ok(checked) => (checked.document, lines(&checked.diagnostics)),
        Err(found) => panic!("{found}\nin {document:#}"),
    }
}

/// What is said about a document that is refused.
fn refused(document: &Value) -> Vec<String> {
    match read(document) {
        Ok(_) => panic!("not refused: {document:#}"),
        Err(found) => lines(&found),
    }
}

/// All but the notes, which every document has some of.
fn grave(found: &Diagnostics) -> Diagnostics {
    found
        .iter()
        .filter(|one| one.severity > Severity::Note)
        .cloned()
        .collect()
}

/// Diagnostics without their places in the text, which nobody has written here, and without help.
fn lines(found: &Diagnostics) -> Vec<String> {
    let line = |one: &tollgate_core::Diagnostic| {
        let mut one = one.clone();
        one.position = None;
        one.help = None;
        one.to_string()
    };
    grave(found).iter().map(line).collect()
}

/// An OpenAPI 3.0 document with one operation, `GET /x`, and these members beside it.
fn with_get(mut operation: Value, members: Value) -> Value {
    if operation.get("x-amazon-apigateway-integration").is_none() {
        operation["x-amazon-apigateway-integration"] = json!({"type": "mock"});
    }
    let mut document = json!({
        "openapi": "3.0.1",
        "info": {"title": "Test"},
        "paths": {"/x": {"get": operation}},
    });
    let Value::Object(members) = members else {
        panic!("not members: {members}")
    };
    document.as_object_mut().unwrap().extend(members);
    document
}

/// The only method of a document.
fn method(document: &ApiDocument) -> &Method {
    let mut all = document.resources.iter();
    let mut methods = all.by_ref().flat_map(|one| one.resource_methods.values());
    let method = methods.next().unwrap();
    assert!(methods.next().is_none());
    method
}
