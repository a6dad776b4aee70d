//! Rows of one change of a document each, and what is told about it.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use serde_json::{Value, json};
use tollgate_deploy::{Diff, DifferenceKind, DifferenceSeverity, diff};
use tollgate_model::ApiDocument;

/// An API with something of everything.
fn base() -> Value {
    serde_json::from_str(include_str!("api.json")).unwrap()
}

fn read(document: &Value) -> ApiDocument {
    serde_json::from_value(document.clone()).unwrap()
}

/// The document with one value put or, with null, removed.
fn edited(mut document: Value, pointer: &str, value: &Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let last = last.replace("~1", "/");
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) if value.is_null() => {
            assert!(members.shift_remove(&last).is_some(), "{pointer}");
        }
        Some(Value::Object(members)) => {
            members.insert(last, value.clone());
        }
        Some(Value::Array(items)) if last == "-" => items.push(value.clone()),
        Some(Value::Array(items)) if value.is_null() => {
            items.remove(last.parse().unwrap());
        }
        _ => panic!("{pointer}"),
    }
    document
}

fn told(before: &Value, after: &Value) -> Vec<String> {
    let found = diff(&read(before), &read(after));
    found.differences.iter().map(ToString::to_string).collect()
}

#[test]
fn each_change_is_told_and_judged() {
    let before = base();
    let rows = include_str!("changes.txt").split("\n\n");
    let rows = rows.map(str::trim).filter(|row| row.starts_with('/'));
    let mut count = 0;
    for row in rows {
        let mut lines = row.lines();
        let (pointer, value) = lines.next().unwrap().split_once(" = ").unwrap();
        let after = edited(
            before.clone(),
            pointer,
            &serde_json::from_str(value).unwrap(),
        );
        let expected: Vec<&str> = lines.map(str::trim).collect();
        assert_eq!(told(&before, &after), expected, "{pointer} = {value}");
        count += 1;
    }
    assert!(count > 80, "{count}");
}

/// What is put where nothing was is told as what would be removed, and the reverse.
#[test]
fn what_takes_the_place_of_a_route_is_named() {
    let with = |paths: &[(&str, &[&str])]| {
        let resources = paths.iter().map(|(path, verbs)| {
            let methods = verbs
                .iter()
                .map(|verb| ((*verb).to_owned(), json!({"httpMethod": verb})));
            let methods: serde_json::Map<String, Value> = methods.collect();
            json!({"id": path, "path": path, "resourceMethods": methods})
        });
        json!({"name": "A", "resources": resources.collect::<Vec<_>>()})
    };
    for (path, verb, other, expected) in [
        ("/a", "GET", ("/a", "ANY"), Some("ANY /a")),
        ("/a", "GET", ("/a", "PUT"), None),
        ("/a", "GET", ("/{x}", "GET"), Some("GET /{x}")),
        ("/a/b", "GET", ("/{x}/b", "GET"), Some("GET /{x}/b")),
        ("/a/b", "GET", ("/{x}/c", "GET"), None),
        ("/a/{b}", "GET", ("/a/c", "GET"), None),
        ("/a/{b}/c", "GET", ("/a/{x+}", "ANY"), Some("ANY /a/{x+}")),
        ("/a/{b+}", "GET", ("/{x+}", "ANY"), Some("ANY /{x+}")),
        ("/a/{b+}", "GET", ("/a/{x}", "ANY"), None),
        ("/", "GET", ("/{x+}", "ANY"), None),
        ("/a", "ANY", ("/a", "GET"), None),
        ("/a", "ANY", ("/{x+}", "ANY"), Some("ANY /{x+}")),
    ] {
        let rest: (&str, &[&str]) = (other.0, &[other.1]);
        let after = with(&[rest]);
        let both: &[&str] = &[verb, other.1];
        let before = if path == other.0 {
            with(&[(path, both)])
        } else {
            with(&[(path, &[verb]), rest])
        };
        let place = format!("{verb} {path}");
        let (gone, came) = match expected {
            Some(other) => (
                format!("medium - {place} ({other} answers its requests)"),
                format!("medium + {place} ({other} answered its requests)"),
            ),
            None => (
                format!("high breaking - {place} (its callers get 403)"),
                format!("low + {place} (there was none)"),
            ),
        };
        assert_eq!(told(&before, &after), [gone], "{place} {other:?}");
        assert_eq!(told(&after, &before), [came], "{place} {other:?}");
    }
}

/// A change of a model, of which requests are made and answers.
#[test]
fn models_are_judged_by_whose_bodies_they_describe() {
    let judged = |before: &str, after: &str, of_requests: bool| {
        let document = |schema: &str| {
            let bodies = json!({"a/b": "M"});
            let mut method = json!({"httpMethod": "GET"});
            if of_requests {
                method["requestValidatorId"] = json!("v");
                method["requestModels"] = bodies;
            } else {
                method["methodResponses"] = json!({"200": {"statusCode": "200",
                    "responseModels": bodies}});
            }
            read(&json!({"name": "A",
                "models": [{"name": "M", "contentType": "a/b", "schema": schema}],
                "requestValidators": [{"id": "v", "name": "v", "validateRequestBody": true}],
                "resources": [{"id": "r", "path": "/", "resourceMethods": {"GET": method}}]}))
        };
        let found = diff(&document(before), &document(after));
        match &found.differences[..] {
            [] => "-".to_owned(),
            [one] => {
                let breaking = if one.breaking { "breaking" } else { "" };
                let why = one.reason.split_once(": ").map_or("", |(_, why)| why);
                format!("{breaking} {why}").trim().to_owned()
            }
            more => panic!("{more:?}"),
        }
    };
    for (before, after, of_requests, of_answers) in [
        ("{}", r#"{"title": "x"}"#, "", ""),
        ("{}", r#"{"type": "object"}"#, "breaking /type", "/type"),
        (r#"{"type": "object"}"#, "{}", "/type", "breaking /type"),
        (
            r#"{"type": "integer"}"#,
            r#"{"type": "number"}"#,
            "/type",
            "breaking /type",
        ),
        (
            r#"{"type": "string"}"#,
            r#"{"type": "object"}"#,
            "breaking /type",
            "breaking /type",
        ),
        (r#"{"type": ["a", "b"]}"#, r#"{"type": ["b", "a"]}"#, "", ""),
        (
            "{}",
            r#"{"required": ["a"]}"#,
            "breaking /a is required",
            "/a is required",
        ),
        (
            r#"{"required": ["a"]}"#,
            "{}",
            "/a may be missing",
            "breaking /a may be missing",
        ),
        (
            "{}",
            r#"{"properties": {"a": {}}}"#,
            "/a is new",
            "/a is new",
        ),
        (
            r#"{"properties": {"a": {}}}"#,
            "{}",
            "/a is gone",
            "breaking /a is gone",
        ),
        (
            r#"{"properties": {"a": {}}, "additionalProperties": false}"#,
            r#"{"additionalProperties": false}"#,
            "breaking /a is not allowed",
            "breaking /a is gone",
        ),
        (
            r#"{"properties": {"a": {"properties": {"b": {"maximum": 5}}}}}"#,
            r#"{"properties": {"a": {"properties": {"b": {"maximum": 4}}}}}"#,
            "breaking /a/b/maximum",
            "/a/b/maximum",
        ),
        (
            r#"{"minLength": 2}"#,
            r#"{"minLength": 1}"#,
            "/minLength",
            "breaking /minLength",
        ),
        (
            "{}",
            r#"{"maxItems": 2}"#,
            "breaking /maxItems",
            "/maxItems",
        ),
        (r#"{"enum": [1, 2]}"#, r#"{"enum": [2, 1.0]}"#, "", ""),
        (
            r#"{"enum": [1]}"#,
            r#"{"enum": [1, 2]}"#,
            "/enum",
            "breaking /enum",
        ),
        (
            r#"{"enum": [1, 2]}"#,
            r#"{"enum": [1]}"#,
            "breaking /enum",
            "/enum",
        ),
        (
            "{}",
            r#"{"uniqueItems": true}"#,
            "breaking /uniqueItems",
            "/uniqueItems",
        ),
        (
            "{}",
            r#"{"additionalProperties": false}"#,
            "breaking /additionalProperties",
            "/additionalProperties",
        ),
        (
            r#"{"additionalProperties": false}"#,
            r#"{"additionalProperties": {"type": "string"}}"#,
            "/additionalProperties",
            "breaking /additionalProperties",
        ),
        (
            r#"{"items": {"type": "string"}}"#,
            r#"{"items": {"type": "string", "pattern": "x"}}"#,
            "breaking /items/pattern",
            "/items/pattern",
        ),
        (
            r#"{"pattern": "x"}"#,
            r#"{"pattern": "y"}"#,
            "breaking /pattern",
            "breaking /pattern",
        ),
        (
            r#"{"oneOf": [{}]}"#,
            r#"{"oneOf": [{}, {}]}"#,
            "breaking /oneOf",
            "breaking /oneOf",
        ),
        (
            r##"{"definitions": {"x": {"minimum": 1}}, "$ref": "#/definitions/x"}"##,
            r##"{"definitions": {"x": {"minimum": 2}}, "$ref": "#/definitions/x"}"##,
            "breaking /definitions/x/minimum",
            "/definitions/x/minimum",
        ),
        (
            "not JSON",
            "nor this",
            "breaking a schema that is not JSON",
            "breaking a schema that is not JSON",
        ),
        (
            r#"{"required": ["a", "b", "c", "d"]}"#,
            "{}",
            "/a may be missing, /b may be missing, /c may be missing and 1 more",
            "breaking /a may be missing, /b may be missing, /c may be missing and 1 more",
        ),
    ] {
        let row = format!("{before} -> {after}");
        assert_eq!(judged(before, after, true), of_requests, "requests: {row}");
        assert_eq!(judged(before, after, false), of_answers, "answers: {row}");
    }
}

#[test]
fn a_model_within_another_counts_too() {
    let before = base();
    let after = edited(
        before,
        "/resources/1/resourceMethods/POST/requestModels",
        &Value::Null,
    );
    let schema = after["models"][0]["schema"].as_str().unwrap();
    let schema = schema.replace("\"dog\"", "\"dog\", \"owl\"");
    let changed = edited(after.clone(), "/models/0/schema", &json!(schema));
    let found = diff(&read(&after), &read(&changed));
    let [one] = &found.differences[..] else {
        panic!("{found}");
    };
    assert!(one.breaking, "{one}");
    assert_eq!(one.reason, "answers may be what they were not: /kind/enum");
}

#[test]
fn a_document_does_not_differ_from_itself_in_another_order() {
    let document = base();
    let mut turned = document.clone();
    for list in ["resources", "models", "authorizers", "binaryMediaTypes"] {
        turned[list].as_array_mut().unwrap().reverse();
    }
    let method = &mut turned["resources"][2]["resourceMethods"]["POST"];
    assert_eq!(method["httpMethod"], "POST");
    for map in ["requestParameters", "methodResponses"] {
        let members = method[map].as_object_mut().unwrap();
        let all: Vec<_> = std::mem::take(members).into_iter().collect();
        members.extend(all.into_iter().rev());
    }
    let found = diff(&read(&document), &read(&turned));
    assert!(found.is_empty(), "{found}");
    assert!(!found.is_breaking());
    assert_eq!(found.severity(), None);
    assert_eq!(found.to_string(), "no differences\n");
}

#[test]
fn differences_are_data_for_programs() {
    let before = base();
    let after = edited(
        before.clone(),
        "/resources/2/resourceMethods/GET",
        &Value::Null,
    );
    let after = edited(after, "/description", &json!("x"));
    let found: Diff = diff(&read(&before), &read(&after));
    assert_eq!(found.severity(), Some(DifferenceSeverity::High));
    assert_eq!(
        serde_json::to_value(&found).unwrap(),
        json!({"differences": [
            {"area": "description", "kind": "added", "place": "API", "member": "description",
                "after": "\"x\"", "breaking": false, "severity": "info",
                "reason": "requests do not see it"},
            {"area": "route", "kind": "removed", "place": "GET /pets/{id}",
                "breaking": true, "severity": "high", "reason": "its callers get 403"}
        ]})
    );
    let told = found.to_string();
    assert!(told.ends_with("\n2 differences, 1 breaking\n"), "{told}");
}

#[test]
fn long_values_are_shown_by_their_beginnings() {
    let before = base();
    let template = "é".repeat(100_000);
    let pointer = "/resources/1/resourceMethods/POST/methodIntegration/requestTemplates/text~1x";
    let after = edited(before.clone(), pointer, &json!(template));
    let [told] = &told(&before, &after)[..] else {
        panic!("one difference");
    };
    let shown = format!("\"{}\"… of 200000 bytes", "é".repeat(40));
    assert!(told.contains(&shown), "{told}");
}

#[test]
fn a_path_may_be_as_long_as_it_likes() {
    let document = |path: &str| {
        let methods = json!({"GET": {"httpMethod": "GET"}});
        json!({"name": "A", "resources": [
            {"id": "a", "path": path, "resourceMethods": methods},
            {"id": "b", "path": "/{x+}", "resourceMethods": methods}]})
    };
    let long = "/a".repeat(1_000_000);
    let before = read(&document(&long));
    let after = read(&document("/a"));
    let found = diff(&before, &after);
    let kinds: Vec<_> = found.differences.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [DifferenceKind::Added, DifferenceKind::Removed]);
    assert!(found.differences[1].place.starts_with("GET /a/a/a"));
}

/// No member of a document is forgotten: whatever is changed of one that has them all is told.
#[test]
fn each_member_of_a_document_is_compared() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tollgate-model/tests/whole.json"
    );
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let before = read(&whole);
    let mut pointers = Vec::new();
    leaves(&whole, String::new(), &mut pointers);
    let (mut count, mut wrong) = (0, Vec::new());
    for pointer in pointers {
        let mut after = whole.clone();
        let leaf = after.pointer_mut(&pointer).unwrap();
        *leaf = match &leaf {
            Value::Bool(flag) => json!(!*flag),
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            Value::String(text) => json!(format!("{text}x")),
            other => panic!("{pointer}: {other}"),
        };
        // Names of enumerations have few values, and rows of their own.
        let Ok(after) = serde_json::from_value::<ApiDocument>(after) else {
            continue;
        };
        let found = diff(&before, &after);
        if found.is_empty() != does_not_count(&pointer) {
            wrong.push(format!("{pointer}: {found}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 70, "{count}");
}

fn does_not_count(pointer: &str) -> bool {
    let name = pointer.rsplit('/').next().unwrap();
    let of_response = pointer.contains("/methodResponses/");
    match name {
        // Whatever refers to these would not find them.
        "id" => {
            !pointer.starts_with("/authorizers/") && !pointer.starts_with("/requestValidators/")
        }
        "parentId" | "rootResourceId" | "pathPart" | "cacheNamespace" => true,
        // Nor does when and where the API was made.
        "createdDate" | "accountId" | "region" => true,
        // What a validator checks is told where a method has it.
        "name" => pointer.starts_with("/requestValidators/"),
        // It has no methods.
        "path" => pointer == "/resources/0/path",
        // The keys of their maps say these.
        "httpMethod" => !pointer.ends_with("/methodIntegration/httpMethod"),
        "statusCode" => of_response,
        // That a header is there is what counts.
        _ => of_response && pointer.contains("/responseParameters/"),
    }
}

fn leaves(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                leaves(value, format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, format!("{pointer}/{index}"), found);
            }
        }
        Value::Null => {}
        _ => found.push(pointer),
    }
}
