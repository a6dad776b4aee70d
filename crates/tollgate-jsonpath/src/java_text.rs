//! Values as Java's `toString()` prints them.

use std::fmt::Write as _;

use crate::error::FindError;
use crate::evaluate::Scope;
use crate::filter::weight_of_text;
use crate::found::Found;
use crate::limits::MAX_DEPTH;
use crate::node::{Node, Number, View};

/// Appends what `toString()` gives: strings bare, lists as JSON, maps as `{name=value}`.
pub(crate) fn print<N: Node>(
    value: &Found<N>,
    out: &mut String,
    scope: &mut Scope<'_, N>,
) -> Result<(), FindError> {
    print_at(value, Style::Java, 0, out, scope)
}

/// A list is json-smart's `JSONArray`, which prints itself and all in it as JSON.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Java,
    Json,
}

/// Counts a text that is to be appended.
pub(crate) fn take<N: Node>(text: &str, scope: &mut Scope<'_, N>) -> Result<(), FindError> {
    scope.visit(weight_of_text(&View::Text(text)))?;
    scope.make(text.len())
}

fn print_at<N: Node>(
    value: &Found<N>,
    style: Style,
    depth: usize,
    out: &mut String,
    scope: &mut Scope<'_, N>,
) -> Result<(), FindError> {
    if depth > MAX_DEPTH {
        return Err(FindError::TooDeep);
    }
    let view = value.view();
    match &view {
        View::Text(text) => take(text, scope)?,
        _ => scope.visit(1)?,
    }
    match view {
        View::Null | View::Opaque => out.push_str("null"),
        View::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        View::Number(number) => print_number(&number, out),
        View::Text(text) if style == Style::Java => out.push_str(text),
        View::Text(text) => print_json_text(text, out),
        View::List => {
            out.push('[');
            let mut separator = "";
            value.try_each_element(|element| {
                out.push_str(separator);
                separator = ",";
                print_at(&element, Style::Json, depth + 1, out, scope)
            })?;
            out.push(']');
        }
        View::Map => {
            out.push('{');
            let mut separator = "";
            value.try_each_member(|name, member| {
                take(name, scope)?;
                out.push_str(separator);
                if style == Style::Java {
                    separator = ", ";
                    out.push_str(name);
                    out.push('=');
                } else {
                    separator = ",";
                    print_json_text(name, out);
                    out.push(':');
                }
                print_at(&member, style, depth + 1, out, scope)
            })?;
            out.push('}');
        }
    }
    Ok(())
}

pub(crate) fn print_number(number: &Number<'_>, out: &mut String) {
    match number {
        Number::Int(number) => {
            // Writing to a string does not fail.
            let _ = write!(out, "{number}");
        }
        Number::BigInt(digits) | Number::Decimal(digits) => out.push_str(digits),
        Number::Double(number) => out.push_str(&java_double(*number)),
    }
}

/// `Double.toString()`: plain between 0.001 and 10,000,000, else with an exponent.
pub(crate) fn java_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let magnitude = number.abs();
    if number == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{number:?}");
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

/// A string as json-smart writes it inside a list: `/` escaped, and control characters.
fn print_json_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04X}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::java_double;

    #[test]
    fn prints_doubles_as_java_does() {
        for (number, expected) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (1.5e300, "1.5E300"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(java_double(number), expected);
        }
    }
}
