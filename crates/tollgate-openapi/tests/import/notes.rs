//! What is not used and that nobody will miss: notes, with their places.

use tollgate_core::Severity;
use tollgate_openapi::{ImportOptions, import};

const DOCUMENT: &str = r#"{
  "swagger": "2.0",
  "info": { "title": "Test", "contact": {} },
  "host": "example.com",
  "paths": {
    "/x": { "get": {
      "summary": "Reads",
      "x-owner": "us",
      "responses": { "default": {}, "200": { "headers": { "ETag": { "type": "string" } } } },
      "x-amazon-apigateway-integration": { "type": "mock", "uri": "arn:x" }
    } },
    "x-else": {}
  }
}"#;

#[test]
fn what_is_not_used_is_noted_where_it_stands() {
    let imported = import(DOCUMENT, &ImportOptions::default()).unwrap();
    let notes: Vec<_> = imported
        .diagnostics
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        notes,
        [
            "note: `contact` is not used (at 3:30, /info/contact)",
            "note: `host` is not used (at 4:3, /host)",
            "note: `summary` is not used (at 7:7, /paths/~1x/get/summary)",
            "note: `x-owner` is not used (at 8:7, /paths/~1x/get/x-owner)",
            "note: `default` is not used (at 9:22, /paths/~1x/get/responses/default)",
            "note: `type` is not used \
             (at 9:69, /paths/~1x/get/responses/200/headers/ETag/type)",
            "note: `uri` is not used: a MOCK calls nothing \
             (at 10:60, /paths/~1x/get/x-amazon-apigateway-integration/uri)",
            "note: `x-else` is not used (at 12:5, /paths/x-else)",
        ]
    );
    assert!(
        imported
            .diagnostics
            .iter()
            .all(|one| one.severity == Severity::Note)
    );
}
