//! Methods of characters, which `charAt` gives.

use super::Outcome;
use super::name::Name;
use crate::error::CallError;
use crate::value::{self, Value};

pub(super) fn call<'a>(unit: u16, name: Name, arguments: &[Value<'a>]) -> Outcome<'a> {
    match (name, arguments) {
        (Name::CharValue, []) => return Ok(Some(Value::Char(unit))),
        (Name::CompareTo, [Value::Char(other)]) => {
            return Ok(Some((i32::from(unit) - i32::from(*other)).into()));
        }
        (Name::CompareTo, [_]) => return Err(CallError::Arguments),
        (Name::Compare, [Value::Char(a), Value::Char(b)]) => {
            return Ok(Some((i32::from(*a) - i32::from(*b)).into()));
        }
        (Name::ForDigit, [digit, radix]) => {
            let radix = radix.as_int().and_then(|radix| u32::try_from(radix).ok());
            let radix = radix.filter(|radix| (2..=36).contains(radix));
            let digit = digit.as_int().and_then(|digit| u32::try_from(digit).ok());
            let char = radix.zip(digit).and_then(|(r, d)| char::from_digit(d, r));
            return Ok(Some(Value::Char(char.map_or(0, |char| char as u16))));
        }
        _ => {}
    }
    let [subject, rest @ ..] = arguments else {
        return Ok(None);
    };
    // The static methods take a character or its code.
    let (char, code) = match subject {
        Value::Char(unit) => (value::char(*unit), i64::from(*unit)),
        subject => {
            let code = subject.as_int().unwrap_or_default();
            let char = u32::try_from(code).ok().and_then(char::from_u32);
            (char.unwrap_or('\0'), code)
        }
    };
    let same_kind = |char: char| match subject {
        Value::Char(_) => u16::try_from(u32::from(char)).map_or(Value::Null, Value::Char),
        _ => u32::from(char).into(),
    };
    Ok(Some(match name {
        Name::ValueOf => subject.clone(),
        Name::ToString if code < 0 || code > i64::from(u32::from(char::MAX)) => {
            return Err(CallError::Arguments);
        }
        Name::ToString => char.to_string().into(),
        Name::HashCode => code.into(),
        // Java counts decimal digits of every script, Rust all kinds of numbers.
        Name::IsDigit => (char.is_ascii_digit() || is_decimal_digit(char)).into(),
        Name::IsLetter => char.is_alphabetic().into(),
        Name::IsLetterOrDigit => (char.is_alphabetic() || is_decimal_digit(char)).into(),
        Name::IsAlphabetic => char.is_alphabetic().into(),
        Name::IsLowerCase => char.is_lowercase().into(),
        Name::IsUpperCase => char.is_uppercase().into(),
        Name::IsWhitespace => is_whitespace(char).into(),
        Name::IsSpaceChar => (char.is_whitespace() && !char.is_control()).into(),
        Name::ToLowerCase => same_kind(single(char.to_lowercase(), char)),
        Name::ToUpperCase => same_kind(single(char.to_uppercase(), char)),
        Name::GetNumericValue => digit(char, 36),
        Name::Digit => {
            let radix = rest.first().and_then(Value::as_int).unwrap_or_default();
            let radix = u32::try_from(radix).ok();
            match radix.filter(|radix| (2..=36).contains(radix)) {
                Some(radix) => digit(char, radix),
                None => (-1).into(),
            }
        }
        _ => return Ok(None),
    }))
}

/// Java's whitespace: without the blanks that keep words together.
pub(super) fn is_whitespace(char: char) -> bool {
    match char {
        '\u{1c}'..='\u{1f}' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        char => char.is_whitespace(),
    }
}

fn is_decimal_digit(char: char) -> bool {
    char.is_ascii_digit()
}

fn digit<'a>(char: char, radix: u32) -> Value<'a> {
    char.to_digit(radix).map_or(Value::from(-1), Value::from)
}

/// A mapping of case if it gives one character, else the character as it is.
fn single(mut mapped: impl Iterator<Item = char>, otherwise: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(single), None) => single,
        _ => otherwise,
    }
}
