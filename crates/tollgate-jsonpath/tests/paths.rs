//! The rules of the dialect, one row of `data/paths.tsv` each, on both kinds of values.

#![cfg(feature = "serde_json")]

#[path = "support/shared.rs"]
mod shared;

use serde_json::Value;
use shared::{Shared, SharedBuilder};
use tollgate_jsonpath::{ErrorKind, JsonPath, Node, read_lenient_with};

const SHOP: &str = include_str!("data/shop.json");
const PATHS: &str = include_str!("data/paths.tsv");

#[test]
fn finds_in_serde_json_values() {
    let shop: Value = serde_json::from_str(SHOP).expect("the document is JSON");
    check(|path| {
        let found = find(path, &shop)?;
        Ok(Value::from(found))
    });
}

#[test]
fn finds_in_shared_values() {
    let shop = read_lenient_with(SHOP, &mut SharedBuilder).expect("the document is JSON");
    check(|path| Ok(to_json(&Shared::from_found(&find(path, shop.clone())?))));
}

fn check(find: impl Fn(&str) -> Result<Value, ErrorKind>) {
    let mut differences = Vec::new();
    let rows = PATHS.lines().filter(|row| !row.starts_with('#'));
    for (path, expected) in rows.map(|row| row.split_once('\t').expect("a row has two columns")) {
        let actual = match find(path) {
            Ok(value) => value.to_string(),
            Err(kind) => format!("! {kind:?}"),
        };
        if actual != expected {
            differences.push(format!("{path:?} gives {actual}, expected {expected}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn find<N: Node>(path: &str, root: N) -> Result<tollgate_jsonpath::Found<N>, ErrorKind> {
    let path = JsonPath::parse(path).map_err(|error| error.kind())?;
    path.find(root).map_err(|error| error.kind())
}

fn to_json(value: &Shared) -> Value {
    match value {
        Shared::Null => Value::Null,
        Shared::Bool(value) => Value::Bool(*value),
        Shared::Number(tollgate_jsonpath::Number::Int(number)) => (*number).into(),
        Shared::Number(tollgate_jsonpath::Number::BigInt(digits)) => digits
            .parse::<u64>()
            .expect("the one big number fits")
            .into(),
        Shared::Number(number) => number.to_f64().into(),
        Shared::Text(text) => Value::String(text.as_ref().into()),
        Shared::List(list) => Value::Array(list.borrow().iter().map(to_json).collect()),
        Shared::Map(members) => Value::Object(
            members
                .borrow()
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value)))
                .collect(),
        ),
    }
}

#[test]
fn knows_definite_paths() {
    for (path, definite) in [
        ("$", true),
        ("$.a[0]['b']", true),
        ("$.a['b','c']", true),
        ("$['a','b'].c", false),
        ("$.a[0,1]", false),
        ("$.a[0:1]", false),
        ("$.a[*]", false),
        ("$..a", false),
        ("$.a[?(@.b)]", false),
        ("$.a.length()", true),
        ("$.a[*].length()", false),
        ("$..a.length()", true),
        ("$.a..b.length()", false),
    ] {
        let path = JsonPath::parse(path).expect(path);
        assert_eq!(path.is_definite(), definite, "{path}");
    }
}

#[test]
fn refuses_a_null_document() {
    let null = Value::Null;
    for path in ["$", "$.a", "$..a"] {
        assert_eq!(
            find(path, &null).err(),
            Some(ErrorKind::IllegalArgument),
            "{path}"
        );
    }
}

#[test]
fn says_where_and_what_was_expected() {
    for (path, expected) in [
        ("", "an empty path, expected at least `$`"),
        (
            "a.b c",
            "byte 3 of the path: expected no blank; write ['...'] around a name with blanks",
        ),
        (
            "$.a[?(@.b ~ 1)]",
            "byte 10 of the path: expected an operator such as `==`, `=~` or `in`",
        ),
        (
            "$.a[?(@.b == @.c[x])]",
            "byte 16 of the path: expected a quoted name, a position, `*` or `?(` after `[`",
        ),
        (
            "$.max($.a b)",
            "byte 9 of the path: expected no blank; write ['...'] around a name with blanks",
        ),
    ] {
        let error = JsonPath::parse(path).expect_err(path);
        assert_eq!(error.to_string(), expected, "{path}");
    }
    let shop: Value = serde_json::from_str(SHOP).expect("the document is JSON");
    let missing = JsonPath::parse("$.shop.size[0]").map(|path| path.find(&shop).err());
    assert_eq!(
        missing.expect("a path").expect("nothing there").to_string(),
        "nothing found at step 2 of the path, expected an array with this element"
    );
}
