//! What the Java library gives for many paths and documents, where the data are at hand.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the tests say that they were
//! skipped, or fail if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

#![cfg(feature = "serde_json")]
#![expect(
    clippy::print_stdout,
    reason = "a test that skips or falls short says so"
)]

#[path = "support/shared.rs"]
mod shared;

use std::path::PathBuf;

use serde_json::Value;
use shared::{Shared, SharedBuilder};
use tollgate_jsonpath::{
    ErrorKind, Found, JsonPath, Node, Number, View, read_lenient, read_lenient_with,
};

/// What a case may come to, beside a result: an error by the name the data give it.
type Outcome<N> = Result<Found<N>, &'static str>;

#[test]
fn agrees_on_shared_values() {
    check("shared values", |case| {
        let document = read_lenient_with(&case.document, &mut SharedBuilder);
        let document = document.map_err(|error| name(error.kind()));
        let outcome = document.and_then(|document| find(&case.path, document));
        let text = outcome
            .as_ref()
            .map(Shared::from_found)
            .map_err(|error| *error);
        let expected = case.expected.as_ref().map(|(text, _)| {
            read_lenient_with(text, &mut SharedBuilder).expect("an expected result is JSON")
        });
        let same = match (&text, &expected) {
            (Ok(actual), Ok(expected)) => same_shared(actual, expected),
            (Err(actual), Err(expected)) => actual == expected,
            _ => false,
        };
        verdict(case, same, &outcome)
    });
}

#[test]
fn agrees_on_serde_json_values() {
    check("serde_json values", |case| {
        let document = read_lenient(&case.document).map_err(|error| name(error.kind()));
        let outcome = match &document {
            Ok(document) => find(&case.path, document),
            Err(error) => Err(*error),
        };
        let text = outcome.clone().map(Value::from);
        let same = match (&text, &case.expected) {
            // serde_json has no NaN.
            (Err("illegal_argument") | Ok(Value::Null), Ok((expected, _))) if expected == "NaN" => {
                return Ok(());
            }
            (Ok(actual), Ok((expected, _))) => {
                serde_json::from_str::<Value>(expected).is_ok_and(|expected| *actual == expected)
            }
            (Err(actual), Err(expected)) => actual == expected,
            _ => false,
        };
        verdict(case, same, &outcome)
    });
}

struct Case {
    id: String,
    document: String,
    path: String,
    definite: Option<bool>,
    /// Result text and Java class, or the kind of error.
    expected: Result<(String, String), String>,
}

fn check(what: &str, run: impl Fn(&Case) -> Result<(), String>) {
    let Some(cases) = cases() else {
        return;
    };
    let failures: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    println!("conformance: {} cases, {what}", cases.len());
    assert!(!cases.is_empty(), "no cases");
    assert!(
        failures.is_empty(),
        "{} of {} cases differ:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

fn cases() -> Option<Vec<Case>> {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return None;
    };
    let path = PathBuf::from(folder).join("jsonpath/cases.jsonl");
    match std::fs::read_to_string(&path) {
        Ok(lines) => Some(lines.lines().map(case).collect()),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

fn case(line: &str) -> Case {
    let case: Value = serde_json::from_str(line).expect("a case is JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let outcome = &case["default"];
    Case {
        id: text(&case["id"]),
        document: text(&case["document_text"]),
        path: text(&case["path"]),
        definite: case["definite"].as_bool(),
        expected: match outcome.get("error") {
            Some(error) => Err(text(error)),
            None => Ok((text(&outcome["json_text"]), text(&outcome["kind"]))),
        },
    }
}

fn find<N: Node>(path: &str, document: N) -> Outcome<N> {
    let path = JsonPath::parse(path).map_err(|error| name(error.kind()))?;
    path.find(document).map_err(|error| name(error.kind()))
}

fn name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidPath => "invalid_path",
        ErrorKind::PathNotFound => "path_not_found",
        ErrorKind::IllegalArgument => "illegal_argument",
        ErrorKind::InvalidJson => "invalid_json",
        _ => "json_path",
    }
}

/// Compares the class of the result and the definiteness of the path too.
fn verdict<N: Node>(case: &Case, same: bool, outcome: &Outcome<N>) -> Result<(), String> {
    let definite = JsonPath::parse(&case.path)
        .ok()
        .map(|path| path.is_definite());
    let actual = outcome.as_ref().map(kind);
    let expected = case.expected.as_ref().map(|(_, kind)| kind.as_str());
    let same_kind = match (actual, expected) {
        (Ok(actual), Ok(expected)) => actual == expected,
        (actual, expected) => actual.is_err() && expected.is_err(),
    };
    if same && same_kind && definite == case.definite {
        return Ok(());
    }
    let Case {
        id, path, expected, ..
    } = case;
    Err(format!(
        "{id}: {path:?} gives {actual:?} (definite {definite:?}), expected {expected:?}"
    ))
}

/// The Java class of a result.
fn kind<N: Node>(found: &Found<N>) -> &'static str {
    match found.view() {
        View::Null => "null",
        View::Bool(_) => "Boolean",
        View::Number(Number::Int(number)) if i32::try_from(number).is_ok() => "Integer",
        View::Number(Number::Int(_)) => "Long",
        View::Number(Number::BigInt(_)) => "BigInteger",
        View::Number(Number::Double(number)) if number.is_nan() => "Float",
        View::Number(Number::Double(_)) => "Double",
        View::Number(_) => "BigDecimal",
        View::Text(_) => "String",
        View::List if matches!(found, Found::Keys(_)) => "LinkedKeySet",
        View::List => "JSONArray",
        View::Map => "LinkedHashMap",
        _ => "Object",
    }
}

/// Equal as values of the same classes, `NaN` with itself too.
fn same_shared(left: &Shared, right: &Shared) -> bool {
    match (left, right) {
        (Shared::Number(Number::Double(left)), Shared::Number(Number::Double(right))) => {
            left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
        }
        _ => left == right,
    }
}
