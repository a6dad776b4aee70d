//! Models that cannot be used: what is said, where, and whom else it concerns.

use tollgate_validate::{Models, limits};

const REF: &str = "https://apigateway.amazonaws.com/restapis/abc123/models";

#[test]
fn faults_say_what_and_where() {
    for (schema, pointer, message) in [
        ("", "", "the schema is no JSON"),
        ("[]", "", "a schema is a JSON object"),
        (
            r#"{"type": "file"}"#,
            "/type",
            "not as JSON Schema draft 4 has it",
        ),
        (
            r#"{"required": []}"#,
            "/required",
            "not as JSON Schema draft 4 has it",
        ),
        (
            r#"{"properties": {"a": {"exclusiveMinimum": 3}}}"#,
            "/properties/a/exclusiveMinimum",
            "not as JSON Schema",
        ),
        (
            r#"{"properties": {"a": {"pattern": "("}}}"#,
            "/properties/a/pattern",
            "value is not a \"regex\"",
        ),
        (
            r#"{"patternProperties": {"[": {}}}"#,
            "",
            "no regular expression",
        ),
        (
            r##"{"items": {"$ref": "#/definitions/a"}}"##,
            "/items",
            "leads to no model",
        ),
        (
            r#"{"items": {"$ref": "Other"}}"#,
            "/items",
            "leads to no model",
        ),
        (
            r#"{"items": {"$ref": "http://localhost:1/x"}}"#,
            "/items",
            "leads to no model",
        ),
        (
            r#"{"items": {"$ref": "file:///etc/passwd"}}"#,
            "/items",
            "leads to no model",
        ),
        (r#"{"not": {"$ref": "a b"}}"#, "/not", "no address"),
        (
            r##"{"items": {"$ref": "#/definitions/a"}, "definitions": {"a": {"$ref": "#/definitions/a"}}}"##,
            "/definitions/a",
            "in a circle",
        ),
        (
            r##"{"definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}]}}, "items": {"$ref": "#/definitions/a"}}"##,
            "/definitions/a",
            "asks for itself",
        ),
        (r##"{"anyOf": [{"$ref": "#"}]}"##, "", "asks for itself"),
        (
            r##"{"x": 1, "items": {"$ref": "#/x"}}"##,
            "/items",
            "a schema is a JSON object",
        ),
        (
            r##"{"definitions": {"a": {"x": {"y~/": {"items": {"$ref": "#/no"}}}}}, "not": {"$ref": "#/definitions/a/x/y~0~1"}}"##,
            "/definitions/a/x/y~0~1/items",
            "leads to no model",
        ),
        (
            r##"{"x": {"type": 1}, "items": {"$ref": "#/x"}}"##,
            "/items",
            "\"#/x\" leads to no schema: it is not as JSON Schema",
        ),
    ] {
        let models = Models::compile([("M", schema)]);
        let invalid = models.get("M").expect("it is there").expect_err(schema);
        assert!(invalid.message().contains(message), "{schema}: {invalid}");
        assert_eq!(invalid.pointer(), pointer, "{schema}: {invalid}");
        assert_eq!(models.errors().count(), 1, "{schema}");
    }
}

#[test]
fn a_fault_concerns_those_that_refer_to_it() {
    let friend = format!(r#"{{"properties": {{"pet": {{"$ref": "{REF}/Broken"}}}}}}"#);
    let stranger = r##"{"definitions": {"a": {"$ref": "#/nowhere"}}}"##;
    let models = Models::compile([
        ("Friend", friend.as_str()),
        ("Broken", r#"{"items": {"type": 3}}"#),
        ("Stranger", stranger),
    ]);
    let errors: Vec<_> = models
        .errors()
        .map(|(name, error)| (name, error.to_string()))
        .collect();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[0].0, "Friend");
    let said =
        "it refers to the model Broken, which is broken: it is not as JSON Schema draft 4 has it";
    assert!(errors[0].1.starts_with(said), "{errors:?}");
    assert_eq!(errors[1].0, "Broken");
    // A part that nobody asks for harms nobody.
    assert!(models.get("Stranger").is_some_and(|model| model.is_ok()));
}

#[test]
fn limits_make_faults() {
    let long = format!(r#"{{"title": "{}"}}"#, "x".repeat(limits::MAX_SCHEMA_BYTES));
    let deep = format!(
        "{}{}",
        r#"{"not":"#.repeat(200),
        "{}".to_owned() + &"}".repeat(200)
    );
    let pattern = format!(
        r#"{{"pattern": "{}"}}"#,
        "a".repeat(limits::MAX_PATTERN_BYTES + 1)
    );
    let large = r#"{"pattern": "^(\\p{L}{1000}){1000}$"}"#.to_owned();
    let address = format!(
        r#"{{"items": {{"$ref": "http://a/{}"}}}}"#,
        "x".repeat(limits::MAX_URI_BYTES)
    );
    for (schema, message) in [
        (long, "has more than 409600 bytes"),
        (deep, "recursion limit exceeded"),
        (pattern, "a pattern has more than 10000 bytes"),
        (large, "a pattern has more than 150000 states"),
        (address, "an address has more than 2048 bytes"),
    ] {
        let models = Models::compile([("M", &schema)]);
        let invalid = models.get("M").expect("it is there").expect_err(message);
        assert!(invalid.message().contains(message), "{invalid}");
    }
}

#[test]
fn an_api_has_so_many_models_schemas_and_patterns() {
    let many = (0..=limits::MAX_MODELS).map(|index| (format!("M{index}"), "{}"));
    let models = Models::compile(many);
    let errors: Vec<_> = models.errors().map(|(name, _)| name).collect();
    assert_eq!(errors, [format!("M{}", limits::MAX_MODELS)]);

    let list = |one: &dyn Fn(usize) -> String, count: usize| {
        let all: Vec<String> = (0..count).map(one).collect();
        format!(r#"{{"items": [{}]}}"#, all.join(","))
    };
    let patterns = list(
        &|index| format!(r#"{{"pattern": "^{index}$"}}"#),
        limits::MAX_PATTERNS + 1,
    );
    let models = Models::compile([("M", patterns)]);
    assert_eq!(models.errors().count(), 1);

    let schemas = list(&|_| "{}".to_owned(), 60_000);
    let models = Models::compile([("A", &schemas), ("B", &schemas)]);
    let errors: Vec<_> = models.errors().map(|(name, _)| name).collect();
    assert!(!errors.is_empty());
}
