//! How the service tells that it refuses a document.

use serde_json::json;
use tollgate_openapi::{ImportOptions, import};

use crate::with_get;

fn failing_on_warnings() -> ImportOptions {
    let mut options = ImportOptions::default();
    options.fail_on_warnings = true;
    options
}

#[test]
fn errors_come_first_and_then_the_warnings() {
    let document = with_get(
        json!({"parameters": [
            {"name": "page[size]", "in": "query"},
            {"name": "session", "in": "cookie"},
        ]}),
        json!({
            "components": {"schemas": {"A_B": {}}},
            "x-amazon-apigateway-api-key-source": "header or so",
        }),
    );
    let refused = import(&document.to_string(), &ImportOptions::default()).map(|_| ());
    assert_eq!(
        refused.unwrap_err().message(),
        "Errors found during import:\n\
         \tUnable to put method 'GET' on resource at path '/x': Invalid mapping expression \
         specified: Validation Result: warnings : [], errors : [Parameter name should match the \
         following regular expression: ^[a-zA-Z0-9._$-]+$]\n\
         \tUnable to create model for 'A_B': Model name must be alphanumeric: A_B\n\
         \tunknown API key source `header or so`, expected one of HEADER, AUTHORIZER (at 1:238, \
         /x-amazon-apigateway-api-key-source)\n\
         Additionally, these warnings were found:\n\
         \tParameter type cookie for parameter session not supported. Ignoring."
    );
}

#[test]
fn warnings_refuse_a_document_where_that_is_asked_for() {
    let odd = with_get(
        json!({"security": [{"basic": []}]}),
        json!({"components": {"securitySchemes": {"basic": {"type": "http"}}}}),
    )
    .to_string();
    let imported = import(&odd, &ImportOptions::default()).unwrap();
    assert_eq!(imported.warnings.len(), 2);
    assert_eq!(
        imported.warnings[1],
        "Unsupported security definition type 'http' for 'basic'. Ignoring."
    );
    let refused = import(&odd, &failing_on_warnings())
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        refused.message(),
        format!(
            "Warnings found during import:\n\t{}\n\t{}",
            imported.warnings[0], imported.warnings[1]
        )
    );
    assert_eq!(*refused.diagnostics(), imported.diagnostics);
    // Notes are no warnings.
    let noted = with_get(json!({"summary": "Reads"}), json!({})).to_string();
    import(&noted, &failing_on_warnings()).unwrap();
}

#[test]
fn a_text_that_is_no_document_is_invalid_input() {
    for text in [
        "",
        "{",
        "[]",
        "{\"swagger\": \"1.2\"}",
        "{\"openapi\": \"3.1.0\"}",
    ] {
        let refused = import(text, &ImportOptions::default()).map(|_| ());
        let refused = refused.unwrap_err();
        assert_eq!(refused.message(), "Invalid OpenAPI input.", "{text}");
        assert!(refused.diagnostics().has_errors());
    }
}
