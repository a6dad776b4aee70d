//! Schemas of models: flattened, and as sample templates.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_model::Model;
use tollgate_openapi::limits::{MAX_FLATTENED_BYTES, MAX_NESTING, MAX_SAMPLE_BYTES};
use tollgate_openapi::{FlattenError, check_model_schema, flatten_model, sample_template};
use tollgate_validate::Models;

const HEAD: &str = "#set($inputRoot = $input.path('$'))\n";

/// A reference to a model of the API.
fn to(name: &str) -> Value {
    let models = "https://apigateway.amazonaws.com/restapis/api1/models";
    json!({ "$ref": format!("{models}/{name}") })
}

fn local(fragment: &str) -> Value {
    json!({ "$ref": format!("#{fragment}") })
}

fn models(schemas: &[(&str, Value)]) -> Vec<Model> {
    let schemas = schemas.iter();
    schemas
        .map(|(name, schema)| Model::new(*name, schema.to_string()))
        .collect()
}

/// The first of some models, flattened.
fn flat(schemas: &[(&str, Value)]) -> Result<Value, FlattenError> {
    let models = models(schemas);
    let text = flatten_model(&models[0], &models)?;
    Ok(serde_json::from_str(&text).expect("it is JSON"))
}

#[test]
fn references_become_what_they_lead_to() {
    let text = json!({ "$schema": "http://json-schema.org/draft-04/schema#", "type": "string" });
    let plain = json!({ "type": "string" });
    for (about, schemas, expected) in [
        (
            "a model without references",
            vec![("A", text.clone())],
            text.clone(),
        ),
        (
            "in all places of schemas, and in no others",
            vec![
                (
                    "A",
                    json!({
                        "properties": { "b": to("B"), "$ref": to("B") },
                        "items": [to("B")],
                        "allOf": [{ "not": to("B") }],
                        "additionalProperties": false,
                        "dependencies": { "b": ["c"] },
                        "enum": [to("B")],
                        "default": to("B")
                    }),
                ),
                ("B", text),
            ],
            json!({
                "properties": { "b": plain, "$ref": plain },
                "items": [plain],
                "allOf": [{ "not": plain }],
                "additionalProperties": false,
                "dependencies": { "b": ["c"] },
                "enum": [to("B")],
                "default": to("B")
            }),
        ),
        (
            "over several models, and twice",
            vec![
                ("A", json!({ "items": [to("B"), to("B")] })),
                ("B", json!({ "items": to("C") })),
                ("C", plain.clone()),
            ],
            json!({ "items": [{ "items": plain }, { "items": plain }] }),
        ),
        (
            "the whole schema",
            vec![("A", to("B")), ("B", plain.clone())],
            plain.clone(),
        ),
        (
            "what is not there, or no model",
            vec![(
                "A",
                json!({ "items": [to("B"), { "$ref": "B" }, { "$ref": 7 }] }),
            )],
            json!({ "items": [to("B"), { "$ref": "B" }, { "$ref": 7 }] }),
        ),
        (
            "places of one's own",
            vec![(
                "A",
                json!({ "items": local("/definitions/X"), "definitions": { "X": plain } }),
            )],
            json!({ "items": local("/definitions/X"), "definitions": { "X": plain } }),
        ),
        (
            "itself",
            vec![("A", json!({ "items": [to("A"), to("A#/items/0")] }))],
            json!({ "items": [local(""), local("/items/0")] }),
        ),
        (
            "a circle over the root",
            vec![
                ("House", json!({ "properties": { "owner": to("Person") } })),
                ("Person", json!({ "properties": { "house": to("House") } })),
            ],
            json!({ "properties": { "owner": { "properties": { "house": local("") } } } }),
        ),
        (
            "a circle elsewhere",
            vec![
                ("A", json!({ "items": to("House") })),
                ("House", json!({ "properties": { "owner": to("Person") } })),
                ("Person", json!({ "properties": { "house": to("House") } })),
            ],
            json!({
                "items": { "properties": { "owner": { "properties": {
                    "house": local("/definitions/House")
                } } } },
                "definitions": { "House": { "properties": { "owner": { "properties": {
                    "house": local("/definitions/House")
                } } } } }
            }),
        ),
        (
            "a model with places of its own, beside one of its name",
            vec![
                (
                    "A",
                    json!({ "items": to("B"), "definitions": { "B": plain } }),
                ),
                (
                    "B",
                    json!({ "items": [local("/definitions/X"), local("")], "definitions": { "X": {} } }),
                ),
            ],
            json!({
                "items": local("/definitions/B2"),
                "definitions": {
                    "B": plain,
                    "B2": {
                        "items": [
                            local("/definitions/B2/definitions/X"),
                            local("/definitions/B2")
                        ],
                        "definitions": { "X": {} }
                    }
                }
            }),
        ),
        (
            "a place in another model",
            vec![
                ("A", json!({ "items": to("B#/items") })),
                ("B", json!({ "items": plain })),
            ],
            json!({
                "items": local("/definitions/B/items"),
                "definitions": { "B": { "items": plain } }
            }),
        ),
    ] {
        assert_eq!(flat(&schemas), Ok(expected), "{about}");
    }
    for text in ["", "[]", "null", "{"] {
        let refused = flatten_model(&Model::new("A", text), &[]);
        assert_eq!(refused, Err(FlattenError::NoSchema), "{text}");
    }
}

/// A few small models can name one another so that billions of values would come of them.
#[test]
fn what_comes_of_references_is_bounded() {
    let mut doubling: Vec<(String, Value)> = (0..40)
        .map(|number| {
            let next = to(&format!("M{}", number + 1));
            (format!("M{number}"), json!({ "items": [next, next] }))
        })
        .collect();
    doubling.push(("M40".to_owned(), json!({})));
    let named: Vec<_> = doubling
        .iter()
        .map(|(name, schema)| (&**name, schema.clone()))
        .collect();
    assert_eq!(flat(&named[10..]), Err(FlattenError::TooLarge));
    let sample = sample_template(&models(&named)[0], &models(&named));
    assert!(
        sample.len() < MAX_SAMPLE_BYTES + 64 * 1024,
        "{}",
        sample.len()
    );

    let empty = json!({ "items": vec![json!({}); 1_000] });
    let many = json!({ "allOf": vec![to("A"); 1_000] });
    assert_eq!(
        flat(&[("B", many), ("A", empty)]),
        Err(FlattenError::TooLarge)
    );

    // A chain of bare references is no nesting, however long it is.
    let chain: Vec<_> = (0..20_000)
        .map(|number| (format!("M{number}"), to(&format!("M{}", number + 1))))
        .collect();
    let chain: Vec<_> = chain
        .iter()
        .map(|(name, schema)| (&**name, schema.clone()))
        .collect();
    assert!(flat(&chain).is_ok());
    assert_eq!(
        sample_template(&models(&chain)[0], &models(&chain)),
        format!("{HEAD}{{ }}")
    );

    let mut deep = json!({});
    for _ in 0..MAX_NESTING / 2 {
        deep = json!({ "items": { "not": deep } });
    }
    assert!(flat(&[("A", deep.clone())]).is_ok());
    let deeper = json!({ "items": { "not": to("A") } });
    assert_eq!(
        flat(&[("B", deeper), ("A", deep)]),
        Err(FlattenError::TooLarge)
    );

    let large = json!({ "enum": ["x".repeat(MAX_FLATTENED_BYTES / 8)] });
    let many = json!({ "allOf": vec![to("A"); 9] });
    assert_eq!(
        flat(&[("B", many), ("A", large)]),
        Err(FlattenError::TooLarge)
    );
}

/// The first two rows are published samples; the form of lists is that of a third.
#[test]
fn samples_have_the_services_form() {
    let array = "[\n\
                 ##TODO: Update this foreach loop to reference array from input json\n\
                 #foreach($elem in $inputRoot)\n";
    let end = "#if($foreach.hasNext),#end\n#end\n";
    let ages = json!({ "type": "object", "properties": {
        "age": { "type": "integer" }, "height": { "type": "integer" }
    } });
    for (schema, expected) in [
        (json!({ "type": "object", "title": "Empty Schema" }), "{ }".to_owned()),
        (
            json!({ "type": "object", "properties": {
                "a": { "type": "number" },
                "b": { "type": "number" },
                "op": { "type": "string" },
                "c": { "type": "number" }
            } }),
            "{\n  \"a\" : 3.1415,\n  \"b\" : 3.1415,\n  \"op\" : \"foo\",\n  \"c\" : 3.1415\n}"
                .to_owned(),
        ),
        (
            json!({ "type": "array", "items": ages }),
            format!("{array} {{\n  \"age\" : 42,\n  \"height\" : 42\n}} \n{end}]"),
        ),
        (
            json!({ "properties": { "tags": { "type": "array", "items": { "type": "string" } } } }),
            format!("{{\n  \"tags\" : {array} \"foo\" \n{end}  ]\n}}"),
        ),
        (
            json!({ "properties": { "o": { "properties": {
                "a\"b": { "type": ["null", "boolean"] }, "n": { "type": "null" }, "x": {}
            } } } }),
            "{\n  \"o\" : {\n    \"a\\\"b\" : true,\n    \"n\" : null,\n    \"x\" : { }\n  }\n}"
                .to_owned(),
        ),
        (
            json!({ "properties": { "pet": to("Pet"), "again": to("A"), "none": to("None") } }),
            "{\n  \"pet\" : {\n    \"name\" : \"foo\"\n  },\n  \"again\" : { },\n  \"none\" : { }\n}"
                .to_owned(),
        ),
        (
            json!({
                "allOf": [to("Pet"), local("/definitions/x%20y"), { "allOf": [to("A")] }],
                "properties": { "id": { "type": "integer" } },
                "definitions": { "x y": { "properties": {
                    "id": { "type": "string" }, "self": local("/definitions/x%20y")
                } } }
            }),
            "{\n  \"id\" : 42,\n  \"name\" : \"foo\",\n  \"self\" : { }\n}".to_owned(),
        ),
        (json!({ "items": [{ "type": "integer" }, {}] }), format!("{array} 42 \n{end}]")),
        (json!({ "type": "array" }), format!("{array} {{ }} \n{end}]")),
        (json!({ "type": "string" }), "\"foo\"".to_owned()),
        (json!([]), "{ }".to_owned()),
    ] {
        let pet = json!({ "properties": { "name": { "type": "string" } } });
        let models = models(&[("A", schema.clone()), ("Pet", pet)]);
        let sample = sample_template(&models[0], &models);
        assert_eq!(sample, format!("{HEAD}{expected}"), "{schema}");
    }
    let broken = sample_template(&Model::new("A", "{"), &[]);
    assert_eq!(broken, format!("{HEAD}{{ }}"));
}

#[test]
fn long_samples_end() {
    let properties = (0..40_000).map(|number| (format!("property{number}"), json!({})));
    let schema = json!({ "properties": properties.collect::<Map<_, _>>() });
    let sample = sample_template(&Model::new("A", schema.to_string()), &[]);
    assert!(sample.len() > MAX_SAMPLE_BYTES, "{}", sample.len());
    assert!(sample.len() < MAX_SAMPLE_BYTES + 100, "{}", sample.len());
    body_of(&sample);
}

/// A sample without its directives.
fn body_of(sample: &str) -> Value {
    let lines = sample.lines().filter(|line| !line.starts_with('#'));
    let body: String = lines.collect::<Vec<_>>().join("\n");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {sample}"))
}

/// Any JSON, with many words of schemas in it.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "$ref",
        "properties",
        "definitions",
        "items",
        "allOf",
        "not",
        "type",
        "required",
        "$schema",
        "A",
        "B",
    ]);
    let name = prop_oneof![4 => word.prop_map(str::to_owned), 1 => ".{0,4}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(vec!["object", "array", "string", "integer"]).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        reference(),
    ];
    leaf.prop_recursive(6, 64, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name.clone(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn reference() -> impl Strategy<Value = Value> {
    let fragment = prop::sample::select(vec!["", "/items", "/definitions/A", "/properties/B"]);
    let name = prop::sample::select(vec!["A", "B", "C", "D"]);
    prop_oneof![
        (name.clone(), fragment.clone())
            .prop_map(|(name, fragment)| to(&format!("{name}#{fragment}"))),
        name.prop_map(to),
        fragment.prop_map(local),
    ]
}

/// A schema that can be used, with references to three models.
fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => prop::sample::select(vec!["A", "B", "C"]).prop_map(to),
        1 => Just(local("")),
        2 => prop::sample::select(vec!["object", "array", "string", "integer", "null"])
            .prop_map(|one| json!({ "type": one })),
    ];
    let inner = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|parts| json!({ "items": parts })),
            inner.clone().prop_map(|part| json!({ "items": part })),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({
                "properties": { "a": a, "b": b }
            })),
            inner.prop_map(|part| json!({ "properties": { "a": { "not": part } } })),
        ]
    });
    // Bare circles fit nothing and everything.
    inner.prop_map(|part| json!({ "type": ["object", "array"], "properties": { "a": part } }))
}

fn any_body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<u8>().prop_map(Value::from),
        Just(json!("x")),
    ];
    leaf.prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            (inner.clone(), inner).prop_map(|(a, b)| json!({ "a": a, "b": b })),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_flattened_or_refused(schemas in prop::collection::vec(any_json(), 3)) {
        let named: Vec<_> = ["A", "B", "C"].into_iter().zip(schemas).collect();
        let models = models(&named);
        for model in &models {
            if let Ok(text) = flatten_model(model, &models) {
                prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
            }
            body_of(&sample_template(model, &models));
            let _fault = check_model_schema(&model.schema, &"api1".into());
        }
    }

    #[test]
    fn any_text_is_flattened_or_refused(text in ".{0,40}") {
        let model = Model::new("A", text);
        let _flat = flatten_model(&model, std::slice::from_ref(&model));
        body_of(&sample_template(&model, std::slice::from_ref(&model)));
        let _fault = check_model_schema(&model.schema, &"api1".into());
    }

    /// What fits a model fits it flattened, and nothing else does.
    #[test]
    fn a_flattened_model_is_the_same_model(
        schemas in prop::collection::vec(any_schema(), 3),
        bodies in prop::collection::vec(any_body(), 8),
    ) {
        let named: Vec<_> = ["A", "B", "C"].into_iter().zip(schemas).collect();
        let models = models(&named);
        let texts = models.iter().map(|model| (&*model.name, &*model.schema));
        let all = Models::compile(texts);
        for model in &models {
            let flat = flatten_model(model, &models).expect("it is small");
            let alone = Models::compile([("Flat", flat.as_str())]);
            let alone = alone.get("Flat").expect("it is there");
            let alone = alone.map_err(|error| TestCaseError::fail(format!("{error}: {flat}")))?;
            let model = all.get(&model.name).expect("it is there").expect("it can be used");
            for body in &bodies {
                let fits = [model.check(body).is_ok(), alone.check(body).is_ok()];
                prop_assert_eq!(fits[0], fits[1], "{} {}", body, flat);
            }
        }
    }
}
