//! Laws that hold for every path and document.

#![cfg(feature = "serde_json")]

use std::convert::Infallible;

#[path = "support/shared.rs"]
mod shared;

use proptest::prelude::*;
use serde_json::Value;
use shared::SharedBuilder;
use tollgate_jsonpath::{Found, JsonPath, Node, Number, View, read_lenient, read_lenient_with};

/// Texts made of what paths are made of.
fn path_text() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "$",
        "@",
        ".",
        "..",
        "*",
        "[",
        "]",
        "(",
        ")",
        "?",
        "?(",
        "'",
        "\"",
        ",",
        ":",
        "0",
        "1",
        "-1",
        "2",
        "a",
        "b",
        "'a'",
        "['a']",
        "[0]",
        "[*]",
        "[?(@.a",
        ")]",
        " ",
        "==",
        "!=",
        "<",
        "=~",
        "/a/",
        "/",
        "in",
        "nin",
        "size",
        "&&",
        "||",
        "!",
        "true",
        "null",
        "1.5",
        "[1]",
        "{",
        "}",
        ".length()",
        ".sum()",
        ".concat(",
        ".append(1)",
        "\\",
        "é",
        "😀",
    ]);
    prop::collection::vec(token, 0..14).prop_map(|tokens| tokens.concat())
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        (-2.0..2.0).prop_map(Value::from),
        "[ab$@'1]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[abc]", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[derive(Clone, Debug)]
enum Hop {
    Name(String),
    Position(i32),
}

fn hops() -> impl Strategy<Value = Vec<Hop>> {
    let hop = prop_oneof![
        "[abc]".prop_map(Hop::Name),
        (-3_i32..4).prop_map(Hop::Position)
    ];
    prop::collection::vec(hop, 0..5)
}

fn walk<'v>(document: &'v Value, hops: &[Hop]) -> Option<&'v Value> {
    hops.iter()
        .try_fold(document, |value, hop| match (hop, value) {
            (Hop::Name(name), Value::Object(map)) => map.get(name),
            (Hop::Position(position), Value::Array(list)) => {
                let from_end = || list.len().checked_sub(position.unsigned_abs() as usize);
                list.get(usize::try_from(*position).ok().or_else(from_end)?)
            }
            _ => None,
        })
}

fn written(hops: &[Hop]) -> String {
    let step = |hop: &Hop| match hop {
        Hop::Name(name) => format!("['{name}']"),
        Hop::Position(position) => format!("[{position}]"),
    };
    format!("${}", hops.iter().map(step).collect::<String>())
}

/// Steps that Jayway and RFC 9535 read alike, behind a wildcard or scan of names.
fn shared_path() -> impl Strategy<Value = String> {
    let step = prop::sample::select(vec![
        ".a", ".b", "['c']", "[0]", "[-1]", "[1]", "[0:2]", "[1:]", "[:-1]", "[-2:]",
    ]);
    let tail = prop::sample::select(vec![
        "",
        ".*",
        "[*]",
        "..a",
        "..b",
        "[?(@.a)]",
        "[?(@.a == 1)]",
    ]);
    (prop::collection::vec(step, 0..3), tail)
        .prop_map(|(steps, tail)| format!("${}{tail}", steps.concat()))
}

/// A result in a form that is one for both kinds of values: a decimal fraction is a double.
fn printed(found: &impl Node) -> String {
    let mut text = String::new();
    print(found, &mut text);
    text
}

fn print(node: &impl Node, out: &mut String) {
    match node.view() {
        View::List => {
            out.push('[');
            let _: Result<(), Infallible> = node.try_each_element(|element| {
                print(&element, out);
                out.push(',');
                Ok(())
            });
            out.push(']');
        }
        View::Map => {
            out.push('{');
            let _: Result<(), Infallible> = node.try_each_member(|name, member| {
                *out += &format!("{name:?}:");
                print(&member, out);
                out.push(',');
                Ok(())
            });
            out.push('}');
        }
        View::Number(number @ (Number::Double(_) | Number::Decimal(_))) => {
            *out += &format!("{:?}", number.to_f64());
        }
        scalar => *out += &format!("{scalar:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_text_panics(path in path_text(), any in any::<String>(), document in document()) {
        for path in [path, any] {
            if let Ok(path) = JsonPath::parse(&path) {
                let found = path.find(&document);
                if let (false, Ok(found)) = (path.is_definite(), found) {
                    prop_assert!(matches!(found, Found::List(_)), "{}", path);
                }
            }
        }
    }

    #[test]
    fn a_path_prints_as_it_was_parsed(path in path_text()) {
        if let Ok(parsed) = JsonPath::parse(&path) {
            let again: JsonPath = parsed.to_string().parse().expect("a path it printed");
            prop_assert_eq!(again.as_str(), path.as_str());
            prop_assert_eq!(again.is_definite(), parsed.is_definite());
        }
    }

    #[test]
    fn a_definite_path_is_a_walk(document in document(), hops in hops()) {
        prop_assume!(!document.is_null());
        let path = JsonPath::parse(&written(&hops)).expect("names and positions");
        prop_assert!(path.is_definite());
        match (path.find(&document), walk(&document, &hops)) {
            (Ok(Found::Node(found)), Some(value)) => prop_assert!(std::ptr::eq(found, value)),
            (Err(error), None) => prop_assert!(error.is_not_found()),
            (found, expected) => prop_assert!(false, "{:?} {:?}", found, expected),
        }
    }

    #[test]
    fn both_kinds_of_values_agree(path in path_text(), document in document()) {
        if let Ok(path) = JsonPath::parse(&path) {
            let shared = read_lenient_with(&document.to_string(), &mut SharedBuilder);
            let shared = path.find(shared.expect("JSON is lenient JSON"));
            let plain = path.find(&document);
            match (plain, shared) {
                (Ok(plain), Ok(shared)) => {
                    let shared = shared::Shared::from_found(&shared);
                    prop_assert_eq!(printed(&plain), printed(&shared), "{}", path);
                }
                (plain, shared) => prop_assert_eq!(plain.err(), shared.err()),
            }
        }
    }

    /// Where RFC 9535 has a list of nodes, Jayway has it too, or fails on what is missing.
    #[test]
    fn agrees_with_rfc_9535_where_both_mean_the_same(
        path in shared_path(),
        document in document(),
    ) {
        prop_assume!(!document.is_null());
        let ours = JsonPath::parse(&path).expect("a shared path");
        let theirs = serde_json_path::JsonPath::parse(&path).expect("a shared path");
        // A filter on an object keeps the object here and picks members there; `1` equals `"1"`.
        prop_assume!(!path.contains('?') || filters_plain_lists(&path, &document));
        let nodes = theirs.query(&document).all();
        match ours.find(&document) {
            Ok(Found::Node(found)) => prop_assert_eq!(vec![found], nodes),
            Ok(Found::List(found)) => {
                let mut found: Vec<String> =
                    found.into_iter().map(|it| Value::from(it).to_string()).collect();
                let mut nodes: Vec<String> = nodes.into_iter().map(Value::to_string).collect();
                // Scans visit parents first here, in any order there.
                found.sort();
                nodes.sort();
                prop_assert_eq!(found, nodes, "{}", path);
            }
            Ok(other) => prop_assert!(false, "{:?}", other),
            Err(_) => prop_assert!(nodes.is_empty(), "{}", path),
        }
    }

    #[test]
    fn strict_json_reads_the_same_leniently(document in document()) {
        prop_assert_eq!(read_lenient(&document.to_string()), Ok(document));
    }

    #[test]
    fn no_document_panics(text in "[\\[\\]{}:,'\"a1.eE+\\- \\\\unltrue\u{0}é]{0,24}", any in any::<String>()) {
        for text in [text, any] {
            if let Ok(document) = read_lenient(&text) {
                prop_assert!(read_lenient(&document.to_string()).is_ok());
            }
        }
    }
}

/// Whether all that the filter of a path is applied to are lists whose elements have no text to
/// compare with a number.
fn filters_plain_lists(path: &str, document: &Value) -> bool {
    let before = path.split("[?").next().unwrap_or_default();
    let before = serde_json_path::JsonPath::parse(before).expect("a shared path");
    let plain = |element: &Value| !matches!(element.get("a"), Some(Value::String(_)));
    before
        .query(document)
        .all()
        .into_iter()
        .all(|value| match value {
            Value::Array(list) => list.iter().all(plain),
            _ => false,
        })
}
