//! Schemas and bodies made to cost much: they end, and are refused.

use serde_json::{Value, json};
use tollgate_validate::{Mismatch, Models, limits};

fn check(schema: &Value, body: &Value) -> Result<(), Mismatch> {
    let models = Models::compile([("M", schema.to_string())]);
    let model = models
        .get("M")
        .expect("it is there")
        .expect("it can be used");
    model.check(body)
}

fn assert_stops(schema: &Value, body: &Value, reason: &str) {
    let mismatch = check(schema, body).expect_err("it takes too long");
    assert_eq!(mismatch.to_string(), format!("[{reason}]"));
}

fn nested(depth: usize, inner: Value) -> Value {
    (0..depth).fold(inner, |inner, _| json!({"x": inner}))
}

const STEPS: &str = "checking the instance against the schema takes too many steps";

#[test]
fn schemas_that_double_with_each_level_end() {
    let twice = |keyword: &str, inner: Value| json!({"properties": {"x": {keyword: [inner.clone(), inner]}}});
    let me = json!({"$ref": "#"});
    assert_stops(&twice("allOf", me.clone()), &nested(100, json!(1)), STEPS);
    assert_stops(
        &twice("oneOf", json!({"not": me})),
        &nested(100, json!(1)),
        STEPS,
    );

    // No nesting in the body at all.
    let mut definitions = serde_json::Map::new();
    for index in 0..60 {
        let next = json!({"$ref": format!("#/definitions/d{}", index + 1)});
        definitions.insert(format!("d{index}"), json!({"allOf": [next, next]}));
    }
    definitions.insert("d60".to_owned(), json!({}));
    let schema = json!({"definitions": definitions, "not": {"not": {"$ref": "#/definitions/d0"}}});
    assert_stops(&schema, &json!(1), STEPS);
}

#[test]
fn wide_bodies_against_wide_schemas_end() {
    let options: Vec<_> = (0..10_000).map(|index| json!(index)).collect();
    let items: Vec<_> = (0..10_000).map(|_| json!(-1)).collect();
    assert_stops(
        &json!({"items": {"not": {"enum": options}}}),
        &json!(items),
        STEPS,
    );
    let text = "a".repeat(1_000_000);
    let patterns: Vec<_> = (0..400)
        .map(|index| json!({"not": {"pattern": format!("(a|aa)+{index}$")}}))
        .collect();
    assert_stops(&json!({"allOf": patterns}), &json!(text), STEPS);
}

#[test]
fn patterns_that_explode_end() {
    let linear = json!({"pattern": "^(a+)+$"});
    let text = format!("{}!", "a".repeat(100_000));
    assert!(check(&linear, &json!(text)).is_err());

    let backtracking = json!({"not": {"pattern": "^((?=a)a|(?=a)a)+$"}});
    let reason = "matching a string against a pattern takes too many steps";
    assert_stops(
        &backtracking,
        &json!(format!("{}!", "a".repeat(50))),
        reason,
    );
    let long = json!("a".repeat(limits::MAX_BACKTRACKED_BYTES + 1));
    assert_stops(&json!({"pattern": "(?=a)"}), &long, reason);
    let password = json!({"pattern": "^(?=.*[0-9])(?=.*[a-z]).{8,}$"});
    assert!(check(&password, &json!("correct7horse")).is_ok());
    assert!(check(&password, &json!("correcthorse")).is_err());
}

/// On the stack of a test's thread, 2 MiB, without optimisation.
#[test]
fn deep_checks_do_not_exhaust_the_stack() {
    let mut inner = json!({"properties": {"x": {"$ref": "#"}}});
    for _ in 0..30 {
        inner = json!({"allOf": [inner]});
    }
    let reason = "the schema asks for checks that are nested too deep";
    assert_stops(&inner, &nested(100, json!(1)), reason);
    assert!(check(&inner, &nested(10, json!(1))).is_ok());
    let list = json!({"type": "object", "properties": {"x": {"oneOf": [{"type": "null"}, {"$ref": "#"}]}}});
    assert!(check(&list, &nested(120, json!({}))).is_ok());
}

#[test]
fn what_is_said_has_bounds() {
    let items: Vec<_> = (0..100_000).map(|_| json!("x".repeat(100))).collect();
    let said = check(&json!({"items": {"type": "integer"}}), &json!(items))
        .unwrap_err()
        .to_string();
    assert_eq!(said.matches("instance type").count(), limits::MAX_REMARKS);
    assert!(said.ends_with(", …]"), "{said}");

    let long = json!("é".repeat(1_000_000));
    for schema in [
        json!({"enum": [1]}),
        json!({"maxLength": 3}),
        json!({"pattern": "^a"}),
        json!({"format": "uri"}),
    ] {
        let said = check(&schema, &long).unwrap_err().to_string();
        assert!(
            said.len() < limits::MAX_REMARK_BYTES + 10,
            "{} bytes",
            said.len()
        );
        assert!(said.ends_with("…]"), "{said}");
    }
    let names: serde_json::Map<_, _> = (0..100_000)
        .map(|index| (format!("name{index}"), json!(1)))
        .collect();
    let said = check(
        &json!({"additionalProperties": false}),
        &Value::Object(names),
    )
    .unwrap_err();
    assert!(said.to_string().len() < limits::MAX_REMARK_BYTES + 10);
}
