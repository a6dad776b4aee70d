//! What happens past the limits.

#![cfg(feature = "serde_json")]

use serde_json::{Value, json};
use tollgate_jsonpath::{
    Allowance, FindError, JsonPath, MAX_BYTES, MAX_DEPTH, MAX_NESTING, MAX_PATH_LEN, MAX_RESULTS,
    MAX_STEPS, MAX_VISITS, PathError,
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

/// What following a path in a document takes.
fn taken(path: &str, document: &Value) -> Allowance {
    let path = JsonPath::parse(path).expect("a path");
    let mut left = Allowance::default();
    path.find_within(document, &mut left).expect("it is there");
    Allowance {
        visits: MAX_VISITS - left.visits,
        bytes: MAX_BYTES - left.bytes,
    }
}

#[test]
fn all_that_depends_on_the_document_is_counted() {
    let numbers: Vec<u32> = (0..1_000).collect();
    let text = "a".repeat(64_000);
    let path_like = format!("$[?(@ == '{text}' || @ =~ /(a{{999}}){{999}}/)]");
    let document = json!({
        "list": numbers,
        "lists": [[[text], [text]]],
        "texts": [text, text],
        "names": {&*text: 1},
        "long": "a".repeat(10_000),
        "path": [&path_like[..8_000]],
    });
    for (path, visits) in [
        ("$.list", 1),
        ("$..*", 1_000),
        ("$.list[?(!@)]", 1_000),
        ("$.list[?(@)]", 1_000),
        ("$.list[?(1 == 2)]", 1_000),
        ("$.lists[*][?(@ == $.lists[0][1])]", 4_000),
        ("$.list[?(@ in $.texts)]", 4_000_000),
        ("$[?('x' in $.path)]", 1_000),
        ("$.texts.concat()", 4_000),
        ("$.names.keys()", 2_000),
        ("$[?($.long =~ /(?=a)a+b/)]", 400),
        ("$.lists.append($..*).append(1).append(2)", 3_000),
    ] {
        let taken = taken(path, &document).visits;
        assert!(taken >= visits, "{path} touches {taken}, not {visits}");
    }
    for (path, bytes) in [
        ("$.list", 0),
        ("$.list[*]", 16_000),
        ("$.texts.concat()", 128_000),
        ("$.names.keys()", 64_000),
        ("$.list[0:9].append(1)", 0),
        ("$.lists.append($..*).append(1).append(2)", 32_000),
    ] {
        let taken = taken(path, &document).bytes;
        assert!(taken >= bytes, "{path} takes {taken} bytes, not {bytes}");
    }
}

#[test]
fn stops_where_nothing_is_left() {
    let document = json!({"list": [1, 2, 3], "text": "abc"});
    for path in ["$.list", "$.list[*]", "$.text.concat('x')", "$..list"] {
        let path = JsonPath::parse(path).expect("a path");
        let mut left = Allowance {
            visits: 0,
            ..Allowance::default()
        };
        let error = path.find_within(&document, &mut left).err();
        assert_eq!(error, Some(FindError::TooManyVisits), "{path}");
        if path.as_str() == "$.list" {
            continue;
        }
        let mut left = Allowance {
            bytes: 0,
            ..Allowance::default()
        };
        let error = path.find_within(&document, &mut left).err();
        assert_eq!(error, Some(FindError::TooManyBytes), "{path}");
    }
}

#[test]
fn memory_is_limited() {
    // A literal of the path for each element of the document, and a name many times over.
    let literal = format!("{{\"a\":[{}1]}}", "1,".repeat(4_000));
    let lists = json!(vec![json!([]); 100_000]);
    let names = json!({"m": {&*"n".repeat(1_000_000): 1}});
    for (path, document) in [
        (format!("$[*].append({literal})"), &lists),
        (
            format!("$[{}].keys()", vec!["'m'"; 2_000].join(",")),
            &names,
        ),
    ] {
        let path = JsonPath::parse(&path).expect("it is a path");
        assert_eq!(path.find(document), Err(FindError::TooManyBytes));
    }
}

#[test]
fn regular_expressions_cost_what_they_take_to_compile() {
    let pattern = |pattern: &str| format!("$[?(@ =~ /{pattern}/)]");
    let cost = |path: &str| {
        let mut left = Allowance::default();
        JsonPath::parse_within(path, &mut left).expect("a path");
        MAX_VISITS - left.visits
    };
    assert!(cost("$.pets[0].name") < 10);
    assert!(cost(&pattern("a")) > 5_000);
    assert!(cost(&pattern("a{1000}")) > 10_000);
    let many = vec!["@ =~ /a{999}/"; 800].join("||");
    assert_eq!(parse_error(&format!("$[?({many})]")), PathError::TooCostly);
    // A text of the document that looks like such a path compiles nothing.
    let document = json!({"in": [pattern("(a{99}){99}")]});
    assert!(taken("$[?('x' in $.in)]", &document).visits < 100);
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
