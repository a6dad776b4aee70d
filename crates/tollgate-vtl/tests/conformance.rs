//! Renderings of Apache Velocity and of Amazon API Gateway, where they are at hand.
//!
//! `TOLLGATE_CONFORMANCE` names the folder of the data; without it the tests say that they were
//! skipped, or fail if `TOLLGATE_REQUIRE_CONFORMANCE` is 1.

#![cfg(feature = "json")]
#![expect(
    clippy::print_stdout,
    reason = "a test that skips or falls short says so"
)]

use std::collections::HashMap;
use std::path::PathBuf;

use tollgate_vtl::{ListStyle, Map, Profile, Template, Value};

/// Cases that differ on purpose; `docs/compatibility.md` says why.
const DIFFERENT: [&str; 1] = [
    // A #foreach of more than 1,000 rounds.
    "aws_model foreach-big-001",
];

#[test]
fn renders_as_recorded_on_api_gateway() {
    let Some(lines) = lines("aws.jsonl") else {
        return;
    };
    let verdicts = lines.lines().map(|line| {
        let case = case(line);
        let expected = string(&case, "aws_output");
        let actual = render(&case, Profile::api_gateway());
        let compare = string(&case, "compare");
        let agrees = actual
            .as_deref()
            .is_ok_and(|actual| agree(&compare, actual, &expected));
        verdict(&case, agrees, &expected, &actual)
    });
    check("recorded on API Gateway", verdicts);
}

#[test]
fn renders_as_predicted_for_api_gateway() {
    check_velocity("aws_model", &Profile::api_gateway());
}

#[test]
fn renders_as_velocity_17() {
    check_velocity("v17", &Profile::velocity17());
}

#[test]
fn renders_as_velocity_2() {
    check_velocity("v2", &Profile::velocity2());
}

/// Renders the cases that have an expectation of this name. One is either an output or an error,
/// whose kind and place are Velocity's own.
fn check_velocity(name: &str, profile: &Profile) {
    let Some(lines) = lines("velocity.jsonl") else {
        return;
    };
    let verdicts = lines.lines().filter_map(|line| {
        let case = case(line);
        let expected = case.get(name)?;
        if tags(&case).any(|tag| tag == "host-java") || is_different(name, &case) {
            return None;
        }
        let output = expected.as_map().and_then(|it| it.get("output"));
        let actual = render(&case, profile.clone());
        let agrees = match (&actual, output.as_ref().and_then(Value::as_str)) {
            (Ok(actual), Some(expected)) => actual == expected,
            (Err(_), None) => true,
            _ => false,
        };
        let expected = expected.to_str().expect("an expectation is small");
        Some(verdict(&case, agrees, &expected, &actual))
    });
    check(name, verdicts);
}

fn tags(case: &Map<'_>) -> impl Iterator<Item = String> {
    let tags = case.get("tags");
    let tags = tags.and_then(|tags| Some(tags.as_list()?.to_vec()));
    let names = tags.into_iter().flatten();
    names.filter_map(|tag| tag.as_str().map(str::to_owned))
}

fn is_different(name: &str, case: &Map<'_>) -> bool {
    DIFFERENT.contains(&format!("{name} {}", string(case, "id")).as_str())
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

fn render(case: &Map<'_>, mut profile: Profile) -> Result<String, String> {
    for (name, value) in members(case, "props") {
        // Each case has the names of both versions.
        let set = profile.clone().with_property(&name, &value);
        profile = set.unwrap_or(profile);
    }
    let files: HashMap<_, _> = members(case, "files").into_iter().collect();
    let source = string(case, "template");
    let template = Template::parse(&source, &profile).map_err(|error| error.to_string())?;
    let context = case.get("context").map(|context| context.to_json());
    let context = context.map_or("{}".to_owned(), |it| it.expect("a context is small"));
    // They were Java collections, whose lists do not print as JSON.
    let context = Value::from_json_str_with(&context, ListStyle::Java);
    let context = context.expect("a context is JSON");
    let context = context.as_map().cloned().unwrap_or_default();
    template
        .render_with(&context, &files)
        .map_err(|error| error.to_string())
}

/// The members of an object of texts.
fn members(case: &Map<'_>, name: &str) -> Vec<(String, String)> {
    let object = case.get(name);
    let entries = object.and_then(|object| Some(object.as_map()?.to_vec()));
    let print = |value: Value<'_>| value.to_str().expect("a text is small").to_string();
    let entries = entries.into_iter().flatten();
    entries
        .map(|(name, value)| (print(name), print(value)))
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

fn check(kind: &str, verdicts: impl Iterator<Item = Result<(), String>>) {
    let (mut passed, mut total) = (0, 0);
    for verdict in verdicts {
        total += 1;
        match verdict {
            Ok(()) => passed += 1,
            Err(report) => println!("{report}"),
        }
    }
    println!("{passed} of {total} renderings agree ({kind})");
    assert_eq!(passed, total, "{kind}");
}
