//! Methods of numbers and booleans.

use std::cmp::Ordering;

use crate::error::CallError;
use crate::operators::compare;
use crate::render::Budget;
use crate::value::{Int, Value};

use super::Outcome;

pub(super) fn call_int<'a>(
    number: &Int,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(Some(match (method, arguments) {
        ("intValue", []) => (number.wrapping_i64() as i32).into(),
        ("longValue", []) => number.wrapping_i64().into(),
        ("doubleValue" | "floatValue", []) => number.to_f64().into(),
        ("compareTo", [other @ Value::Int(_)]) => order(compare(&number.clone().into(), other)),
        ("compareTo", [_]) => return Err(CallError::Arguments),
        ("hashCode", []) => hash_code(number.wrapping_i64()).into(),
        // Static in Java, and the published way to turn a string into a number.
        ("parseInt" | "parseLong" | "valueOf", [Value::Str(text)]) => {
            let digits = text.strip_prefix('+').unwrap_or(text);
            let parsed = Int::parse(digits, budget.limits())?;
            let fits = parsed.filter(|parsed| parsed.as_i64().is_some());
            fits.ok_or_else(|| not_a_number(text))?.into()
        }
        ("parseInt" | "parseLong" | "valueOf", [Value::Str(text), Value::Int(radix)]) => {
            let radix = radix.as_i64().and_then(|radix| u32::try_from(radix).ok());
            let radix = radix.filter(|radix| (2..=36).contains(radix));
            let parsed = radix.and_then(|radix| i64::from_str_radix(text, radix).ok());
            parsed.ok_or_else(|| not_a_number(text))?.into()
        }
        ("valueOf", [value @ Value::Int(_)]) => value.clone(),
        ("max" | "min", [a @ Value::Int(_), b @ Value::Int(_)]) => {
            let first = (compare(a, b) == Some(Ordering::Less)) == (method == "min");
            if first { a.clone() } else { b.clone() }
        }
        ("sum", [Value::Int(a), Value::Int(b)]) => a.add(b, budget.limits())?.into(),
        _ => return Ok(None),
    }))
}

pub(super) fn call_double<'a>(number: f64, method: &str, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Some(match (method, arguments) {
        // `as` saturates as Java's conversion does.
        ("intValue", []) => (number as i32).into(),
        ("longValue", []) => (number as i64).into(),
        ("doubleValue" | "floatValue", []) => number.into(),
        ("isNaN", []) => number.is_nan().into(),
        ("isInfinite", []) => number.is_infinite().into(),
        ("compareTo", [Value::Double(other)]) => order(Some(number.total_cmp(other))),
        ("compareTo", [_]) => return Err(CallError::Arguments),
        ("parseDouble" | "valueOf", [Value::Str(text)]) => {
            let number = text.trim().parse::<f64>().map_err(|_| not_a_number(text))?;
            number.into()
        }
        ("max" | "min", [Value::Double(a), Value::Double(b)]) => {
            if method == "min" {
                a.min(*b).into()
            } else {
                a.max(*b).into()
            }
        }
        ("sum", [Value::Double(a), Value::Double(b)]) => (a + b).into(),
        _ => return Ok(None),
    }))
}

pub(super) fn call_bool<'a>(value: bool, method: &str, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Some(match (method, arguments) {
        ("booleanValue", []) => value.into(),
        ("compareTo", [Value::Bool(other)]) => order(Some(value.cmp(other))),
        ("compareTo", [_]) => return Err(CallError::Arguments),
        ("parseBoolean" | "valueOf", [Value::Str(text)]) => {
            text.eq_ignore_ascii_case("true").into()
        }
        _ => return Ok(None),
    }))
}

fn order<'a>(ordering: Option<Ordering>) -> Value<'a> {
    ordering.map(|ordering| ordering as i32).into()
}

fn not_a_number(text: &str) -> CallError {
    CallError::NotANumber {
        text: text.to_owned(),
    }
}

/// Java hashes a number of at most 32 bits to itself, and folds a longer one.
fn hash_code(number: i64) -> i32 {
    i32::try_from(number).unwrap_or((number ^ (number >> 32)) as i32)
}
