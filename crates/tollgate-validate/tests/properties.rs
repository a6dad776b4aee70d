//! Properties over schemas and values that nobody wrote by hand.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_validate::{Models, RequestValidator};

/// Any JSON value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "[a-c]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let members = prop::collection::hash_map("[a-c]", inner, 0..3);
    members.prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn types() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("object"),
        json!("array"),
        json!("string"),
        json!("integer"),
        json!("number"),
        json!("null"),
        json!(["string", "null"]),
        json!(["boolean", "integer"]),
    ])
}

fn part(one: Map<String, Value>) -> Value {
    Value::Object(one)
}

/// A schema of draft 4 that is well-formed, with references between its parts.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        types().prop_map(|it| json!({"type": it})),
        (-2_i64..3, any::<bool>())
            .prop_map(|(it, open)| json!({"minimum": it, "exclusiveMinimum": open})),
        (-2_i64..3).prop_map(|it| json!({"maximum": it})),
        (1_i64..4).prop_map(|it| json!({"multipleOf": it})),
        (0_u64..3).prop_map(|it| json!({"minLength": it, "minItems": it, "maxProperties": it})),
        (0_u64..3).prop_map(|it| json!({"maxLength": it, "maxItems": it, "minProperties": it})),
        "[a-c]{1,2}".prop_map(|it| json!({"pattern": it})),
        prop::collection::vec(value(), 1..3).prop_filter_map("enums are sets", |all| {
            (all.len() == 1 || all[0] != all[1]).then(|| json!({"enum": all}))
        }),
        "[a-c]".prop_map(|it| json!({"required": [it]})),
        Just(json!({"uniqueItems": true})),
        Just(json!({"dependencies": {"a": ["b"]}})),
    ];
    let tree = leaf.prop_recursive(3, 24, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 1..3);
        let named = prop::collection::hash_map("[a-c]", inner.clone(), 1..3);
        prop_oneof![
            some.clone().prop_map(|it| json!({"allOf": it})),
            some.clone().prop_map(|it| json!({"anyOf": it})),
            some.clone().prop_map(|it| json!({"oneOf": it})),
            inner.clone().prop_map(|it| json!({"not": it})),
            inner.clone().prop_map(|it| json!({"items": it})),
            (some, inner.clone())
                .prop_map(|(it, rest)| json!({"items": it, "additionalItems": rest})),
            named
                .clone()
                .prop_map(|it| json!({"properties": it, "additionalProperties": false})),
            (named.clone(), inner)
                .prop_map(|(it, rest)| json!({"properties": it, "additionalProperties": rest})),
            named
                .clone()
                .prop_map(|it| json!({"patternProperties": it})),
            named.prop_map(|it| json!({"dependencies": it})),
            Just(json!({"properties": {"a": {"$ref": "#"}}})),
            Just(json!({"items": {"$ref": "#/definitions/part"}})),
        ]
    });
    (tree.clone(), tree).prop_map(|(root, part)| {
        let mut root = root;
        root["definitions"] = json!({"part": part});
        root
    })
}

/// A schema without combinations, and a value that fits it.
fn fitting() -> impl Strategy<Value = (Value, Value)> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|it| (json!({"type": "integer", "minimum": it, "maximum": it}), json!(it))),
        "[a-z]{1,5}".prop_map(|it| {
            let schema = json!({"type": "string", "minLength": it.len(), "maxLength": it.len(), "pattern": "^[a-z]+$"});
            (schema, json!(it))
        }),
        any::<bool>().prop_map(|it| (json!({"enum": [it]}), json!(it))),
        Just((json!({"type": "null"}), Value::Null)),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::hash_map("[a-z]{1,4}", inner.clone(), 0..4).prop_map(|members| {
                let required: Vec<_> = members.keys().cloned().collect();
                let mut properties = Map::new();
                let mut body = Map::new();
                for (name, (schema, value)) in members {
                    properties.insert(name.clone(), schema);
                    body.insert(name, value);
                }
                let mut schema = json!({"type": "object", "properties": part(properties), "additionalProperties": false});
                if !required.is_empty() {
                    schema["required"] = json!(required);
                }
                (schema, part(body))
            }),
            (inner, 0_usize..4).prop_map(|((schema, value), count)| {
                let schema = json!({"type": "array", "items": schema, "minItems": count, "maxItems": count});
                (schema, json!(vec![value; count]))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_compiles_or_says_why(text in ".{0,60}", body in value()) {
        let models = Models::compile([("M", &text)]);
        if let Some(Ok(model)) = models.get("M") {
            let _ = model.check(&body);
        }
    }

    /// Values where schemas are expected, so that much is nearly one.
    #[test]
    fn any_json_compiles_or_says_why(schema in value(), keyword in "type|items|\\$ref|allOf|not|properties|id|pattern", body in value()) {
        let schema = json!({keyword: schema});
        let models = Models::compile([("M", schema.to_string())]);
        if let Some(Ok(model)) = models.get("M") {
            let _ = model.check(&body);
        }
    }

    #[test]
    fn what_fits_passes((schema, body) in fitting()) {
        let models = Models::compile([("M", schema.to_string())]);
        let model = models.get("M").expect("it is there").expect("it can be used");
        prop_assert_eq!(model.check(&body), Ok(()));
        let validator = RequestValidator::new().with_model("application/json", model.clone());
        prop_assert!(validator.check_body(None, false, || Some(&body)).is_ok());
    }

    /// The library judges single keywords here; elsewhere it judges whole schemas.
    #[test]
    fn agrees_with_the_library(schema in schema(), body in value()) {
        let models = Models::compile([("M", schema.to_string())]);
        // A schema that asks for itself has no answer here.
        if let Some(Ok(model)) = models.get("M") {
            let library = jsonschema::draft4::new(&schema).expect("it is a schema");
            prop_assert_eq!(model.check(&body).is_ok(), library.is_valid(&body), "{} {}", schema, body);
        }
    }
}
