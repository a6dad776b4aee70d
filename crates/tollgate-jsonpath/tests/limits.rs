//! What happens past the limits.

#![cfg(feature = "serde_json")]

use serde_json::{Value, json};
use tollgate_jsonpath::{
    FindError, JsonPath, MAX_DEPTH, MAX_NESTING, MAX_PATH_LEN, MAX_RESULTS, MAX_STEPS, PathError,
};

#[test]
fn refuses_a_long_path() {
    let path = |length: usize| format!("$.{}", "a".repeat(length - 2));
    assert!(JsonPath::parse(&path(MAX_PATH_LEN)).is_ok());
    let length = MAX_PATH_LEN + 1;
    assert_eq!(parse_error(&path(length)), PathError::TooLong { length });
}

#[test]
fn refuses_many_steps() {
    let path = |steps: usize| format!("${}", ".a".repeat(steps));
    assert!(JsonPath::parse(&path(MAX_STEPS)).is_ok());
    assert!(matches!(
        parse_error(&path(MAX_STEPS + 1)),
        PathError::TooManySteps { .. }
    ));
    let in_filters = format!("$[?({})]", vec!["@.a.a"; MAX_STEPS / 2].join(" && "));
    assert!(matches!(
        parse_error(&in_filters),
        PathError::TooManySteps { .. }
    ));
}

#[test]
fn refuses_deep_nesting() {
    let filters = |depth: usize| format!("${}@.a{}", "[?(@".repeat(depth), ")]".repeat(depth));
    let parentheses = |depth: usize| format!("$[?({}@.a{})]", "(".repeat(depth), ")".repeat(depth));
    let negations = |depth: usize| format!("$[?({}(@.a))]", "!".repeat(depth));
    let arguments = |depth: usize| format!("{}1{}", "$.sum(".repeat(depth), ")".repeat(depth));
    for make in [filters, parentheses, negations] {
        assert!(matches!(
            parse_error(&make(MAX_NESTING + 1)),
            PathError::TooDeep { .. }
        ));
        assert!(matches!(
            parse_error(&make(1_000)),
            PathError::TooDeep { .. }
        ));
    }
    assert!(JsonPath::parse(&parentheses(MAX_NESTING - 3)).is_ok());
    assert!(JsonPath::parse(&arguments(1_000)).is_err());
}

#[test]
fn stops_at_too_many_visits() {
    let mut document = json!(1);
    for _ in 0..14 {
        document = Value::Array(vec![document; 2]);
    }
    for path in ["$..*..*..*..*[?(@ > 5)]", "$..[?($..[?(@ == 2)] size 1)]"] {
        let path = JsonPath::parse(path).expect("a path");
        assert_eq!(
            path.find(&document).err(),
            Some(FindError::TooManyVisits),
            "{path}"
        );
    }
}

#[test]
fn counts_what_operators_and_functions_go_over() {
    let numbers: Vec<u32> = (0..3_000).collect();
    let document = json!({"list": numbers, "text": "a".repeat(100_000)});
    for path in [
        "$.list[?(@ in $.list && @ < 0)]",
        "$.list[?($.list anyof $.list)]",
        "$.list[?($.list == $.list)]",
        "$.list[?($.text contains 'b')]",
        "$.list[*].sum($.list)",
        "$.list[*].concat($.list)",
    ] {
        let path = JsonPath::parse(path).expect("a path");
        assert_eq!(
            path.find(&document).err(),
            Some(FindError::TooManyVisits),
            "{path}"
        );
    }
}

#[test]
fn counts_what_is_looked_for_in_vain() {
    let lists = json!(vec![json!([]); 10_000]);
    let positions = format!("$[*][{}]", vec!["9"; 4_000].join(","));
    let maps = json!(vec![json!({"a": 1}); 10_000]);
    let names = format!("$[*][{}]", vec!["'a'"; 4_000].join(","));
    for (path, document) in [(positions, &lists), (names, &maps)] {
        let path = JsonPath::parse(&path).expect("it is a path");
        assert_eq!(path.find(document), Err(FindError::TooManyVisits), "{path}");
    }
}

#[test]
fn stops_at_too_many_results() {
    let document = json!({"list": vec![0; 1_001], "also": vec![0; 1_001]});
    let slices = vec!["0"; 1_000].join(",");
    let path = JsonPath::parse("$.list[?(@ == 0)]..*").expect("a path");
    assert!(path.find(&document).is_ok());
    let rows = Value::Array(vec![json!([0]); MAX_RESULTS / 1_000 + 1]);
    let path = JsonPath::parse(&format!("$[*][{slices}]")).expect("a path");
    assert_eq!(path.find(&rows).err(), Some(FindError::TooManyResults));
}

#[test]
fn walks_documents_of_any_depth() {
    const DEPTH: usize = 10_000;
    let mut document = json!({"leaf": 1});
    for _ in 0..DEPTH {
        // `json!` would serialize what is already there, level by level.
        document = Value::Array(vec![document]);
    }
    for (path, expected) in [("$..leaf", json!([1])), ("$..leaf.sum()", json!(1.0))] {
        let path = JsonPath::parse(path).expect("a path");
        let found = path.find(&document).map(Value::from);
        assert_eq!(found, Ok(expected), "{path}");
    }
    let everything = JsonPath::parse("$..*").expect("a path");
    assert_eq!(
        everything.find(&document).map(|found| size(&found)),
        Ok(DEPTH + 1)
    );
    for path in ["$[?(@ == $[0])]", "$.concat($)"] {
        let path = JsonPath::parse(path).expect("a path");
        assert_eq!(
            path.find(&document).err(),
            Some(FindError::TooDeep),
            "{path}"
        );
    }
    unnest(document);
}

#[test]
fn compares_and_prints_up_to_the_depth() {
    let mut document = json!(1);
    for _ in 0..MAX_DEPTH - 2 {
        document = json!([document]);
    }
    let document = json!([document.clone(), document]);
    let path = JsonPath::parse("$[?(@ == $[0])].concat($)").expect("a path");
    assert_eq!(path.find(&document).map(|found| size(&found)), Ok(2));
}

fn parse_error(path: &str) -> PathError {
    JsonPath::parse(path).expect_err("a path past the limit")
}

fn size(found: &tollgate_jsonpath::Found<&Value>) -> usize {
    use tollgate_jsonpath::Node;
    found.size()
}

/// Takes a document apart from the outside: dropping it at once would recurse.
fn unnest(mut document: Value) {
    while let Value::Array(list) = &mut document {
        document = list.pop().expect("one element");
    }
}
