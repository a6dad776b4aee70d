//! Methods of strings.

use std::cmp::Ordering;

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Printer, Str, Value};

use super::pattern::{self, Which};
use super::{Outcome, format, index_below, index_up_to, utf16};

pub(super) fn property<'a>(text: &str, name: &str) -> Option<Value<'a>> {
    match name {
        "empty" => Some(text.is_empty().into()),
        "blank" => Some(is_blank(text).into()),
        _ => None,
    }
}

pub(super) fn call<'a>(
    text: &Str<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    budget.take_pass(text.len())?;
    if let Some(value) = look(text, method, arguments)? {
        return Ok(Some(value));
    }
    if let Some(value) = search(text, method, arguments) {
        return Ok(Some(value));
    }
    if let Some(value) = make(text, method, arguments, budget)? {
        return Ok(Some(value));
    }
    if let Some(value) = use_pattern(text, method, arguments, budget)? {
        return Ok(Some(value));
    }
    match method {
        "length" | "isEmpty" | "isBlank" | "trim" | "strip" | "toLowerCase" | "toUpperCase"
        | "toString" | "hashCode" | "toCharArray" | "intern"
            if !arguments.is_empty() =>
        {
            Err(CallError::Arguments)
        }
        _ => Ok(None),
    }
}

/// What can be read off a string without making a new one.
fn look<'a>(text: &Str<'a>, method: &str, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Some(match (method, arguments) {
        ("length", []) => utf16::length(text).into(),
        ("isEmpty", []) => text.is_empty().into(),
        ("isBlank", []) => is_blank(text).into(),
        ("toString" | "intern", []) => text.clone().into(),
        ("charAt", [index @ Value::Int(_)]) => {
            let at = index_below(index, utf16::length(text))?;
            utf16::slice(text, at, at + 1).into()
        }
        ("substring", [from @ Value::Int(_)]) => {
            let length = utf16::length(text);
            utf16::slice(text, index_up_to(from, length)?, length).into()
        }
        ("substring" | "subSequence", [from @ Value::Int(_), to @ Value::Int(_)]) => {
            let to = index_up_to(to, utf16::length(text))?;
            utf16::slice(text, index_up_to(from, to)?, to).into()
        }
        ("trim", []) => trimmed(text, text.trim_matches(|c| c <= ' ')).into(),
        ("strip", []) => trimmed(text, text.trim()).into(),
        ("stripLeading", []) => trimmed(text, text.trim_start()).into(),
        ("stripTrailing", []) => trimmed(text, text.trim_end()).into(),
        ("equalsIgnoreCase", [other]) => other
            .as_str()
            .is_some_and(|other| folded(text).eq(folded(other)))
            .into(),
        ("contentEquals", [Value::Str(other)]) => (text == other).into(),
        ("compareTo", [Value::Str(other)]) => {
            difference(text.encode_utf16(), other.encode_utf16()).into()
        }
        ("compareTo", [_]) => return Err(CallError::Arguments),
        ("compareToIgnoreCase", [Value::Str(other)]) => {
            let units = |text| folded(text).map(u32::from);
            difference(units(text), units(other)).into()
        }
        ("hashCode", []) => hash_code(text).into(),
        _ => return Ok(None),
    }))
}

/// Where something is in a string.
fn search<'a>(text: &Str<'a>, method: &str, arguments: &[Value<'a>]) -> Option<Value<'a>> {
    Some(match (method, arguments) {
        ("contains", [Value::Str(part)]) => text.contains(&**part).into(),
        ("startsWith", [Value::Str(prefix)]) => text.starts_with(&**prefix).into(),
        ("startsWith", [Value::Str(prefix), from @ Value::Int(_)]) => {
            let from = usize::try_from(from.as_int()?).ok();
            let from = from.filter(|from| *from <= utf16::length(text));
            from.and_then(|from| utf16::byte_offset(text, from))
                .is_some_and(|from| text[from..].starts_with(&**prefix))
                .into()
        }
        ("regionMatches", [from, Value::Str(other), other_from, length]) => {
            same_region(text, from, other, other_from, length, str::eq)?
        }
        (
            "regionMatches",
            [
                Value::Bool(fold),
                from,
                Value::Str(other),
                other_from,
                length,
            ],
        ) => {
            let same = if *fold {
                |a: &str, b: &str| folded(a).eq(folded(b))
            } else {
                str::eq
            };
            same_region(text, from, other, other_from, length, same)?
        }
        ("endsWith", [Value::Str(suffix)]) => text.ends_with(&**suffix).into(),
        ("indexOf" | "lastIndexOf", [part]) => {
            let part = needle(part)?;
            let found = if method == "indexOf" {
                text.find(&*part)
            } else {
                text.rfind(&*part)
            };
            position(text, found)
        }
        ("indexOf", [part, Value::Int(from)]) => {
            let part = needle(part)?;
            let from = usize::try_from(from.as_i64().unwrap_or(i64::MAX)).unwrap_or(0);
            // In the middle of a surrogate pair nothing begins, so the next character will do.
            let from = utf16::byte_offset(text, from)
                .or_else(|| utf16::byte_offset(text, from + 1))
                .unwrap_or(text.len());
            position(text, text[from..].find(&*part).map(|at| from + at))
        }
        ("lastIndexOf", [part, Value::Int(from)]) => {
            let part = needle(part)?;
            let from = usize::try_from(from.as_i64()?).ok();
            // What is found may begin at `from` but reach behind it.
            let end = from.map(|from| {
                let from = utf16::byte_offset(text, from)
                    .or_else(|| utf16::byte_offset(text, from - 1))
                    .unwrap_or_default();
                let mut end = from.saturating_add(part.len()).min(text.len());
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                end
            });
            position(text, end.and_then(|end| text[..end].rfind(&*part)))
        }
        _ => return None,
    })
}

/// New strings and lists.
fn make<'a>(
    text: &Str<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let made = match (method, arguments) {
        ("concat", [Value::Str(other)]) => {
            budget.allocate_string(text.len() + other.len())?;
            [&**text, &**other].concat()
        }
        ("replace", [Value::Str(from), Value::Str(to)]) => {
            return replace(text, from, to, budget).map(Some);
        }
        ("toUpperCase", []) => {
            budget.allocate_string(text.len())?;
            text.to_uppercase()
        }
        ("toLowerCase", []) => {
            budget.allocate_string(text.len())?;
            text.to_lowercase()
        }
        ("repeat", [count @ Value::Int(_)]) => {
            let count = index_up_to(count, i64::MAX as usize)?;
            budget.allocate_string(text.len().saturating_mul(count))?;
            text.repeat(count)
        }
        ("toCharArray", []) => {
            let length = utf16::length(text);
            budget.allocate_items(length, length)?;
            let units = text
                .char_indices()
                .flat_map(|(at, char)| match char.len_utf16() {
                    1 => vec![text.slice(at, at + char.len_utf8())],
                    _ => vec![Str::from("?"); 2],
                });
            return Ok(Some(Value::list(units.map(Value::Str))));
        }
        ("valueOf" | "copyValueOf", [value]) => {
            let text = value.to_str_within(budget.limits())?;
            budget.allocate_string(text.len())?;
            return Ok(Some(text.into()));
        }
        ("format", [Value::Str(pattern), values @ ..]) => format::format(pattern, values, budget)?,
        ("formatted", values) => format::format(text, values, budget)?,
        ("join", [Value::Str(between), Value::List(items)]) => {
            join(between, &items.to_vec(), budget)?
        }
        ("join", [Value::Str(between), items @ ..]) => join(between, items, budget)?,
        _ => return Ok(None),
    };
    Ok(Some(made.into()))
}

fn use_pattern<'a>(
    text: &Str<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(match (method, arguments) {
        ("matches", [Value::Str(regex)]) => Some(pattern::matches(text, regex, budget)?.into()),
        ("replaceAll", [Value::Str(regex), Value::Str(replacement)]) => {
            Some(pattern::replace(text, regex, replacement, Which::All, budget)?.into())
        }
        ("replaceFirst", [Value::Str(regex), Value::Str(replacement)]) => {
            Some(pattern::replace(text, regex, replacement, Which::First, budget)?.into())
        }
        ("split", [Value::Str(regex)]) => Some(pattern::split(text, regex, 0, budget)?),
        ("split", [Value::Str(regex), Value::Int(limit)]) => {
            Some(pattern::split(text, regex, limit.wrapping_i64(), budget)?)
        }
        _ => None,
    })
}

/// Replaces literally.
fn replace<'a>(
    text: &Str<'a>,
    from: &str,
    to: &str,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    let count = text.matches(from).count();
    if count == 0 {
        return Ok(text.clone().into());
    }
    let removed = count * from.len();
    budget
        .allocate_string((text.len() - removed).saturating_add(count.saturating_mul(to.len())))?;
    Ok(text.replace(from, to).into())
}

fn join(between: &str, items: &[Value<'_>], budget: &mut Budget) -> Result<String, CallError> {
    let mut text = String::new();
    let mut printer = Printer::for_string(&mut text, budget.limits());
    for (index, item) in items.iter().enumerate() {
        printer.text(if index == 0 { "" } else { between })?;
        printer.value(item)?;
    }
    budget.take_pass(text.len() + items.len())?;
    budget.allocate_string(text.len())?;
    Ok(text)
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// `part` of `text`, borrowed as `text` is.
fn trimmed<'a>(text: &Str<'a>, part: &str) -> Str<'a> {
    let from = part.as_ptr() as usize - text.as_ptr() as usize;
    text.slice(from, from + part.len())
}

/// A string to look for: one, or a character by its code.
fn needle<'v>(value: &'v Value<'_>) -> Option<std::borrow::Cow<'v, str>> {
    match value {
        Value::Str(text) => Some((&**text).into()),
        Value::Int(code) => {
            let code = u32::try_from(code.as_i64()?).ok()?;
            Some(char::from_u32(code)?.to_string().into())
        }
        _ => None,
    }
}

fn position<'a>(text: &str, found: Option<usize>) -> Value<'a> {
    found.map_or(Value::from(-1), |bytes| {
        utf16::from_bytes(text, bytes).into()
    })
}

/// Whether two strings have the same part of some length; not if a part reaches outside. None if
/// the offsets are no numbers.
fn same_region<'a>(
    text: &Str<'a>,
    from: &Value<'a>,
    other: &Str<'a>,
    other_from: &Value<'a>,
    length: &Value<'a>,
    same: impl Fn(&str, &str) -> bool,
) -> Option<Value<'a>> {
    let length = usize::try_from(length.as_int()?).unwrap_or(0);
    let part = |text: &Str<'a>, from: i64| {
        let from = usize::try_from(from).ok()?;
        let to = from.checked_add(length)?;
        (to <= utf16::length(text)).then(|| utf16::slice(text, from, to))
    };
    let (from, other_from) = (from.as_int()?, other_from.as_int()?);
    let parts = part(text, from).zip(part(other, other_from));
    Some(
        parts
            .is_some_and(|(part, other)| same(&part, &other))
            .into(),
    )
}

/// Characters without case, as Java folds them: one by one.
fn folded(text: &str) -> impl Iterator<Item = char> {
    fn single(mut chars: impl Iterator<Item = char>, otherwise: char) -> char {
        match (chars.next(), chars.next()) {
            (Some(single), None) => single,
            _ => otherwise,
        }
    }
    text.chars().map(|char| {
        let upper = single(char.to_uppercase(), char);
        single(upper.to_lowercase(), upper)
    })
}

/// What Java's `compareTo` gives: the difference of the first units that differ, else of the
/// lengths.
fn difference<T: Into<i64> + Ord + Copy>(
    left: impl Iterator<Item = T>,
    right: impl Iterator<Item = T>,
) -> i64 {
    let (mut left, mut right) = (left.fuse(), right.fuse());
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a.cmp(&b) == Ordering::Equal => {}
            (Some(a), Some(b)) => return a.into() - b.into(),
            (Some(_), None) => return 1 + left.count() as i64,
            (None, Some(_)) => return -1 - right.count() as i64,
            (None, None) => return 0,
        }
    }
}

fn hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| {
        hash.wrapping_mul(31).wrapping_add(unit.into())
    })
}
