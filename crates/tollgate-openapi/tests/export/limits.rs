//! What a small API may make long.

use serde_json::json;
use tollgate_model::{
    ApiDocument, AuthorizationType, Authorizer, AuthorizerType, DocumentationPart,
    DocumentationPartLocation, DocumentationPartType, HttpMethod, Method, RequestValidator,
};
use tollgate_openapi::limits::{MAX_DOCUMENT_BYTES, MAX_REMARKS, MAX_SHARED_BYTES};
use tollgate_openapi::{ExportError, ExportFormat, export};

use crate::{read, whole};

/// Many methods, each changed.
fn wide(change: impl Fn(&mut Method)) -> ApiDocument {
    let paths: serde_json::Map<_, _> = (0..2000)
        .map(|n| (format!("/{n}"), json!({"get": {}})))
        .collect();
    let document = json!({"swagger": "2.0", "info": {"title": "T"}, "paths": paths});
    let mut document = read(&document.to_string());
    for resource in &mut document.resources[1..] {
        change(&mut resource.resource_methods[&HttpMethod::Get]);
    }
    document
}

fn refused(document: &ApiDocument) -> ExportError {
    let exported = export(document, &whole(ExportFormat::Swagger2));
    exported.map(|_| ()).unwrap_err()
}

/// A text of which two thousand are too many.
fn long() -> String {
    "n".repeat(MAX_SHARED_BYTES / 2000 + 1)
}

#[test]
fn names_and_documentation_are_not_repeated_without_end() {
    let mut document = wide(|method| method.request_validator_id = Some("v".to_owned()));
    document.request_validators = vec![RequestValidator::new("v", long())];
    assert_eq!(refused(&document), ExportError::TooLarge);
    document.request_validators[0].name.truncate(1000);
    assert!(export(&document, &whole(ExportFormat::Swagger2)).is_ok());

    let mut document = wide(|method| {
        method.authorization_type = AuthorizationType::Custom;
        method.authorizer_id = Some("a".to_owned());
    });
    let mut authorizer = Authorizer::new("a", long(), AuthorizerType::Token);
    authorizer.authorizer_uri = Some("arn:x".to_owned());
    document.authorizers = vec![authorizer];
    assert_eq!(refused(&document), ExportError::TooLarge);

    let mut document = wide(|_| {});
    let properties = json!({"description": long()}).to_string();
    let location = DocumentationPartLocation::new(DocumentationPartType::Method);
    document.documentation_parts = vec![DocumentationPart::new("p", location, properties)];
    assert_eq!(refused(&document), ExportError::TooLarge);
}

#[test]
fn a_text_that_nothing_repeats_may_be_long() {
    let mut document = wide(|_| {});
    document.rest_api.description = Some("d".repeat(MAX_DOCUMENT_BYTES));
    let exported = export(&document, &whole(ExportFormat::OpenApi3)).unwrap();
    assert!(exported.text.len() > MAX_DOCUMENT_BYTES);
}

#[test]
fn remarks_come_to_an_end() {
    let document = wide(|method| {
        let names = (0..10).map(|n| (format!("method.request.cookie.{n}"), true));
        method.request_parameters = names.collect();
    });
    let exported = export(&document, &whole(ExportFormat::Swagger2)).unwrap();
    assert_eq!(exported.remarks.len(), MAX_REMARKS + 1);
}

/// Deep paths whose methods have all of the variables, with documentation at each step.
#[test]
fn deep_paths_come_to_an_end() {
    let variables: String = (0..150).map(|n| format!("/{{v{n}}}")).collect();
    let paths: serde_json::Map<_, _> = (0..100)
        .map(|n| {
            let operations = json!({"get": {}, "put": {}, "post": {}, "delete": {}, "head": {}});
            (format!("{variables}/{n}"), operations)
        })
        .collect();
    let steps = (0..150).map(|n| {
        variables
            .split('/')
            .take(n + 1)
            .collect::<Vec<_>>()
            .join("/")
    });
    let parts: Vec<_> = steps
        .skip(1)
        .enumerate()
        .map(|(n, path)| {
            let name = format!("v{n}");
            json!({
                "location": {"type": "PATH_PARAMETER", "path": path, "method": "PATCH", "name": name},
                "properties": {},
            })
        })
        .collect();
    let mut document = json!({"swagger": "2.0", "info": {"title": "T"}, "paths": paths});
    let extension = "x-amazon-apigateway-documentation";
    document[extension] = json!({"documentationParts": parts});
    let document = read(&document.to_string());
    assert_eq!(refused(&document), ExportError::TooLarge);
}
