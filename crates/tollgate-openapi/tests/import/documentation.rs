//! What an API's readers are told about its parts.

use serde_json::{Value, json};
use tollgate_openapi::{ImportOptions, PutMode, import, put, put_documentation};

use crate::{accepted, refused, with_get};

fn with_parts(parts: Value) -> Value {
    let documentation = json!({"version": "1", "documentationParts": parts});
    with_get(
        json!({}),
        json!({"x-amazon-apigateway-documentation": documentation}),
    )
}

fn with_location(location: Value) -> Value {
    with_parts(json!([{"location": location, "properties": {"description": "d"}}]))
}

#[test]
fn locations_are_stored_as_aws_stores_them() {
    for (location, stored) in [
        (json!({"type": "api"}), json!({"type": "API"})),
        (
            json!({"type": "METHOD", "method": "GET"}),
            json!({"type": "METHOD", "path": "/", "method": "GET"}),
        ),
        (
            json!({"type": "RESPONSE", "method": "GET", "statusCode": 200}),
            json!({"type": "RESPONSE", "path": "/", "method": "GET", "statusCode": "200"}),
        ),
        (
            json!({"type": "RESPONSE_HEADER", "path": "/x", "name": "ETag"}),
            json!({"type": "RESPONSE_HEADER", "path": "/x", "name": "ETag"}),
        ),
        (
            json!({"type": "MODEL", "name": "Pet"}),
            json!({"type": "MODEL", "name": "Pet"}),
        ),
    ] {
        let (made, warnings) = accepted(&with_location(location.clone()));
        let part = serde_json::to_value(&made.documentation_parts[0]).unwrap();
        assert_eq!(part["location"], stored, "{location}");
        assert_eq!(part["properties"], r#"{"description":"d"}"#);
        assert_eq!(part["id"].as_str().unwrap().len(), 6);
        assert_eq!(warnings, [""; 0], "{location}");
    }
}

#[test]
fn properties_are_an_object_or_its_text() {
    for (properties, stored) in [
        (json!({"a": 1, "b": {}}), r#"{"a":1,"b":{}}"#),
        (json!("{\"a\": 1}"), r#"{"a":1}"#),
    ] {
        let part = json!({"location": {"type": "API"}, "properties": properties});
        let (made, _) = accepted(&with_parts(json!([part])));
        assert_eq!(made.documentation_parts[0].properties, stored);
    }
}

#[test]
fn broken_parts_say_what_is_broken() {
    for (part, message) in [
        (
            json!({"properties": {}}),
            "a documentation part needs `location` and `properties`",
        ),
        (
            json!({"location": {}, "properties": {}}),
            "the location of a documentation part needs a `type`",
        ),
        (
            json!({"location": {"type": "MODLE"}, "properties": {}}),
            "unknown documentation part type `MODLE`, expected one of API, AUTHORIZER, MODEL, ",
        ),
        (
            json!({"location": {"type": "QUERY_PARAMETER"}, "properties": {}}),
            "a documentation part of type QUERY_PARAMETER needs a `name`",
        ),
        (
            json!({"location": {"type": "API"}, "properties": "a text"}),
            "the properties are no object, expected an object",
        ),
    ] {
        let found = refused(&with_parts(json!([part])));
        assert!(found[0].contains(message), "{found:?}");
    }
}

#[test]
fn what_a_part_cannot_have_is_told() {
    let (made, warnings) = accepted(&with_location(json!({"type": "API", "path": "/x"})));
    assert_eq!(made.documentation_parts[0].location.path, None);
    let at = "/x-amazon-apigateway-documentation/documentationParts";
    assert_eq!(
        warnings,
        [format!(
            "warning: `path` is ignored: a part of type API has none (at {at}/0/location/path)"
        )]
    );
    let part = |text: &str| json!({"location": {"type": "API"}, "properties": {text: text}});
    let (made, warnings) = accepted(&with_parts(json!([part("a"), part("b")])));
    assert_eq!(made.documentation_parts.len(), 1);
    assert_eq!(made.documentation_parts[0].properties, r#"{"b":"b"}"#);
    assert_eq!(
        warnings,
        [format!(
            "warning: an earlier part describes the same and is replaced by this one (at {at}/1)"
        )]
    );
}

#[test]
fn documentation_is_ignored_where_that_is_asked_for() {
    let old = with_location(json!({"type": "API"})).to_string();
    let new = with_location(json!({"type": "RESOURCE"})).to_string();
    let mut options = ImportOptions::default();
    let before = import(&old, &options).unwrap().document;
    options.ignore_documentation = true;
    assert_eq!(
        import(&old, &options).unwrap().document.documentation_parts,
        []
    );
    for mode in [PutMode::Merge, PutMode::Overwrite] {
        let made = put(&before, &new, mode, &options).unwrap().document;
        assert_eq!(
            made.documentation_parts, before.documentation_parts,
            "{mode:?}"
        );
    }
}

#[test]
fn documentation_can_be_put_alone() {
    let options = ImportOptions::default();
    let before = import(&with_location(json!({"type": "API"})).to_string(), &options);
    let before = before.unwrap().document;
    let new = json!({
        "openapi": "3.0.1",
        "paths": {"/new": {}},
        "x-amazon-apigateway-documentation": {"documentationParts": [
            {"location": {"type": "API"}, "properties": {"more": 1}},
            {"location": {"type": "RESOURCE"}, "properties": {}},
        ]},
    });
    for (mode, properties) in [
        (PutMode::Merge, r#"{"description":"d","more":1}"#),
        (PutMode::Overwrite, r#"{"more":1}"#),
    ] {
        let made = put_documentation(&before, &new.to_string(), mode, &options).unwrap();
        let parts = &made.document.documentation_parts;
        assert_eq!(parts[0].properties, properties, "{mode:?}");
        assert_eq!(parts[0].id, before.documentation_parts[0].id, "{mode:?}");
        let ids: Vec<_> = parts.iter().map(|one| one.id.clone()).collect();
        assert_eq!(made.ids, ids, "{mode:?}");
        let mut rest = made.document.clone();
        rest.documentation_parts
            .clone_from(&before.documentation_parts);
        assert_eq!(rest, before, "{mode:?}");
    }
    // What a location does not say is its default.
    let with = |location: Value| with_location(location).to_string();
    let any = with(json!({"type": "METHOD", "path": "/", "method": "*"}));
    let before = import(&with(json!({"type": "METHOD"})), &options).unwrap();
    let made = put_documentation(&before.document, &any, PutMode::Merge, &options).unwrap();
    assert_eq!(made.document.documentation_parts.len(), 1);
    assert_eq!(
        made.ids,
        [before.document.documentation_parts[0].id.clone()]
    );
    let refused = put_documentation(&before.document, "{}", PutMode::Merge, &options).map(|_| ());
    let message = "Unable to build importer with provided input.";
    assert_eq!(refused.unwrap_err().message(), message);
}
