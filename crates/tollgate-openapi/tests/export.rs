//! What `export` makes of APIs.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "documents are written where they are passed"
)]
#![expect(
    clippy::print_stdout,
    reason = "the counts are for whoever reads the log"
)]

#[path = "support/bare.rs"]
mod bare;
#[path = "support/corpus.rs"]
mod corpus;
#[path = "export/documentation.rs"]
mod documentation;
#[path = "export/extensions.rs"]
mod extensions;
#[path = "export/forms.rs"]
mod forms;
#[path = "export/golden.rs"]
mod golden;
#[path = "export/limits.rs"]
mod limits;
#[path = "export/properties.rs"]
mod properties;
#[path = "export/real.rs"]
mod real;
#[path = "export/remarks.rs"]
mod remarks;
#[path = "export/round.rs"]
mod round;

use serde_json::{Value, json};
use tollgate_core::Diagnostics;
use tollgate_model::{ApiDocument, Timestamp};
use tollgate_openapi::{
    ExportFormat, ExportOptions, Exported, Extensions, ImportOptions, export, import,
};

const FORMATS: [ExportFormat; 2] = [ExportFormat::Swagger2, ExportFormat::OpenApi3];

/// Plain OpenAPI, as of a day in 2016.
fn plain(format: ExportFormat) -> ExportOptions {
    ExportOptions::new(format, bare::DATE)
}

/// Everything, as of that day.
fn whole(format: ExportFormat) -> ExportOptions {
    let mut options = plain(format);
    options.extensions = Extensions::ALL;
    options
}

fn read(text: &str) -> ApiDocument {
    import(text, &ImportOptions::default())
        .unwrap_or_else(|error| panic!("{error}\nin {text}"))
        .document
}

fn written(document: &ApiDocument, options: &ExportOptions) -> Exported {
    export(document, options).unwrap()
}

fn value(document: &ApiDocument, options: &ExportOptions) -> Value {
    serde_json::from_str(&written(document, options).text).unwrap()
}

/// An OpenAPI 3.0 document with one operation, `GET /x`, and these members beside it.
fn with_get(operation: Value, members: Value) -> ApiDocument {
    let mut document = json!({
        "openapi": "3.0.1",
        "info": {"title": "Test", "version": "1"},
        "paths": {"/x": {"get": operation}},
    });
    let Value::Object(members) = members else {
        panic!("not members: {members}")
    };
    document.as_object_mut().unwrap().extend(members);
    read(&document.to_string())
}

fn lines(found: &Diagnostics) -> Vec<String> {
    found.iter().map(ToString::to_string).collect()
}

fn seconds(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}
