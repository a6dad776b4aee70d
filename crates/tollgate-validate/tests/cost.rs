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

#[test]
fn many_patterns_on_many_names_end() {
    let bits = |index: u32| {
        format!(
            "{:060b}",
            u64::from(index).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 4
        )
    };
    let names: serde_json::Map<_, _> = (0..2_000)
        .map(|index| (format!("{}{index}", bits(index)), json!(1)))
        .collect();
    let patterns: serde_json::Map<_, _> = (0..300)
        .map(|index| (format!("[01]*1[01]{{{}}}x", 20 + index), json!({})))
        .collect();
    let schema = json!({"patternProperties": patterns, "additionalProperties": false});
    assert_stops(&schema, &Value::Object(names), STEPS);
}

/// A model may ask the same of a text again and again; the pattern is run once. Run a thousand times,
/// it would take more steps than there are.
#[test]
fn a_pattern_is_run_once_for_a_text() {
    let slow = json!({"pattern": "^([01]*1[01]{100}x)?$"});
    let text = "01".repeat(1_000);
    let allowed = json!({"allOf": vec![json!({"not": slow}); 1_000]});
    assert_eq!(check(&allowed, &json!(text)), Ok(()));
    let refused = check(&json!({"allOf": vec![slow; 1_000]}), &json!(text)).unwrap_err();
    let expected = "[instance failed to match all required schemas (matched only 0 out of 1000)]";
    assert_eq!(refused.to_string(), expected);

    // Names, too, which are looked at twice: whether they are allowed, and what they ask for.
    let name = "01".repeat(1_000);
    let schema = json!({
        "patternProperties": {"^([01]*1[01]{100})+$": {"type": "null"}},
        "additionalProperties": false,
    });
    let body = json!({name: null});
    assert_eq!(check(&json!({"allOf": vec![schema; 200]}), &body), Ok(()));
}

/// Numbers that are the same as floats, and objects that a hash of their members takes for the same.
#[test]
fn unique_items_are_found_whatever_they_are() {
    let numbers: Vec<_> = (0..100_000_u64)
        .map(|index| json!((1 << 63) + index))
        .collect();
    let schema = json!({"uniqueItems": true});
    assert_eq!(check(&schema, &json!(numbers)), Ok(()));
    let wide: Vec<_> = (0..1_500_000).map(|_| json!(null)).collect();
    assert_stops(&schema, &json!(wide), STEPS);
}

#[test]
fn texts_that_are_read_as_patterns_have_bounds() {
    let names =
        |count: u32| -> String { (0..count).map(|index| format!("(?<a{index}>)")).collect() };
    let regex = json!({"format": "regex"});
    assert_eq!(check(&regex, &json!(names(100))), Ok(()));
    assert!(check(&regex, &json!(names(10_000))).is_err());
    let longest = names(900);
    assert!(longest.len() <= limits::MAX_PATTERN_BYTES);
    assert_stops(&json!({"items": regex}), &json!(vec![longest; 400]), STEPS);

    // The schema of schemas reads patterns of any length.
    let schema = json!({"$ref": "http://json-schema.org/draft-04/schema#"});
    assert_eq!(check(&schema, &json!({"pattern": names(100)})), Ok(()));
    assert_stops(&schema, &json!({"pattern": names(50_000)}), STEPS);
    let model = json!({"items": [{}, {"pattern": names(10_000)}]}).to_string();
    let models = Models::compile([("M", model)]);
    let invalid = models
        .get("M")
        .expect("it is there")
        .expect_err("it is too long");
    assert_eq!(invalid.pointer(), "/items/1/pattern");
    assert_eq!(invalid.message(), "a pattern has more than 10000 bytes");
}
