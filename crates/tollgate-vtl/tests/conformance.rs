//! Recorded and predicted renderings of Amazon API Gateway, where they are at hand.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the tests say that they were
//! skipped, or fail if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

#![cfg(feature = "json")]
#![expect(
    clippy::print_stdout,
    reason = "a test that skips or falls short says so"
)]

use std::path::PathBuf;

use tollgate_vtl::{Map, Profile, Template, Value};

/// Cases that pass as of now; to be raised, never lowered.
const RECORDED_FLOOR: usize = 142;
const PREDICTED_FLOOR: usize = 1480;

#[test]
fn renders_as_recorded() {
    let Some(lines) = lines("aws.jsonl") else {
        return;
    };
    let verdicts = lines.lines().map(|line| {
        let case = case(line);
        let expected = string(&case, "aws_output");
        let actual = render(&case);
        let compare = string(&case, "compare");
        let agrees = actual
            .as_deref()
            .is_ok_and(|actual| agree(&compare, actual, &expected));
        verdict(&case, agrees, &expected, &actual)
    });
    check("recorded", verdicts, RECORDED_FLOOR);
}

#[test]
fn renders_as_predicted() {
    let Some(lines) = lines("velocity.jsonl") else {
        return;
    };
    let verdicts = lines.lines().filter_map(|line| {
        let case = case(line);
        let prediction = case.get("aws_model")?;
        let output = prediction
            .as_map()
            .and_then(|prediction| prediction.get("output"));
        let actual = render(&case);
        let agrees = match (&actual, output.as_ref().and_then(Value::as_str)) {
            (Ok(actual), Some(expected)) => actual == expected,
            (Err(_), None) => true,
            _ => false,
        };
        let expected = prediction.to_str().expect("a prediction is small");
        Some(verdict(&case, agrees, &expected, &actual))
    });
    check("predicted", verdicts, PREDICTED_FLOOR);
}

fn lines(file: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("TOLLGATE_CONFORMANCE") else {
        let required = std::env::var("TOLLGATE_REQUIRE_CONFORMANCE").is_ok_and(|it| it == "1");
        assert!(!required, "TOLLGATE_CONFORMANCE is not set");
        println!("skipped: TOLLGATE_CONFORMANCE is not set");
        return None;
    };
    let path = PathBuf::from(folder).join("vtl").join(file);
    match std::fs::read_to_string(&path) {
        Ok(lines) => Some(lines),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

fn case(line: &str) -> Map<'_> {
    let case = Value::from_json_str(line).expect("a case is JSON");
    case.as_map().expect("a case is an object").clone()
}

fn string(case: &Map<'_>, member: &str) -> String {
    let value = case
        .get(member)
        .unwrap_or_else(|| panic!("a case has a member {member}"));
    value.as_str().expect("the member is a string").to_owned()
}

fn render(case: &Map<'_>) -> Result<String, String> {
    let source = string(case, "template");
    let template =
        Template::parse(&source, &Profile::api_gateway()).map_err(|error| error.to_string())?;
    let context = case.get("context").expect("a case has a context").to_json();
    let context = context.expect("a context is small");
    let context = Value::from_json_str(&context).expect("a context is JSON");
    let context = java(context.as_map().expect("a context is an object"));
    template.render(&context).map_err(|error| error.to_string())
}

/// The contexts of the cases were Java collections, whose lists do not print as JSON.
fn java<'a>(context: &Map<'a>) -> Map<'a> {
    fn value<'a>(json: Value<'a>) -> Value<'a> {
        match json {
            Value::List(list) => Value::list(list.to_vec().into_iter().map(value)),
            Value::Map(map) => java(&map).into(),
            other => other,
        }
    }
    context
        .to_vec()
        .into_iter()
        .map(|(key, item)| (key, value(item)))
        .collect()
}

fn agree(compare: &str, actual: &str, expected: &str) -> bool {
    match compare {
        "exact" => actual == expected,
        "json" => {
            let json = |text| serde_json::from_str::<serde_json::Value>(text).ok();
            json(actual).is_some() && json(actual) == json(expected)
        }
        "collapse-whitespace" => actual.split_whitespace().eq(expected.split_whitespace()),
        other => panic!("unknown comparison {other}"),
    }
}

/// `Err` tells how a case went wrong.
fn verdict(
    case: &Map<'_>,
    agrees: bool,
    expected: &str,
    actual: &Result<String, String>,
) -> Result<(), String> {
    if agrees {
        return Ok(());
    }
    let (id, template) = (string(case, "id"), string(case, "template"));
    Err(format!(
        "{id} {template:?}\n  expected {expected:?}\n  actual   {actual:?}"
    ))
}

fn check(kind: &str, verdicts: impl Iterator<Item = Result<(), String>>, floor: usize) {
    let (mut passed, mut total) = (0, 0);
    for verdict in verdicts {
        total += 1;
        match verdict {
            Ok(()) => passed += 1,
            Err(report) => println!("{report}"),
        }
    }
    println!("{passed} of {total} {kind} renderings agree; the floor is {floor}");
    assert!(
        passed >= floor,
        "{passed} of {total} agree, fewer than the floor {floor}"
    );
}
