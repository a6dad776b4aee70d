//! Methods of strings.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{self, Kind, List, ListStyle, Printer, Str, Value, weight};

use super::char::is_whitespace;
use super::name::Name;
use super::pattern::{self, Which};
use super::{Outcome, format, index_below, index_up_to, utf16};

/// Whether a string has a method that takes these arguments as they are. It answers for what is
/// called most; the overloads tell the rest.
#[inline]
pub(super) fn takes_surely(name: Name, arguments: &[Value<'_>]) -> bool {
    matches!(
        (name, arguments),
        (Name::Length | Name::IsEmpty | Name::Trim, [])
            | (Name::ToUpperCase | Name::ToLowerCase, [])
            | (
                Name::Contains | Name::StartsWith | Name::EndsWith,
                [Value::Str(_)]
            )
            | (Name::Replace, [Value::Str(_), Value::Str(_)])
    )
}

pub(super) fn call<'a>(
    text: &Str<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    budget.take_pass(text.len())?;
    let value = match name {
        Name::Contains
        | Name::EndsWith
        | Name::IndexOf
        | Name::LastIndexOf
        | Name::RegionMatches
        | Name::StartsWith => search(text, name, arguments),
        Name::Matches | Name::ReplaceAll | Name::ReplaceFirst | Name::Split => {
            use_pattern(text, name, arguments, budget)?
        }
        _ => match look(text, name, arguments)? {
            Some(Value::Str(part)) => {
                if part.is_own() {
                    budget.allocate(part.len())?;
                }
                Some(part.into())
            }
            None => make(text, name, arguments, budget)?,
            seen => seen,
        },
    };
    match value {
        Some(value) => Ok(Some(value)),
        // What is left are nulls, which Java's strings refuse.
        None => Err(CallError::Arguments),
    }
}

/// What can be read off a string without making a new one.
fn look<'a>(text: &Str<'a>, name: Name, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Some(match (name, arguments) {
        (Name::Length, []) => utf16::length(text).into(),
        (Name::IsEmpty, []) => text.is_empty().into(),
        (Name::IsBlank, []) => is_blank(text).into(),
        (Name::Intern, []) => text.clone().into(),
        (Name::CharAt, [index]) => {
            let at = index_below(index, utf16::length(text))?;
            utf16::unit(text, at).map_or(Value::Null, Value::Char)
        }
        (Name::CodePointAt, [index]) => {
            let at = index_below(index, utf16::length(text))?;
            utf16::code_point(text, at).into()
        }
        (Name::CodePointBefore, [index]) => {
            let at = index_up_to(index, utf16::length(text))?;
            let before = at.checked_sub(1).ok_or(CallError::Arguments)?;
            // The second half of a pair stands for both.
            match before
                .checked_sub(1)
                .map(|first| utf16::code_point(text, first))
            {
                Some(pair @ 0x10000..) => pair.into(),
                _ => utf16::code_point(text, before).into(),
            }
        }
        (Name::CodePointCount, [from, to]) => {
            let to = index_up_to(to, utf16::length(text))?;
            let part = utf16::slice(text, index_up_to(from, to)?, to);
            part.chars().count().into()
        }
        (Name::Substring, [from]) => {
            let length = utf16::length(text);
            utf16::slice(text, index_up_to(from, length)?, length).into()
        }
        (Name::Substring | Name::SubSequence, [from, to]) => {
            let to = index_up_to(to, utf16::length(text))?;
            utf16::slice(text, index_up_to(from, to)?, to).into()
        }
        (Name::Trim, []) => {
            let blank = |byte: Option<&u8>| byte.is_none_or(|byte| *byte <= b' ');
            match blank(text.as_bytes().first()) || blank(text.as_bytes().last()) {
                true => trimmed(text, text.trim_matches(|c| c <= ' ')).into(),
                false => text.clone().into(),
            }
        }
        (Name::Strip, []) => trimmed(text, text.trim_matches(is_whitespace)).into(),
        (Name::StripLeading, []) => trimmed(text, text.trim_start_matches(is_whitespace)).into(),
        (Name::StripTrailing, []) => trimmed(text, text.trim_end_matches(is_whitespace)).into(),
        (Name::EqualsIgnoreCase, [other]) => other
            .as_str()
            .is_some_and(|other| folded(text).eq(folded(other)))
            .into(),
        (Name::ContentEquals, [Value::Str(other)]) => (text == other).into(),
        (Name::CompareTo, [Value::Str(other)]) => {
            difference(text.encode_utf16(), other.encode_utf16()).into()
        }
        (Name::CompareTo, [_]) => return Err(CallError::Arguments),
        (Name::CompareToIgnoreCase, [Value::Str(other)]) => {
            let folded = |text| folded(text).collect::<String>();
            let (text, other) = (folded(text), folded(other));
            difference(text.encode_utf16(), other.encode_utf16()).into()
        }
        _ => return Ok(None),
    }))
}

/// Where something is in a string.
fn search<'a>(text: &Str<'a>, name: Name, arguments: &[Value<'a>]) -> Option<Value<'a>> {
    let nowhere = || Some((-1).into());
    Some(match (name, arguments) {
        (Name::Contains, [Value::Str(part)]) => text.contains(&**part).into(),
        (Name::StartsWith, [Value::Str(prefix)]) => text.starts_with(&**prefix).into(),
        (Name::StartsWith, [Value::Str(prefix), from @ Value::Int(_)]) => {
            let from = usize::try_from(from.as_int()?).ok();
            let from = from.filter(|from| *from <= utf16::length(text));
            from.and_then(|from| utf16::byte_offset(text, from))
                .is_some_and(|from| text[from..].starts_with(&**prefix))
                .into()
        }
        (Name::RegionMatches, [from, Value::Str(other), other_from, length]) => {
            same_region(text, from, other, other_from, length, str::eq)?
        }
        (
            Name::RegionMatches,
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
        (Name::EndsWith, [Value::Str(suffix)]) => text.ends_with(&**suffix).into(),
        (Name::IndexOf | Name::LastIndexOf, [part]) => {
            let part = match needle(part)? {
                Needle::Text(part) => part,
                Needle::Nothing => return nowhere(),
            };
            let found = if name == Name::IndexOf {
                find(text, &part)
            } else {
                text.rfind(&*part)
            };
            position(text, found)
        }
        (Name::IndexOf, [part, Value::Int(from)]) => {
            let part = match needle(part)? {
                Needle::Text(part) => part,
                Needle::Nothing => return nowhere(),
            };
            let from = usize::try_from(from.as_i64()?).unwrap_or(0);
            // In the middle of a surrogate pair nothing begins, so the next character will do.
            let from = utf16::byte_offset(text, from)
                .or_else(|| utf16::byte_offset(text, from + 1))
                .unwrap_or(text.len());
            position(text, find(&text[from..], &part).map(|at| from + at))
        }
        (Name::LastIndexOf, [part, Value::Int(from)]) => {
            let part = match needle(part)? {
                Needle::Text(part) => part,
                Needle::Nothing => return nowhere(),
            };
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
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let made = match (name, arguments) {
        (Name::Concat, [Value::Str(other)]) => {
            budget.allocate_string(text.len() + other.len())?;
            return Ok(Some(budget.string([&**text, &**other]).into()));
        }
        (Name::Replace, [Value::Str(from), Value::Str(to)]) => {
            return replace(text, from, to, budget).map(Some);
        }
        (Name::Replace, [Value::Char(from), Value::Char(to)]) => {
            let (from, to) = (value::char(*from), value::char(*to));
            return replace(text, &from.to_string(), &to.to_string(), budget).map(Some);
        }
        (Name::ToUpperCase, [] | [Value::Str(_)]) => {
            if text.is_ascii() {
                budget.allocate_string(text.len())?;
                let upper = Str::changed(text, str::make_ascii_uppercase);
                return Ok(Some(upper.into()));
            }
            let upper = text.to_uppercase();
            budget.allocate_string(upper.len())?;
            upper
        }
        (Name::ToLowerCase, [] | [Value::Str(_)]) => {
            if text.is_ascii() {
                budget.allocate_string(text.len())?;
                let lower = Str::changed(text, str::make_ascii_lowercase);
                return Ok(Some(lower.into()));
            }
            let lower = text.to_lowercase();
            budget.allocate_string(lower.len())?;
            lower
        }
        (Name::Repeat, [count @ Value::Int(_)]) => {
            let count = index_up_to(count, i64::MAX as usize)?;
            budget.allocate_string(text.len().saturating_mul(count))?;
            text.repeat(count)
        }
        (Name::Indent, [count]) => {
            let count = count.as_int().unwrap_or_default();
            return indent(text, count, budget).map(Some);
        }
        (Name::Lines, []) => {
            let count = lines(text).count();
            budget.allocate_items(count, count)?;
            let mut parts = Vec::with_capacity(count);
            for line in lines(text) {
                let line = trimmed(text, line);
                budget.allocate(weight::of_part(&line))?;
                parts.push(Value::from(line));
            }
            return Ok(Some(
                List::of_kind(parts, ListStyle::Java, Kind::Iterator).into(),
            ));
        }
        (Name::ToCharArray, []) => {
            let length = utf16::length(text);
            budget.allocate_items(length, length)?;
            let units = text.encode_utf16().map(Value::Char).collect();
            return Ok(Some(
                List::of_kind(units, ListStyle::Java, Kind::Array).into(),
            ));
        }
        (Name::ValueOf | Name::CopyValueOf, [] | [Value::Char(_), ..]) => {
            let units = arguments.iter().filter_map(|value| match value {
                Value::Char(unit) => Some(*unit),
                _ => None,
            });
            budget.take_pass(arguments.len())?;
            let chars = std::char::decode_utf16(units).map(|unit| unit.unwrap_or('?'));
            let text: String = chars.collect();
            budget.allocate_string(text.len())?;
            return Ok(Some(text.into()));
        }
        (Name::ValueOf, [value]) => {
            let text = value.to_str_limited(budget.limits())?;
            budget.allocate_string(text.len())?;
            return Ok(Some(text.into()));
        }
        (Name::Format, [Value::Str(pattern), values @ ..]) => {
            format::format(pattern, values, budget)?
        }
        (Name::Formatted, values) => format::format(text, values, budget)?,
        (Name::Join, [Value::Str(between), Value::List(items)]) => {
            join(between, &items.to_vec(), budget)?
        }
        (Name::Join, [Value::Str(between), items @ ..]) => join(between, items, budget)?,
        _ => return Ok(None),
    };
    Ok(Some(made.into()))
}

/// On its own, since searches take room on the stack.
#[inline(never)]
fn use_pattern<'a>(
    text: &Str<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(match (name, arguments) {
        (Name::Matches, [Value::Str(regex)]) => Some(pattern::matches(text, regex, budget)?.into()),
        (Name::ReplaceAll, [Value::Str(regex), Value::Str(replacement)]) => {
            Some(pattern::replace(text, regex, replacement, Which::All, budget)?.into())
        }
        (Name::ReplaceFirst, [Value::Str(regex), Value::Str(replacement)]) => {
            Some(pattern::replace(text, regex, replacement, Which::First, budget)?.into())
        }
        (Name::Split, [Value::Str(regex)]) => Some(pattern::split(text, regex, 0, budget)?),
        (Name::Split, [Value::Str(regex), Value::Int(limit)]) => {
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
    let count = match *from.as_bytes() {
        [byte] => text.bytes().filter(|other| *other == byte).count(),
        _ => text.matches(from).count(),
    };
    if count == 0 {
        return Ok(text.clone().into());
    }
    let removed = count * from.len();
    budget
        .allocate_string((text.len() - removed).saturating_add(count.saturating_mul(to.len())))?;
    let made = match single(from) {
        Some(char) => budget.joined(text.split(char), to),
        None => budget.joined(text.split(from), to),
    };
    Ok(made.into())
}

/// The one character that a text is; one is found faster than a text.
fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.as_str().is_empty())
}

/// Where a part of a text begins.
fn find(text: &str, part: &str) -> Option<usize> {
    match single(part) {
        Some(char) => text.find(char),
        None => text.find(part),
    }
}

fn join(between: &str, items: &[Value<'_>], budget: &mut Budget) -> Result<String, CallError> {
    let mut text = String::new();
    let mut printer = Printer::for_string(&mut text, budget.limits());
    for (index, item) in items.iter().enumerate() {
        printer.text(if index == 0 { "" } else { between })?;
        match item {
            Value::Str(_) | Value::Null => printer.value(item)?,
            _ => return Err(CallError::Arguments),
        }
    }
    budget.take_pass(text.len() + items.len())?;
    budget.allocate_string(text.len())?;
    Ok(text)
}

/// The lines of a text without what ends them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let (line, ending) = rest.split_at(end);
        let ending = ending.strip_prefix('\r').unwrap_or(ending);
        let is_pair = rest[end..].starts_with('\r');
        rest = match ending.strip_prefix('\n') {
            Some(behind) => behind,
            None if is_pair => ending,
            None => "",
        };
        Some(line)
    })
}

/// Every line with blanks before it, or with fewer of them, and a line end behind it.
fn indent<'a>(text: &str, count: i64, budget: &mut Budget) -> Result<Value<'a>, CallError> {
    let width = usize::try_from(count).unwrap_or_default();
    let fewer = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let added = lines(text).count().saturating_mul(width.saturating_add(1));
    budget.allocate_string(text.len().saturating_add(added))?;
    let mut made = String::new();
    for line in lines(text) {
        if count < 0 {
            let blank = line.chars().take_while(|char| is_whitespace(*char));
            let cut = blank.take(fewer).map(char::len_utf8).sum::<usize>();
            made.push_str(&line[cut..]);
        } else {
            made.extend(std::iter::repeat_n(' ', width));
            made.push_str(line);
        }
        made.push('\n');
    }
    Ok(made.into())
}

pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(is_whitespace)
}

/// `part` of `text`, borrowed as `text` is.
fn trimmed<'a>(text: &Str<'a>, part: &str) -> Str<'a> {
    let from = part.as_ptr() as usize - text.as_ptr() as usize;
    text.slice(from, from + part.len())
}

/// What to look for in a string.
enum Needle<'v> {
    Text(Cow<'v, str>),
    /// A code that no character has.
    Nothing,
}

/// A string to look for: one, or a character by its code.
fn needle<'v>(value: &'v Value<'_>) -> Option<Needle<'v>> {
    match value {
        Value::Str(text) => Some(Needle::Text((&**text).into())),
        Value::Int(code) => {
            let code = code.as_i64().and_then(|code| u32::try_from(code).ok());
            let char = code.and_then(std::char::from_u32);
            Some(char.map_or(Needle::Nothing, |char| {
                Needle::Text(char.to_string().into())
            }))
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
