//! Methods that take regular expressions.

use std::rc::Rc;

use regex::{Captures, Regex, RegexBuilder};

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Printer, Str, Value};

/// Largest program a pattern may compile to, in bytes.
const PROGRAM_BYTES: usize = 256 * 1024;

/// Steps that compiling a pattern counts as.
const COMPILE_STEPS: u64 = 5_000;

/// Patterns one render keeps compiled.
const KEPT: usize = 16;

/// The patterns a render compiled last.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Vec<(String, Rc<Regex>)>);

/// How many matches to replace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    First,
}

/// Whether the pattern matches the whole text.
pub(super) fn matches(text: &str, pattern: &str, budget: &mut Budget) -> Result<bool, CallError> {
    // Compiled as it stands first, so that a stray parenthesis cannot pair with those added.
    compile(pattern, budget)?;
    let whole = compile(&format!(r"\A(?:{pattern})\z"), budget)?;
    Ok(whole.is_match(text))
}

/// Replaces matches; `$1` and `${name}` in the replacement stand for groups, and a backslash takes
/// the meaning from what follows it.
pub(super) fn replace<'a>(
    text: &Str<'a>,
    pattern: &str,
    replacement: &str,
    which: Which,
    budget: &mut Budget,
) -> Result<Str<'a>, CallError> {
    let regex = compile(pattern, budget)?;
    let limits = *budget.limits();
    let mut made = String::new();
    let mut copied = 0;
    for captures in regex.captures_iter(text) {
        budget.take_steps(1)?;
        let matched = captures.get_match();
        let mut printer = Printer::for_string(&mut made, &limits);
        printer.text(&text[copied..matched.start()])?;
        expand(replacement, &captures, &mut printer)?;
        copied = matched.end();
        if which == Which::First {
            break;
        }
    }
    if made.is_empty() && copied == 0 {
        return Ok(text.clone());
    }
    Printer::for_string(&mut made, &limits).text(&text[copied..])?;
    budget.take_pass(made.len())?;
    budget.allocate_string(made.len())?;
    Ok(made.into())
}

/// Splits at matches. Without a limit trailing empty parts are dropped; a positive one bounds the
/// number of parts; a negative one keeps all.
pub(super) fn split<'a>(
    text: &Str<'a>,
    pattern: &str,
    limit: i64,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    let regex = compile(pattern, budget)?;
    let most = usize::try_from(limit)
        .ok()
        .filter(|most| *most > 0)
        .unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut from = 0;
    for found in regex.find_iter(text) {
        if parts.len() + 1 >= most {
            break;
        }
        // An empty match at the very start or end separates nothing.
        if found.is_empty() && (found.start() == 0 || found.start() == text.len()) {
            continue;
        }
        budget.allocate_items(parts.len() + 1, 1)?;
        parts.push(text.slice(from, found.start()));
        from = found.end();
    }
    parts.push(text.slice(from, text.len()));
    if limit == 0 && parts.len() > 1 {
        while parts.last().is_some_and(|part| part.is_empty()) {
            parts.pop();
        }
    }
    Ok(Value::list(parts.into_iter().map(Value::Str)))
}

fn compile(pattern: &str, budget: &mut Budget) -> Result<Rc<Regex>, CallError> {
    let kept = budget.patterns.0.iter().find(|(text, _)| text == pattern);
    if let Some((_, regex)) = kept {
        return Ok(Rc::clone(regex));
    }
    budget.take_steps(COMPILE_STEPS)?;
    budget.take_pass(pattern.len())?;
    let compiled = RegexBuilder::new(pattern)
        .size_limit(PROGRAM_BYTES)
        .dfa_size_limit(PROGRAM_BYTES)
        .build();
    let regex = Rc::new(compiled.map_err(|error| complain(pattern, &error))?);
    let patterns = &mut budget.patterns.0;
    if patterns.len() == KEPT {
        patterns.remove(0);
    }
    patterns.push((pattern.to_owned(), Rc::clone(&regex)));
    Ok(regex)
}

/// The last line of a complaint tells the reason; those before draw the pattern.
fn complain(pattern: &str, error: &regex::Error) -> CallError {
    let message = error.to_string();
    let reason = message.lines().last().unwrap_or_default();
    let reason = reason.strip_prefix("error: ").unwrap_or(reason).to_owned();
    CallError::Pattern {
        pattern: pattern.to_owned(),
        reason,
    }
}

fn expand(
    replacement: &str,
    captures: &Captures<'_>,
    printer: &mut Printer<'_>,
) -> Result<(), CallError> {
    let broken = || CallError::Replacement {
        replacement: replacement.to_owned(),
    };
    let mut rest = replacement;
    while let Some(at) = rest.find(['$', '\\']) {
        printer.text(&rest[..at])?;
        let special = &rest[at..];
        if let Some(escaped) = special.strip_prefix('\\') {
            let char = escaped.chars().next().ok_or_else(broken)?;
            let (taken, behind) = escaped.split_at(char.len_utf8());
            printer.text(taken)?;
            rest = behind;
        } else {
            let (group, behind) = group(&special[1..], captures).ok_or_else(broken)?;
            printer.text(group)?;
            rest = behind;
        }
    }
    printer.text(rest).map_err(CallError::from)
}

/// The text of the group that a replacement names behind its `$`, and what follows the name.
fn group<'t, 'r>(name: &'r str, captures: &Captures<'t>) -> Option<(&'t str, &'r str)> {
    let text = |group: Option<regex::Match<'t>>| group.map_or("", |group| group.as_str());
    if let Some(braced) = name.strip_prefix('{') {
        let (name, behind) = braced.split_once('}')?;
        // A group that exists but took no part in the match is empty, an unknown one an error.
        let group = captures.name(name)?;
        return Some((group.as_str(), behind));
    }
    // As many digits as still name a group.
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let number = |length: usize| name[..length].parse().ok().filter(|n| *n < captures.len());
    let length = (1..=digits)
        .take_while(|length| number(*length).is_some())
        .last()?;
    Some((text(captures.get(number(length)?)), &name[length..]))
}
