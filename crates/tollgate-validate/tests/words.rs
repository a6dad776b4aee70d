//! What is said of bodies that do not fit, in the words of the Java validator.

use serde_json::Value;
use tollgate_validate::Models;

fn remarks(schema: &str, body: &str) -> String {
    let models = Models::compile([("M", schema)]);
    let model = models.get("M").expect("it is there").expect(schema);
    let body: Value = serde_json::from_str(body).expect(body);
    match model.check(&body) {
        Ok(()) => String::new(),
        Err(mismatch) => mismatch.to_string(),
    }
}

#[test]
fn each_keyword_has_its_sentence() {
    for (schema, body, expected) in [
        (
            r#"{"required": ["b", "a", "c"]}"#,
            r#"{"a": 1}"#,
            r#"object has missing required properties (["b","c"])"#,
        ),
        (
            r#"{"type": "object"}"#,
            "[]",
            r#"instance type (array) does not match any allowed primitive type (allowed: ["object"])"#,
        ),
        (
            r#"{"type": "number"}"#,
            r#""1""#,
            r#"instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])"#,
        ),
        (
            r#"{"type": ["string", "null"]}"#,
            "1.5",
            r#"instance type (number) does not match any allowed primitive type (allowed: ["null","string"])"#,
        ),
        (
            r#"{"type": "integer"}"#,
            "1.0",
            r#"instance type (number) does not match any allowed primitive type (allowed: ["integer"])"#,
        ),
        (
            r#"{"enum": ["a", {"b": 1}]}"#,
            r#""c""#,
            r#"instance value ("c") not found in enum (possible values: ["a",{"b":1}])"#,
        ),
        (
            r#"{"pattern": "^a+$"}"#,
            r#""b""#,
            r#"ECMA 262 regex "^a+$" does not match input string "b""#,
        ),
        (
            r#"{"minimum": 2}"#,
            "1.5",
            "numeric instance is lower than the required minimum (minimum: 2, found: 1.5)",
        ),
        (
            r#"{"minimum": 2, "exclusiveMinimum": true}"#,
            "2",
            "numeric instance is not strictly greater than the required minimum 2",
        ),
        (
            r#"{"maximum": 2}"#,
            "3",
            "numeric instance is greater than the required maximum (maximum: 2, found: 3)",
        ),
        (
            r#"{"maximum": 2, "exclusiveMaximum": true}"#,
            "2",
            "numeric instance is not strictly lower than the required maximum 2",
        ),
        (
            r#"{"multipleOf": 0.5}"#,
            "1.7",
            "remainder of division is not zero (1.7 / 0.5)",
        ),
        (
            r#"{"minLength": 3}"#,
            r#""öé""#,
            r#"string "öé" is too short (length: 2, required minimum: 3)"#,
        ),
        (
            r#"{"maxLength": 1}"#,
            r#""öé""#,
            r#"string "öé" is too long (length: 2, maximum allowed: 1)"#,
        ),
        (
            r#"{"minItems": 1}"#,
            "[]",
            "array is too short: must have at least 1 elements but instance has 0 elements",
        ),
        (
            r#"{"maxItems": 1}"#,
            "[1, 2]",
            "array is too long: must have at most 1 elements but instance has 2 elements",
        ),
        (
            r#"{"uniqueItems": true}"#,
            "[1, 1.0]",
            "array must not contain duplicate elements",
        ),
        (
            r#"{"items": [{}], "additionalItems": false}"#,
            "[1, 2]",
            "schema only allows 1 elements in array but instance has 2 elements",
        ),
        (
            r#"{"minProperties": 1}"#,
            "{}",
            "object has too few properties (found 0 but schema requires at least 1)",
        ),
        (
            r#"{"maxProperties": 0}"#,
            r#"{"a": 1}"#,
            "object has too many properties (found 1 but schema requires at most 0)",
        ),
        (
            r#"{"additionalProperties": false, "properties": {"a": {}}, "patternProperties": {"^x": {}}}"#,
            r#"{"z": 1, "a": 1, "xy": 1, "b": 1}"#,
            r#"object instance has properties which are not allowed by the schema: ["b","z"]"#,
        ),
        (
            r#"{"dependencies": {"a": ["b", "c"]}}"#,
            r#"{"a": 1, "c": 1}"#,
            r#"property "a" of object has missing property dependencies (schema requires ["b","c"]; missing: ["b"])"#,
        ),
        (
            r#"{"dependencies": {"a": {"required": ["b"]}}}"#,
            r#"{"a": 1}"#,
            r#"object has missing required properties (["b"])"#,
        ),
        (
            r#"{"anyOf": [{"type": "null"}, {"minimum": 3}]}"#,
            "1",
            "instance failed to match at least one required schema among 2",
        ),
        (
            r#"{"allOf": [{"type": "null"}, {"maximum": 3}, {}]}"#,
            "1",
            "instance failed to match all required schemas (matched only 2 out of 3)",
        ),
        (
            r#"{"oneOf": [{"type": "integer"}, {"maximum": 3}, {}]}"#,
            "1",
            "instance failed to match exactly one schema (matched 3 out of 3)",
        ),
        (
            r#"{"not": {}}"#,
            "1",
            "instance matched a schema which it should not have",
        ),
        (
            r#"{"format": "email"}"#,
            r#""a""#,
            r#"string "a" is not a valid email address"#,
        ),
        (
            r#"{"format": "ipv4"}"#,
            r#""256.1.1.1""#,
            r#"string "256.1.1.1" is not a valid IPv4 address"#,
        ),
        (
            r#"{"format": "ipv6"}"#,
            r#""::g""#,
            r#"string "::g" is not a valid IPv6 address"#,
        ),
        (
            r#"{"format": "hostname"}"#,
            r#""-a""#,
            r#"string "-a" is not a valid hostname"#,
        ),
        (
            r#"{"format": "uri"}"#,
            r#""a b""#,
            r#"string "a b" is not a valid URI"#,
        ),
        (
            r#"{"format": "regex"}"#,
            r#""(""#,
            r#"string "(" is not a valid ECMA 262 regular expression"#,
        ),
        (
            r#"{"format": "date-time"}"#,
            r#""now""#,
            r#"string "now" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"#,
        ),
        (
            r#"{"$ref": "http://json-schema.org/draft-04/schema#"}"#,
            r#"{"minimum": "1"}"#,
            "instance is no JSON Schema",
        ),
    ] {
        assert_eq!(remarks(schema, body), format!("[{expected}]"), "{schema}");
    }
}

#[test]
fn what_is_not_checked_passes() {
    for (schema, body) in [
        (r#"{"format": "int32"}"#, r#""x""#),
        (r#"{"format": "date"}"#, r#""x""#),
        (
            r#"{"nullable": true, "type": "string", "example": 1, "default": 2, "readOnly": true}"#,
            r#""x""#,
        ),
        (
            r#"{"const": 1, "contains": {"type": "string"}, "propertyNames": {"maxLength": 1}}"#,
            r#"{"abc": []}"#,
        ),
        (
            r#"{"$schema": "http://json-schema.org/draft-07/schema#", "if": {}, "then": {"not": {}}}"#,
            "1",
        ),
    ] {
        assert_eq!(remarks(schema, body), "", "{schema}");
    }
}

/// As the Java validator does: by keyword, and what is inside only if nothing is wrong with the whole.
#[test]
fn remarks_have_an_order() {
    let schema = r#"{"type": "object", "required": ["a"], "maxProperties": 1, "properties": {
        "z": {"type": "string"}, "b": {"type": "string", "minLength": 2}}}"#;
    for (body, expected) in [
        (
            r#"{"z": 1, "b": 2}"#,
            r#"[object has too many properties (found 2 but schema requires at most 1), object has missing required properties (["a"])]"#,
        ),
        (
            r#"{"z": 1}"#,
            r#"[object has missing required properties (["a"])]"#,
        ),
    ] {
        assert_eq!(remarks(schema, body), expected, "{body}");
    }
    let schema = r#"{"properties": {"z": {"type": "null"}, "b": {"minLength": 2}}}"#;
    assert_eq!(
        remarks(schema, r#"{"z": 1, "b": "x"}"#),
        r#"[string "x" is too short (length: 1, required minimum: 2), instance type (integer) does not match any allowed primitive type (allowed: ["null"])]"#
    );
}
