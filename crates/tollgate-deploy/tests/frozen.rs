//! Documents keep their names, and others have other ones.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use tollgate_core::ResourceId;
use tollgate_deploy::{FreezeError, Frozen, MAX_DOCUMENT_BYTES};
use tollgate_model::{ApiDocument, ContentHash, Resource};

fn read(json: &str) -> ApiDocument {
    serde_json::from_str(json).unwrap()
}

fn hash(json: &str) -> ContentHash {
    Frozen::new(read(json)).unwrap().hash()
}

#[test]
fn the_name_is_that_of_the_content() {
    let document = r#"{"name": "A", "description": "B", "resources": [
        {"id": "r", "path": "/", "resourceMethods": {
            "GET": {"httpMethod": "GET", "methodIntegration": {"type": "MOCK",
                "requestTemplates": {"a/b": "1", "c/d": "2"},
                "integrationResponses": {
                    "200": {"statusCode": "200", "responseTemplates": {"a/b": "1", "c/d": "2"}},
                    "404": {"statusCode": "404", "selectionPattern": "4.."}}}},
            "PUT": {"httpMethod": "PUT"}}}]}"#;
    for (old, new, is_same) in [
        ("", "", true),
        (
            r#""name": "A", "description": "B""#,
            r#""description":"B","name":"A""#,
            true,
        ),
        (
            r#""a/b": "1", "c/d": "2"},"#,
            r#""c/d": "2", "a/b": "1"},"#,
            true,
        ),
        // The first of these is for clients that accept neither.
        (
            r#"{"a/b": "1", "c/d": "2"}}"#,
            r#"{"c/d": "2", "a/b": "1"}}"#,
            false,
        ),
        (r#""statusCode": "404""#, r#""statusCode": "405""#, false),
        (r#""name": "A""#, r#""name": "a""#, false),
    ] {
        assert!(document.contains(old), "{old}");
        let other = document.replacen(old, new, 1);
        assert_eq!(hash(document) == hash(&other), is_same, "{old} -> {new}");
    }
}

#[test]
fn the_order_in_which_integration_responses_are_tried_counts() {
    let document = |responses: &str| {
        hash(&format!(
            r#"{{"name": "A", "resources": [{{"id": "r", "path": "/", "resourceMethods": {{
                "GET": {{"httpMethod": "GET", "methodIntegration": {{"type": "MOCK",
                    "integrationResponses": {{{responses}}}}}}}}}}}]}}"#
        ))
    };
    let (one, other) = (
        r#""400": {"statusCode": "400"}"#,
        r#""500": {"statusCode": "500"}"#,
    );
    assert_ne!(
        document(&format!("{one}, {other}")),
        document(&format!("{other}, {one}"))
    );
}

/// Stores hold these names: another one for the same content loses documents.
#[test]
fn names_stay_the_same_over_versions() {
    let frozen = Frozen::new(ApiDocument::new("Pets")).unwrap();
    assert_eq!(
        String::from_utf8(frozen.to_json()).unwrap(),
        r#"{"apiKeySource":"HEADER","disableExecuteApiEndpoint":false,"name":"Pets","resources":[]}"#
    );
    assert_eq!(
        frozen.hash().to_string(),
        "71eb2c33446a72e39390a18540d4834b09b64e548f264cb707ebde25c3f2e4ce"
    );
}

#[test]
fn only_the_named_content_is_read() {
    let pets = Frozen::new(ApiDocument::new("Pets")).unwrap();
    let cats = Frozen::new(ApiDocument::new("Cats")).unwrap();

    let spaced = String::from_utf8(pets.to_json())
        .unwrap()
        .replace(',', " ,\n ");
    let read = Frozen::from_json(pets.hash(), spaced.as_bytes()).unwrap();
    assert_eq!(read.document(), pets.document());

    let error = Frozen::from_json(pets.hash(), &cats.to_json()).unwrap_err();
    assert!(
        matches!(error, FreezeError::WrongHash { expected, found }
            if expected == pets.hash() && found == cats.hash()),
        "{error}"
    );
    for broken in [&b""[..], b"{", b"[]x", b"\xff"] {
        let error = Frozen::from_json(pets.hash(), broken).unwrap_err();
        assert!(matches!(error, FreezeError::Unreadable(_)), "{error}");
    }
    // Deeper than a reader goes.
    let deep = "[".repeat(100_000);
    let error = Frozen::from_json(pets.hash(), deep.as_bytes()).unwrap_err();
    assert!(matches!(error, FreezeError::Unreadable(_)), "{error}");
}

#[test]
fn a_document_has_a_greatest_size() {
    let mut document = ApiDocument::new("Pets");
    document.rest_api.description = Some(String::new());
    let rest = Frozen::new(document.clone()).unwrap().to_json().len();

    document.rest_api.description = Some("x".repeat(MAX_DOCUMENT_BYTES - rest));
    let largest = Frozen::new(document.clone()).unwrap();
    let mut json = largest.to_json();
    assert!(Frozen::from_json(largest.hash(), &json).is_ok());

    json.push(b' ');
    let error = Frozen::from_json(largest.hash(), &json).unwrap_err();
    assert!(matches!(error, FreezeError::TooLarge { .. }), "{error}");
    let root = Resource::root(ResourceId::from("root000000"));
    document.resources.push(root);
    let error = Frozen::new(document).unwrap_err();
    assert!(matches!(error, FreezeError::TooLarge { .. }), "{error}");
}
