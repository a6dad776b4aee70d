//! What json-smart's permissive mode makes of a text, one row of `data/lenient.tsv` each.

#[path = "support/shared.rs"]
#[allow(dead_code, reason = "no path is followed here")]
mod shared;

use shared::{Shared, SharedBuilder};
use tollgate_jsonpath::{
    Build, ErrorKind, MAX_DEPTH, MAX_DOCUMENT_LEN, Number, ReadError, read_lenient_with,
};

#[test]
fn reads_as_json_smart_does() {
    let mut differences = Vec::new();
    let rows = include_str!("data/lenient.tsv").lines();
    for row in rows.filter(|row| !row.starts_with('#')) {
        let (text, expected) = row.split_once('\t').expect("a row has columns");
        let Ok(Shared::Text(text)) = read(text) else {
            panic!("{text} is not a string");
        };
        let actual = match read(&text) {
            Ok(value) => format!("{}\t{}", print(&value), class(&value)),
            Err(error) => format!("! {:?}", error.kind()),
        };
        if actual != expected {
            differences.push(format!("{text:?} gives {actual}, expected {expected}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn leaves_out_control_characters_beside_escapes() {
    for (text, expected) in [
        ("'a\u{1}b\u{7f}'", "a\u{1}b\u{7f}"),
        ("'a\u{1}\\nb\u{7f}'", "a\nb"),
        ("\u{1} bare \u{2}", "bare"),
        ("'\\ud83d'", "\u{fffd}"),
    ] {
        assert_eq!(read(text), Ok(Shared::Text(expected.into())), "{text:?}");
    }
    assert!(
        read("[1\u{1a}]").is_err(),
        "json-smart takes U+001A for the end"
    );
}

#[test]
fn says_where_and_what_was_expected() {
    for (text, expected) in [
        ("", "an empty document, expected a value"),
        (
            "{\"a\" 1}",
            "byte 5 of the document: expected `:` after the name",
        ),
        ("[1, 'x", "byte 6 of the document: expected a closing quote"),
        (
            "['\\u12']",
            "byte 4 of the document: expected hexadecimal digits after the escape",
        ),
        (
            "[1.0000000000000000000e9999999999]",
            "byte 1 of the document: expected a number with a smaller exponent",
        ),
    ] {
        assert_eq!(
            read(text).map_err(|error| error.to_string()),
            Err(expected.into())
        );
    }
    let number = read("[1.0000000000000000000e9999999999]").map_err(|error| error.kind());
    assert_eq!(number, Err(ErrorKind::IllegalArgument));
}

#[test]
fn refuses_what_is_too_deep_or_too_long() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(
        read(&nested(MAX_DEPTH + 1)),
        Err(ReadError::TooDeep { at: MAX_DEPTH })
    );
    assert_eq!(
        read(&"{a:".repeat(100_000)),
        Err(ReadError::TooDeep { at: 3 * MAX_DEPTH })
    );
    let length = MAX_DOCUMENT_LEN + 1;
    assert_eq!(
        read(&" ".repeat(length)),
        Err(ReadError::TooLong { length })
    );
}

fn read(text: &str) -> Result<Shared, ReadError> {
    read_lenient_with(text, &mut SharedBuilder)
}

/// JSON as json-smart prints it.
fn print(value: &Shared) -> String {
    match value {
        Shared::Null => "null".to_owned(),
        Shared::Bool(value) => value.to_string(),
        Shared::Number(number) => print_number(number),
        Shared::Text(text) => quoted(text),
        Shared::List(list) => {
            let elements: Vec<_> = list.borrow().iter().map(print).collect();
            format!("[{}]", elements.join(","))
        }
        Shared::Map(members) => {
            let member =
                |(name, value): &(String, Shared)| format!("{}:{}", quoted(name), print(value));
            let members: Vec<_> = members.borrow().iter().map(member).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

/// Infinities print as `null`, doubles from ten million on with an exponent.
fn print_number(number: &Number<'_>) -> String {
    match number {
        Number::Int(number) => number.to_string(),
        Number::BigInt(digits) | Number::Decimal(digits) => digits.as_ref().to_owned(),
        Number::Double(number) if number.is_infinite() => "null".to_owned(),
        Number::Double(number) if number.abs() >= 1e7 || (0.0 < *number && *number < 1e-3) => {
            let text = format!("{number:E}");
            match text.split_once('E') {
                Some((digits, exponent)) if !digits.contains('.') => {
                    format!("{digits}.0E{exponent}")
                }
                _ => text,
            }
        }
        Number::Double(number) => format!("{number:?}"),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0' => quoted.push_str("\\u0000"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

fn class(value: &Shared) -> &'static str {
    match value {
        Shared::Null => "null",
        Shared::Bool(_) => "Boolean",
        Shared::Number(Number::Int(number)) if i32::try_from(*number).is_ok() => "Integer",
        Shared::Number(Number::Int(_)) => "Long",
        Shared::Number(Number::BigInt(_)) => "BigInteger",
        Shared::Number(Number::Double(number)) if number.is_nan() => "Float",
        Shared::Number(Number::Double(_)) => "Double",
        Shared::Number(_) => "BigDecimal",
        Shared::Text(_) => "String",
        Shared::List(_) => "JSONArray",
        Shared::Map(_) => "LinkedHashMap",
    }
}

#[cfg(feature = "serde_json")]
#[test]
fn serde_json_values_keep_what_they_can() {
    use tollgate_jsonpath::read_lenient;

    let document = read_lenient(
        "{big: 18446744073709551615, bigger: 18446744073709551616, not: NaN, a: 1, b: 2, a: 3}",
    );
    let expected = serde_json::json!({
        "big": u64::MAX, "bigger": 18_446_744_073_709_551_616.0, "not": null, "a": 3, "b": 2,
    });
    assert_eq!(document, Ok(expected));
}

/// A builder may make anything: here it counts.
#[test]
fn builds_other_things_than_trees() {
    struct Count;
    impl Build for Count {
        type Value = usize;
        fn null(&mut self) -> usize {
            1
        }
        fn bool(&mut self, _: bool) -> usize {
            1
        }
        fn number(&mut self, _: Number<'_>) -> usize {
            1
        }
        fn text(&mut self, _: String) -> usize {
            1
        }
        fn list(&mut self, elements: Vec<usize>) -> usize {
            1 + elements.iter().sum::<usize>()
        }
        fn map(&mut self, members: Vec<(String, usize)>) -> usize {
            1 + members.iter().map(|(_, count)| count).sum::<usize>()
        }
    }
    assert_eq!(
        read_lenient_with("{a: [1, null, true], b: x}", &mut Count),
        Ok(6)
    );
}
