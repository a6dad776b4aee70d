//! What the methods of numbers share.

use std::cmp::Ordering;

use crate::error::CallError;
use crate::value::Value;

/// What `compareTo` gives.
pub(super) fn order<'a>(ordering: Ordering) -> Value<'a> {
    (ordering as i32).into()
}

pub(super) fn not_a_number(text: &str) -> CallError {
    CallError::NotANumber {
        text: text.to_owned(),
    }
}

/// Reads a whole number as Java does: a sign and digits, nothing else.
pub(super) fn parse_long(text: &str, radix: u32) -> Result<i64, CallError> {
    i64::from_str_radix(text, radix).map_err(|_| not_a_number(text))
}

/// The base of a number system, which Java has from 2 to 36.
pub(super) fn radix(value: &Value<'_>) -> Option<u32> {
    let radix = value.as_int().and_then(|radix| u32::try_from(radix).ok());
    radix.filter(|radix| (2..=36).contains(radix))
}

/// Reads a floating-point number as Java does: blanks around it, a suffix and `NaN` are allowed.
pub(super) fn parse_double(text: &str) -> Result<f64, CallError> {
    let trimmed = text.trim_matches(|char| char <= ' ');
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let number = match unsigned {
        "NaN" => Some(f64::NAN),
        "Infinity" if trimmed.starts_with('-') => Some(f64::NEG_INFINITY),
        "Infinity" => Some(f64::INFINITY),
        // Rust knows more words for these, Java has a suffix.
        _ if unsigned.starts_with(|char: char| char.is_ascii_digit() || char == '.') => trimmed
            .strip_suffix(['d', 'D', 'f', 'F'])
            .unwrap_or(trimmed)
            .parse()
            .ok(),
        _ => None,
    };
    number.ok_or_else(|| not_a_number(text))
}
