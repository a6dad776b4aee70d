//! Methods that take regular expressions, in Java's dialect.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use tollgate_regex::{Pattern, Replacement, StepLimit};

use crate::error::CallError;
use crate::limits::LimitExceeded;
use crate::render::Budget;
use crate::value::{Kind, List, ListStyle, Printer, Str, Value};

/// Steps that compiling a pattern counts as, beside [`COMPILE_STEPS_PER_SIZE`].
const COMPILE_STEPS: u64 = 5_000;

/// Steps that compiling counts as for each unit of [`Pattern::size`].
const COMPILE_STEPS_PER_SIZE: u64 = 8;

/// Steps that a search counts as where it may backtrack, beside [`BACKTRACK_STEPS_PER_BYTE`].
const BACKTRACK_STEPS: u64 = 2_000;

/// Steps that such a search counts as for each byte of the text.
const BACKTRACK_STEPS_PER_BYTE: u64 = 4;

/// Memory that a compiled pattern counts as, beside [`COMPILE_BYTES_PER_SIZE`].
const COMPILE_BYTES: usize = 4 * 1024;

/// Memory that it counts as for each unit of [`Pattern::size`].
const COMPILE_BYTES_PER_SIZE: usize = 64;

/// Patterns one render keeps compiled.
const KEPT: usize = 16;

/// Patterns a template keeps compiled; further ones are left to each render.
const KEPT_CONSTANTS: usize = 64;

/// The patterns a render compiled last.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Vec<Arc<Pattern>>);

/// The patterns a template names literally, each compiled at its first use and then kept with the
/// template.
#[derive(Debug, Default)]
pub(crate) struct ConstantPatterns(HashMap<Box<str>, OnceLock<Arc<Pattern>>>);

impl ConstantPatterns {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes a literal that may be used as pattern.
    pub(crate) fn add(&mut self, literal: &str) {
        if self.0.len() < KEPT_CONSTANTS {
            self.0.entry(literal.into()).or_default();
        }
    }
}

/// Whether the first argument of a method is a pattern.
pub(crate) fn takes_pattern(method: &str) -> bool {
    matches!(method, "matches" | "replaceAll" | "replaceFirst" | "split")
}

/// How many matches to replace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    First,
}

/// Whether the pattern matches the whole text.
pub(super) fn matches(text: &str, pattern: &str, budget: &mut Budget) -> Result<bool, CallError> {
    let pattern = compile(pattern, budget)?;
    take_search(&pattern, text, budget)?;
    pattern
        .matches(text)
        .map_err(|limit| gave_up(&pattern, limit))
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
    let pattern = compile(pattern, budget)?;
    take_search(&pattern, text, budget)?;
    budget.take_pass(replacement.len())?;
    let limits = *budget.limits();
    let most = match which {
        Which::All => usize::MAX,
        Which::First => 1,
    };
    let mut parsed: Option<Replacement> = None;
    let mut made = String::new();
    let mut copied = 0;
    for captures in pattern.captures_iter(text).take(most) {
        let captures = captures.map_err(|limit| gave_up(&pattern, limit))?;
        let Some(found) = captures.get(0) else { break };
        // As in Java, a replacement at fault is none where there is nothing to replace.
        let replacement = match &mut parsed {
            Some(parsed) => parsed,
            none => none.insert(parse(&pattern, replacement)?),
        };
        let mut printer = Printer::for_string(&mut made, &limits);
        printer.text(&text[copied..found.start()])?;
        for piece in replacement.pieces(&captures) {
            budget.take_steps(1)?;
            printer.text(piece)?;
        }
        copied = found.end();
    }
    if parsed.is_none() {
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
    let pattern = compile(pattern, budget)?;
    take_search(&pattern, text, budget)?;
    // Java has the limit as an `int`.
    let pieces = pattern
        .split(text, limit as i32)
        .map_err(|limit| gave_up(&pattern, limit))?;
    budget.allocate_items(pieces.len(), pieces.len())?;
    let start = text.as_ptr() as usize;
    let pieces = pieces.into_iter().map(|piece| {
        let from = piece.as_ptr() as usize - start;
        Value::Str(text.slice(from, from + piece.len()))
    });
    Ok(List::of_kind(pieces.collect(), ListStyle::Java, Kind::Array).into())
}

fn compile(pattern: &str, budget: &mut Budget) -> Result<Arc<Pattern>, CallError> {
    // It is compared with those that are kept.
    budget.take_pass(pattern.len())?;
    let constants = budget.constants.clone();
    let constant = constants.as_ref().and_then(|known| known.0.get(pattern));
    if let Some(compiled) = constant.and_then(OnceLock::get) {
        return Ok(Arc::clone(compiled));
    }
    let mut kept = budget.patterns.0.iter();
    if let Some(kept) = kept.find(|kept| kept.as_str() == pattern) {
        return Ok(Arc::clone(kept));
    }
    budget.take_steps(COMPILE_STEPS)?;
    let compiled = Pattern::new(pattern).map_err(|error| CallError::Pattern {
        pattern: pattern.to_owned(),
        reason: error.to_string(),
    })?;
    let size = compiled.size();
    budget.take_steps((size as u64).saturating_mul(COMPILE_STEPS_PER_SIZE))?;
    budget.allocate(COMPILE_BYTES.saturating_add(size.saturating_mul(COMPILE_BYTES_PER_SIZE)))?;
    let compiled = Arc::new(compiled);
    if let Some(constant) = constant {
        return Ok(Arc::clone(constant.get_or_init(|| compiled)));
    }
    let patterns = &mut budget.patterns.0;
    if patterns.len() == KEPT {
        patterns.remove(0);
    }
    patterns.push(Arc::clone(&compiled));
    Ok(compiled)
}

/// Accounts for a search before it is made.
fn take_search(pattern: &Pattern, text: &str, budget: &mut Budget) -> Result<(), LimitExceeded> {
    // Beyond ASCII, some patterns backtrack that otherwise do not.
    if pattern.backtracks() || !text.is_ascii() {
        budget.take_steps(BACKTRACK_STEPS + BACKTRACK_STEPS_PER_BYTE * text.len() as u64)
    } else {
        budget.take_pass(text.len())
    }
}

fn parse(pattern: &Pattern, replacement: &str) -> Result<Replacement, CallError> {
    pattern
        .replacement(replacement)
        .map_err(|error| CallError::Replacement {
            replacement: replacement.to_owned(),
            reason: error.to_string(),
        })
}

/// The pattern gave up on a text.
fn gave_up(pattern: &Pattern, limit: StepLimit) -> CallError {
    CallError::Pattern {
        pattern: pattern.as_str().to_owned(),
        reason: limit.to_string(),
    }
}
