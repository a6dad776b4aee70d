//! Documents keep their names, and others have other ones.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use proptest::prelude::*;
use tollgate_deploy::{FreezeError, Frozen, MAX_DOCUMENT_BYTES};
use tollgate_model::{ApiDocument, ContentHash, Home, Timestamp};

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

/// Two APIs of one content freeze to the same, whenever they were made; in other accounts and regions they
/// do not, since what is served shows these.
#[test]
fn when_an_api_was_made_does_not_count() {
    let mut document = ApiDocument::new("Pets");
    let frozen = Frozen::new(document.clone()).unwrap();
    document.rest_api.created_date = Some(Timestamp::from_seconds(1_700_000_000));
    let dated = Frozen::new(document.clone()).unwrap();
    assert_eq!(dated, frozen);
    assert_eq!(dated.document(), frozen.document());
    document.rest_api.home = Some(Home::new("000000000042", "eu-west-1"));
    let elsewhere = Frozen::new(document.clone()).unwrap();
    assert_ne!(elsewhere, frozen);
    assert_eq!(elsewhere.document().rest_api.home, document.rest_api.home);
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
    document.rest_api.description = Some("x".repeat(MAX_DOCUMENT_BYTES));
    let error = Frozen::new(document).unwrap_err();
    assert!(matches!(error, FreezeError::TooLarge { .. }), "{error}");

    // White space counts for what is read.
    let pets = Frozen::new(ApiDocument::new("Pets")).unwrap();
    let mut json = pets.to_json();
    json.resize(MAX_DOCUMENT_BYTES + 1, b' ');
    let error = Frozen::from_json(pets.hash(), &json).unwrap_err();
    assert!(
        matches!(error, FreezeError::TooLarge { bytes } if bytes == MAX_DOCUMENT_BYTES + 1),
        "{error}"
    );
}

/// Documents that differ in what strangers write: names, texts of any characters, numbers, maps.
fn documents() -> impl Strategy<Value = ApiDocument> {
    let maps = prop::collection::hash_map("[ -~é\u{1f600}]{1,8}", any::<String>(), 0..5);
    let document = (any::<String>(), any::<Option<u32>>(), maps, any::<bool>());
    document.prop_map(|(name, size, tags, disabled)| {
        let mut document = ApiDocument::new(name);
        document.rest_api.minimum_compression_size = size;
        document.rest_api.tags = tags.into_iter().collect();
        document.rest_api.disable_execute_api_endpoint = disabled;
        document
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(document in documents()) {
        let frozen = Frozen::new(document.clone()).unwrap();
        let json = frozen.to_json();
        let read = Frozen::from_json(frozen.hash(), &json).unwrap();
        prop_assert_eq!(&**read.document(), &document);
        prop_assert_eq!(read.to_json(), &*json);
        // With white space and members in another order it is the same.
        let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let mut turned: Vec<_> = value.as_object().unwrap().clone().into_iter().collect();
        turned.reverse();
        let turned: serde_json::Map<_, _> = turned.into_iter().collect();
        let pretty = serde_json::to_vec_pretty(&turned).unwrap();
        prop_assert_eq!(Frozen::from_json(frozen.hash(), &pretty).unwrap(), frozen);
    }

    #[test]
    fn what_is_not_equal_has_another_name(one in documents(), other in documents()) {
        let same = one == other;
        let (one, other) = (Frozen::new(one).unwrap(), Frozen::new(other).unwrap());
        prop_assert_eq!(one.hash() == other.hash(), same);
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        document in documents(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let frozen = Frozen::new(document).unwrap();
        let mut json = frozen.to_json();
        let at = at.index(json.len());
        let is_same = std::mem::replace(&mut json[at], byte) == byte;
        match Frozen::from_json(frozen.hash(), &json) {
            // `\u001f` may have become `\u001F`.
            Ok(read) => prop_assert_eq!(read.document(), frozen.document()),
            Err(error) => prop_assert!(!is_same, "{}", error),
        }
    }
}
