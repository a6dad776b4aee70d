//! The answers of `java.util.regex` of JDK 17 in `data/java.jsonl`; see `oracle/README.md`.

use serde_json::{Map, Value, json};
use tollgate_regex::{Captures, Pattern, PatternError, ReplaceError, StepLimit};

#[test]
fn agrees_with_java() {
    let table = include_str!("data/java.jsonl");
    let mut differences = 0;
    let failures: Vec<String> = table
        .lines()
        .filter_map(|line| {
            let case: Value = serde_json::from_str(line).expect("a case is JSON");
            let expected = without_messages(&case["java"]);
            let actual = answer(&case);
            let differs = case.get("differs").is_some();
            differences += usize::from(differs);
            ((actual == expected) == differs)
                .then(|| format!("{line}\n  expected {expected}\n  actual   {actual}"))
        })
        .collect();
    let count = table.lines().count();
    println!("{count} cases, of which {differences} differ on purpose");
    assert!(count >= 2000, "{count} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Java's answer, with errors without their wording.
fn without_messages(java: &Value) -> Value {
    let error = || json!({"error": true});
    if java.get("error").is_some() {
        return error();
    }
    let mut answer = java.clone();
    for member in ["all", "first"] {
        if answer.get(member).is_some_and(Value::is_object) {
            answer[member] = error();
        }
    }
    answer
}

fn answer(case: &Value) -> Value {
    let text = case["text"].as_str().expect("a case has a text");
    let pattern = case["pattern"].as_str().expect("a case has a pattern");
    match Pattern::new(pattern) {
        Ok(pattern) => match matched(&pattern, text, case) {
            Ok(answer) => Value::Object(answer),
            Err(StepLimit) => json!({"steps": "over the limit"}),
        },
        Err(PatternError::Invalid { at, .. }) => {
            assert!(at <= pattern.len(), "{pattern}: {at}");
            json!({"error": true})
        }
        Err(other) => json!({"refused": other.to_string()}),
    }
}

fn matched(pattern: &Pattern, text: &str, case: &Value) -> Result<Map<String, Value>, StepLimit> {
    let full = pattern.full_captures(text)?;
    assert_eq!(
        full.is_some(),
        pattern.matches(text)?,
        "{pattern}: {text:?}"
    );
    let finds = pattern
        .captures_iter(text)
        .map(|found| found.map(|found| groups(&found)))
        .collect::<Result<Vec<_>, _>>()?;
    let ranges = pattern
        .find_iter(text)
        .map(|found| found.map(|found| json!([found.start(), found.end()])))
        .collect::<Result<Vec<_>, _>>()?;
    let wholes: Vec<_> = finds.iter().map(|groups| groups[0].clone()).collect();
    assert_eq!(wholes, ranges, "{pattern}: {text:?}");

    let mut answer = Map::new();
    answer.insert("matches".into(), full.as_ref().map_or(Value::Null, groups));
    answer.insert("finds".into(), finds.into());
    if let Some(replacement) = case.get("replacement").and_then(Value::as_str) {
        let all = pattern.replace_all(text, replacement);
        let first = pattern.replace_first(text, replacement);
        for (member, replaced) in [("all", all), ("first", first)] {
            let replaced = match replaced {
                Ok(replaced) => json!(replaced),
                Err(ReplaceError::StepLimit(limit)) => return Err(limit),
                Err(_) => json!({"error": true}),
            };
            answer.insert(member.into(), replaced);
        }
    }
    if let Some(limit) = case.get("limit").and_then(Value::as_i64) {
        let limit = i32::try_from(limit).expect("a limit is an int");
        answer.insert("split".into(), json!(pattern.split(text, limit)?));
    }
    Ok(answer)
}

fn groups(captures: &Captures<'_, '_>) -> Value {
    captures
        .iter()
        .map(|group| group.map_or(Value::Null, |group| json!([group.start(), group.end()])))
        .collect()
}
