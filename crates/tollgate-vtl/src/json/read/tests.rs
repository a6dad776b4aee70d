//! What the reader takes and refuses.

use super::*;

#[test]
fn reads_what_a_json_library_reads() {
    for text in [
        "null",
        " true ",
        "false",
        "0",
        "12",
        "-7",
        "1.50",
        "1e3",
        "-2.5E-3",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        r#""""#,
        r#""plain é 😀""#,
        r#""a\"\\\/\b\f\n\r\t""#,
        r#""\u00e9\uD83D\uDE00x""#,
        "[]",
        "[ ]",
        "[1, [2, []]]",
        "{}",
        r#"{"a": 1, "b": {"c": [true]}}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"b":1,"a":2}"#,
        "\t[\n1\r]\n",
    ] {
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        let actual = Value::from_json_str(text).unwrap().to_json().unwrap();
        let actual: serde_json::Value = serde_json::from_str(&actual).unwrap();
        assert_eq!(actual, expected, "{text}");
    }
}

#[test]
fn refuses_what_a_json_library_refuses() {
    for text in [
        "",
        " ",
        "nul",
        "truex",
        "01",
        "-",
        "+1",
        ".5",
        "5.",
        "1e",
        "1e400",
        "'a'",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\uD83D\"",
        "\"\\uDE00\"",
        "\"\\uD83Dx\"",
        "\"a\nb\"",
        "[",
        "[1",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "[]]",
        "1 2",
        "\u{feff}1",
    ] {
        assert!(
            serde_json::from_str::<serde_json::Value>(text).is_err(),
            "{text}"
        );
        assert!(Value::from_json_str(text).is_err(), "{text}");
    }
}

#[test]
fn keeps_large_whole_numbers_exact() {
    let number = "-123456789012345678901234567890";
    assert_eq!(
        Value::from_json_str(number).unwrap().to_json().unwrap(),
        number
    );
}

#[test]
fn bounds_depth_and_digits() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Value::from_json_str(&nested(DEEPEST)).is_ok());
    let error = Value::from_json_str(&nested(DEEPEST + 1)).unwrap_err();
    assert_eq!(
        error,
        JsonError {
            problem: Problem::Depth,
            at: DEEPEST
        }
    );
    assert_eq!(
        Value::from_json_str(&"9".repeat(2_000))
            .unwrap_err()
            .problem,
        Problem::NumberRange
    );
}

#[test]
fn borrows_strings_without_escapes() {
    let text = String::from(r#"["plain"]"#);
    let value = Value::from_json_str(&text).unwrap();
    let item = value.as_list().unwrap().get(0).unwrap();
    let address = item.as_str().unwrap().as_ptr() as usize;
    assert_eq!(address, text.as_ptr() as usize + 2);
}

#[test]
fn values_are_counted() {
    let list = |elements: usize| format!("[{}0]", "0,".repeat(elements - 1));
    // The list is a value itself.
    assert!(Value::from_json_str(&list(MOST_VALUES - 1)).is_ok());
    let error = Value::from_json_str(&list(MOST_VALUES)).unwrap_err();
    assert_eq!(error.problem, Problem::Values);
}
