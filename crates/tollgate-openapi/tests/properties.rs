//! What holds for every text.

#[path = "support/bare.rs"]
mod bare;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_core::Severity;
use tollgate_openapi::{
    ExportFormat, ExportOptions, Extensions, ImportError, ImportOptions, Imported, PutMode, import,
    put, put_documentation,
};

/// A document in which everything that the importer reads is there.
const DOCUMENTS: [&str; 2] = [
    include_str!("golden/pets.swagger.json"),
    include_str!("golden/pets.openapi.yaml"),
];

/// Imports a text twice; the two must agree, and say where everything is.
fn check(text: &str) {
    let [one, two] = [(), ()].map(|()| import(text, &ImportOptions::default()));
    let found = match (&one, &two) {
        (Ok(one), Ok(two)) => {
            assert_eq!(one.document, two.document);
            assert_eq!(one.diagnostics, two.diagnostics);
            assert!(!one.diagnostics.has_errors());
            &one.diagnostics
        }
        (Err(one), Err(two)) => {
            assert_eq!(one, two);
            assert!(one.diagnostics().has_errors());
            one.diagnostics()
        }
        _ => panic!("imported once and refused once: {text}"),
    };
    let places: Vec<_> = found.iter().map(|remark| remark.position).collect();
    assert!(places.iter().all(Option::is_some), "{found}");
    assert!(places.is_sorted(), "{found}");
    for text in found.iter().filter_map(|remark| remark.help.as_ref()) {
        assert!(!text.is_empty() && !text.contains('\n'), "{text:?}");
    }
    let mut strict = ImportOptions::default();
    strict.fail_on_warnings = true;
    let warns = found.iter().any(|remark| remark.severity > Severity::Note);
    assert_eq!(import(text, &strict).is_err(), warns, "{found}");
    match &one {
        Ok(imported) => check_model(text, imported),
        Err(refused) => check_refusal(text, refused),
    }
}

/// Puts a text over what was made of it, which changes nothing; finds all of that in the text; and
/// exports it, from where it comes back.
fn check_model(text: &str, imported: &Imported) {
    let options = ImportOptions::default();
    let document = &imported.document;
    for mode in [PutMode::Merge, PutMode::Overwrite] {
        let again = put(document, text, mode, &options).map(|one| one.document);
        assert_eq!(again.as_ref(), Ok(document), "{mode:?}");
        let parts = put_documentation(document, text, mode, &options).map(|one| one.document);
        assert_eq!(parts.as_ref(), Ok(document), "{mode:?}");
    }
    let model = serde_json::to_value(document).expect("models are JSON");
    let mut all = Vec::new();
    pointers(&model, "", &mut all);
    for pointer in all {
        assert!(imported.places.find(&pointer).is_some(), "{pointer}");
    }
    // One of the two: thousands of texts come here.
    let format = match text.len() % 2 {
        0 => ExportFormat::Swagger2,
        _ => ExportFormat::OpenApi3,
    };
    let mut options = ExportOptions::new(format, bare::DATE);
    options.extensions = Extensions::ALL;
    bare::there_and_back(document, &options, text);
}

/// A text that is refused changes no API.
fn check_refusal(text: &str, refused: &ImportError) {
    assert!(!refused.message().is_empty());
    let options = ImportOptions::default();
    let other = import(DOCUMENTS[0], &options)
        .expect("nothing is wrong")
        .document;
    let over = put(&other, text, PutMode::Overwrite, &options).map(|_| ());
    assert_eq!(
        over.map_err(|one| one.diagnostics().clone()),
        Err(refused.diagnostics().clone())
    );
}

fn any_value() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("$ref"),
        Just("type"),
        Just("name"),
        Just("in"),
        Just("get"),
        Just("security"),
        Just("schema"),
        Just("default"),
        Just("/{x+}"),
        Just("x"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Of more digits, a text that is read twice may change the last.
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 1024.0)),
        "\\PC{0,8}".prop_map(Value::from),
        prop_oneof![
            Just("#"),
            Just("#/paths"),
            Just("#/components/parameters/page"),
            Just("#/definitions/Pet"),
            Just("${AWS::Region}"),
            Just("mock"),
            Just("query"),
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..4).prop_map(|members| {
                let members = members.into_iter();
                Value::Object(
                    members
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// The values of a document, each by its pointer.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, part)| (name.replace('~', "~0").replace('/', "~1"), part))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, part)| (index.to_string(), part))
            .collect(),
        _ => Vec::new(),
    };
    for (token, part) in parts {
        pointers(part, &format!("{at}/{token}"), found);
    }
}

/// The documents above, as values.
fn documents() -> Vec<Value> {
    let texts = DOCUMENTS.into_iter();
    let is_read = |text: &&str| cfg!(feature = "yaml") || text.starts_with('{');
    texts.filter(is_read).map(as_json).collect()
}

fn as_json(text: &str) -> Value {
    #[cfg(feature = "yaml")]
    return serde_saphyr::from_str(text).expect("the document is YAML, or JSON");
    #[cfg(not(feature = "yaml"))]
    return serde_json::from_str(text).expect("the document is JSON");
}

proptest! {
    #[test]
    fn any_value_anywhere_in_a_document(
        which in any::<prop::sample::Index>(),
        spot in any::<prop::sample::Index>(),
        value in any_value(),
    ) {
        let mut document = which.get::<Value>(&documents()).clone();
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        let target = document.pointer_mut(spot.get::<String>(&all)).expect("the pointer was just found");
        *target = value;
        check(&document.to_string());
        #[cfg(feature = "yaml")]
        check(&format!("---\n{document}"));
    }

    #[test]
    fn any_member_added_to_an_object(
        which in any::<prop::sample::Index>(),
        spot in any::<prop::sample::Index>(),
        name in "[a-z/{}+$]{0,6}",
        value in any_value(),
    ) {
        let mut document = which.get::<Value>(&documents()).clone();
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        let target = document.pointer_mut(spot.get::<String>(&all)).expect("the pointer was just found");
        if let Value::Object(members) = target {
            members.insert(name, value);
        }
        check(&document.to_string());
    }

    #[test]
    fn any_text(text in "\\PC{0,64}") {
        check(&text);
        check(&format!("{{{text}"));
    }

    #[test]
    fn any_end_of_a_document(which in any::<prop::sample::Index>(), end in any::<prop::sample::Index>()) {
        let text = which.get::<&str>(&DOCUMENTS);
        let end = end.index(text.len());
        if let Some(begin) = text.get(..end) {
            check(begin);
        }
    }

    /// Whatever is changed in a document, what a merge keeps keeps its ids and its protection.
    #[test]
    fn a_merge_keeps_ids_and_protection(
        which in any::<prop::sample::Index>(),
        spot in any::<prop::sample::Index>(),
        value in any_value(),
    ) {
        let options = ImportOptions::default();
        let documents = documents();
        let original = which.get::<Value>(&documents);
        let old = import(&original.to_string(), &options).expect("nothing is wrong").document;
        let mut changed = original.clone();
        let mut all = Vec::new();
        pointers(&changed, "", &mut all);
        *changed.pointer_mut(spot.get::<String>(&all)).expect("the pointer was just found") = value;
        if let Ok(merged) = put(&old, &changed.to_string(), PutMode::Merge, &options) {
            for before in &old.resources {
                let resources = &merged.document.resources;
                let place = resources.iter().position(|one| one.path == before.path);
                let place = place.expect("a merge keeps it");
                let after = &resources[place];
                prop_assert_eq!(&after.id, &before.id);
                prop_assert_eq!(&after.parent_id, &before.parent_id);
                for (verb, method) in &before.resource_methods {
                    let model = format!("/resources/{place}/resourceMethods/{verb}");
                    let is_kept = merged.places.find(&model).is_none();
                    prop_assert!(!is_kept || &after.resource_methods[verb] == method);
                }
            }
        }
    }

    /// Whatever the requirement, an operation that names one is not open.
    #[test]
    fn a_requirement_is_never_lost(
        names in prop::collection::vec(prop::collection::vec("key|basic|token|gone", 0..3), 1..4),
        inherited in any::<bool>(),
    ) {
        let requirements: Vec<Value> = names
            .iter()
            .map(|names| names.iter().map(|name| (name.clone(), json!([]))).collect::<Map<_, _>>())
            .map(Value::Object)
            .collect();
        let mut document = json!({
            "openapi": "3.0.1",
            "info": {"title": "T"},
            "paths": {"/": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}},
            "components": {"securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                "basic": {"type": "http", "scheme": "basic"},
                "token": {"type": "apiKey", "in": "header", "name": "Authorization",
                    "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": "arn:x"}},
            }},
        });
        let holder = if inherited { "" } else { "/paths/~1/get" };
        document.pointer_mut(holder).expect("it is there")["security"] = json!(requirements);
        let made = import(&document.to_string(), &ImportOptions::default())
            .expect("nothing is wrong")
            .document;
        let method = made.resources[0].resource_methods.values().next().expect("it has one");
        let asks = |name: &str| names.iter().flatten().any(|one| one == name);
        prop_assert!(!asks("key") || method.api_key_required);
        let authorized = method.authorization_type.as_str() == "CUSTOM";
        prop_assert_eq!(asks("basic") || asks("token") || asks("gone"), authorized);
        let authorizer = made.authorizers.iter().find(|one| Some(&one.id) == method.authorizer_id.as_ref());
        prop_assert_eq!(authorizer.is_some(), asks("token") && !asks("basic") && !asks("gone"));
    }
}
