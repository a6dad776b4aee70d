//! Whether the items of a list differ.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::{Number, Value};

/// Whether no two items are equal. Equal ones have the same text here, and texts are found by a hash
/// that no body can foresee: it takes time in proportion to the list, whatever is in it.
pub(crate) fn is_unique(items: &[Value]) -> bool {
    if items.len() < 2 {
        return true;
    }
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().all(|item| {
        let mut text = String::new();
        write(&mut text, item);
        seen.insert(text)
    })
}

/// Writes a value such that equal ones look alike: members sorted, numbers by their worth.
fn write(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push('n'),
        Value::Bool(true) => text.push('t'),
        Value::Bool(false) => text.push('f'),
        Value::Number(number) => number_text(text, number),
        Value::String(it) => quoted(text, it),
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(text, item);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in sorted {
                quoted(text, name);
                write(text, value);
                text.push(',');
            }
            text.push('}');
        }
    }
}

/// With its length before it, so that it needs no escapes.
fn quoted(text: &mut String, it: &str) {
    // Writing to a text does not fail.
    _ = write!(text, "\"{}:", it.len());
    text.push_str(it);
}

fn number_text(text: &mut String, number: &Number) {
    /// Below, a float without a fraction is one of these integers.
    const WHOLE: f64 = 1e38;
    let whole = number.as_i128().or_else(|| {
        number
            .as_f64()
            .filter(|it| it.fract() == 0.0 && it.abs() < WHOLE)
            .map(|it| it as i128)
    });
    _ = match (whole, number.as_f64()) {
        (Some(whole), _) => write!(text, "{whole}"),
        (None, Some(float)) => write!(text, "x{:x}", float.to_bits()),
        (None, None) => write!(text, "{number}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tells_values_apart_by_their_worth() {
        for (items, expected) in [
            (json!([]), true),
            (json!([1]), true),
            (json!([1, 1.0]), false),
            (json!([0.0, -0.0]), false),
            (json!([0, -0.0]), false),
            (json!([1, true, "1", "true", null, "n", 1.5]), true),
            (json!([1.5, 1.5]), false),
            (json!([1e300, 1e300]), false),
            (json!([1e300, 1e301]), true),
            (
                json!([9_007_199_254_740_993_u64, 9_007_199_254_740_992_u64]),
                true,
            ),
            (json!([u64::MAX, 18_446_744_073_709_551_616.0]), true),
            (json!([{"a": 1, "b": 2}, {"b": 2, "a": 1.0}]), false),
            (json!([{"a": 1}, {"a": {"a": 1}}]), true),
            (json!([["a", "b"], ["a,b"], ["ab"]]), true),
            (json!([[1, 2], [12], [[1], 2]]), true),
            (json!([["\"1:a"], ["a"]]), true),
        ] {
            let Value::Array(list) = &items else { continue };
            assert_eq!(is_unique(list), expected, "{items}");
        }
    }
}
