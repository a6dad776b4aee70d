//! One spelling of each JSON value.

use serde_json::{Map, Number, Value};

/// Objects whose members are tried in their order, so that another order is another meaning: the
/// first integration response whose pattern matches is taken, and the first template where none is
/// for the client's media type.
const ORDERED: [&str; 2] = ["integrationResponses", "responseTemplates"];

/// Integers up to which a float holds each.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_992.0;

/// Writes a value without white space, with the members of objects by their names' bytes, and whole
/// numbers without fraction or exponent. Texts are escaped where JSON demands it and nowhere else.
pub(crate) fn canonical(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, Order::Sorted, &mut out);
    out
}

#[derive(Clone, Copy)]
enum Order {
    Sorted,
    Kept,
}

fn write(value: &Value, order: Order, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => out.extend_from_slice(number_text(number).as_bytes()),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, Order::Sorted, out);
            }
            out.push(b']');
        }
        Value::Object(members) => write_object(members, order, out),
    }
}

fn write_object(members: &Map<String, Value>, order: Order, out: &mut Vec<u8>) {
    let mut members: Vec<(&String, &Value)> = members.iter().collect();
    if let Order::Sorted = order {
        members.sort_unstable_by_key(|(name, _)| *name);
    }
    out.push(b'{');
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(name, out);
        out.push(b':');
        let order = if ORDERED.contains(&name.as_str()) {
            Order::Kept
        } else {
            Order::Sorted
        };
        write(value, order, out);
    }
    out.push(b'}');
}

fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float)
            if number.is_f64() && float.fract() == 0.0 && float.abs() <= MAX_SAFE_INTEGER =>
        {
            // The bound makes this exact; it turns -0.0 into 0, too.
            (float as i64).to_string()
        }
        _ => number.to_string(),
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("a text is JSON, and a vector takes it");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_one_spelling() {
        for (json, expected) in [
            ("{ }", "{}"),
            (
                r#"{"b": 1, "a": {"d": [], "c": null}}"#,
                r#"{"a":{"c":null,"d":[]},"b":1}"#,
            ),
            (r#"{"é": 1, "z": 2, "Z": 3}"#, r#"{"Z":3,"z":2,"é":1}"#),
            ("[2, 1, true, false]", "[2,1,true,false]"),
            (
                "[1.0, 1e2, -0.0, 0.5, 1E-2, 1e300]",
                "[1,100,0,0.5,0.01,1e+300]",
            ),
            ("[18446744073709551615, -1]", "[18446744073709551615,-1]"),
            (r#""\u00e9\/\n\u0001\"""#, r#""é/\n\u0001\"""#),
            (
                r#"{"responseTemplates": {"b": {"y": 1, "x": 2}, "a": null}}"#,
                r#"{"responseTemplates":{"b":{"x":2,"y":1},"a":null}}"#,
            ),
            (
                r#"{"integrationResponses": {"500": 1, "200": 2}}"#,
                r#"{"integrationResponses":{"500":1,"200":2}}"#,
            ),
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            let text = String::from_utf8(canonical(&value)).unwrap();
            assert_eq!(text, expected, "{json}");
            let again: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(canonical(&again), text.as_bytes(), "{json}");
        }
    }
}
