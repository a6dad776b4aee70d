//! Methods that take regular expressions, in Java's dialect.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use tollgate_regex::{Pattern, Replacement, StepLimit};

use crate::error::CallError;
use crate::limits::LimitExceeded;
use crate::render::Budget;
use crate::value::{Kind, List, ListStyle, Printer, Str, Value, weight};

/// Steps that compiling a pattern counts as, beside [`COMPILE_STEPS_PER_SIZE`].
const COMPILE_STEPS: u64 = 5_000;

/// Steps that compiling counts as for each unit of [`Pattern::size`].
const COMPILE_STEPS_PER_SIZE: u64 = 8;

/// Memory that a compiled pattern counts as, beside [`COMPILE_BYTES_PER_SIZE`].
const COMPILE_BYTES: usize = 4 * 1024;

/// Memory that it counts as for each unit of [`Pattern::size`].
const COMPILE_BYTES_PER_SIZE: usize = 64;

/// How much of the work of a search counts as one step.
const WORK_PER_STEP: u64 = 16;

/// Patterns one render keeps compiled.
const KEPT: usize = 16;

/// Patterns a template keeps compiled; further ones are left to each render.
const KEPT_CONSTANTS: usize = 64;

/// Up to how many bytes a replacement is kept with its pattern.
const KEPT_REPLACEMENT: usize = 256;

/// The patterns of a render.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    /// Those it compiled last.
    made: Vec<Arc<Compiled>>,
    /// Those its template names.
    constants: Option<Arc<ConstantPatterns>>,
}

impl Patterns {
    /// Those of a template.
    pub(crate) fn of(constants: &Arc<ConstantPatterns>) -> Self {
        Self {
            made: Vec::new(),
            constants: Some(Arc::clone(constants)),
        }
    }
}

/// A pattern, and the replacement that was used with it first: most have but one.
#[derive(Debug)]
struct Compiled {
    pattern: Pattern,
    replacement: OnceLock<(Box<str>, Replacement)>,
}

impl Compiled {
    /// A replacement, parsed.
    fn replacement(&self, text: &str) -> Result<Cow<'_, Replacement>, CallError> {
        if let Some((known, parsed)) = self.replacement.get()
            && **known == *text
        {
            return Ok(Cow::Borrowed(parsed));
        }
        let parsed = parse(&self.pattern, text)?;
        if text.len() > KEPT_REPLACEMENT || self.replacement.get().is_some() {
            return Ok(Cow::Owned(parsed));
        }
        let (known, kept) = self
            .replacement
            .get_or_init(|| (text.into(), parsed.clone()));
        // Another render may have been first with another one.
        Ok(match **known == *text {
            true => Cow::Borrowed(kept),
            false => Cow::Owned(parsed),
        })
    }
}

impl Deref for Compiled {
    type Target = Pattern;

    fn deref(&self) -> &Pattern {
        &self.pattern
    }
}

/// The patterns a template names literally, each compiled at its first use and then kept with the
/// template. There are few, and to look at each takes less than to hash.
#[derive(Debug, Default)]
pub(crate) struct ConstantPatterns(Vec<(Box<str>, OnceLock<Compiled>)>);

impl ConstantPatterns {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes a literal that may be used as pattern.
    pub(crate) fn add(&mut self, literal: &str) {
        if self.0.len() < KEPT_CONSTANTS && self.get(literal).is_none() {
            self.0.push((literal.into(), OnceLock::new()));
        }
    }

    fn get(&self, pattern: &str) -> Option<&OnceLock<Compiled>> {
        let mut known = self.0.iter();
        let found = known.find(|(known, _)| **known == *pattern);
        found.map(|(_, compiled)| compiled)
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
    with(pattern, budget, |pattern, budget| {
        let result = pattern.matches_with_work(text);
        let (matches, work) = result.map_err(|limit| gave_up(pattern, limit))?;
        budget.take_steps(work / WORK_PER_STEP)?;
        Ok(matches)
    })
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
    with(pattern, budget, |pattern, budget| {
        replace_by(text, pattern, replacement, which, budget)
    })
}

fn replace_by<'a>(
    text: &Str<'a>,
    pattern: &Compiled,
    replacement: &str,
    which: Which,
    budget: &mut Budget,
) -> Result<Str<'a>, CallError> {
    budget.take_pass(replacement.len())?;
    let limits = *budget.limits();
    let most = match which {
        Which::All => usize::MAX,
        Which::First => 1,
    };
    let mut parsed: Option<Cow<'_, Replacement>> = None;
    let mut made = budget.room();
    let mut copied = 0;
    let mut work = Work::default();
    let mut matches = pattern.captures_iter(text);
    for _ in 0..most {
        let is_found = matches.advance();
        work.take(matches.work(), budget)?;
        if !is_found.map_err(|limit| gave_up(pattern, limit))? {
            break;
        }
        let captures = matches.captures();
        let Some(found) = captures.get(0) else { break };
        // As in Java, a replacement at fault is none where there is nothing to replace.
        let replacement = match &mut parsed {
            Some(parsed) => parsed,
            none => none.insert(pattern.replacement(replacement)?),
        };
        let mut printer = Printer::for_string(&mut made, &limits);
        printer.text(&text[copied..found.start()])?;
        for piece in replacement.pieces(captures) {
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
    Ok(budget.keep(made))
}

/// Splits at matches. Without a limit trailing empty parts are dropped; a positive one bounds the
/// number of parts; a negative one keeps all.
pub(super) fn split<'a>(
    text: &Str<'a>,
    pattern: &str,
    limit: i64,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    with(pattern, budget, |pattern, budget| {
        split_by(text, pattern, limit, budget)
    })
}

fn split_by<'a>(
    text: &Str<'a>,
    pattern: &Compiled,
    limit: i64,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    // Java has the limit as an `int`.
    let limit = limit as i32;
    let mut pieces = Vec::new();
    let mut work = Work::default();
    let mut found = pattern.pieces(text, limit);
    while let Some(piece) = found.next() {
        work.take(found.work(), budget)?;
        pieces.push(piece.map_err(|limit| gave_up(pattern, limit))?);
        budget.allocate_items(pieces.len(), 1)?;
    }
    if limit == 0 && pieces.len() > 1 {
        let kept = pieces.iter().rposition(|piece| !piece.is_empty());
        pieces.truncate(kept.map_or(0, |last| last + 1));
    }
    let start = text.as_ptr() as usize;
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let from = piece.as_ptr() as usize - start;
        let part = text.slice(from, from + piece.len());
        budget.allocate(weight::of_part(&part))?;
        parts.push(Value::Str(part));
    }
    Ok(List::of_kind(parts, ListStyle::Java, Kind::Array).into())
}

/// Does something with a pattern, which is compiled if it is new.
fn with<T>(
    pattern: &str,
    budget: &mut Budget,
    act: impl FnOnce(&Compiled, &mut Budget) -> Result<T, CallError>,
) -> Result<T, CallError> {
    // It is compared with those that are kept.
    budget.take_pass(pattern.len())?;
    // They come back below, unless the render fails.
    let constants = budget.patterns().constants.take();
    let constant = constants.as_ref().and_then(|known| known.get(pattern));
    let result = match constant {
        Some(constant) => {
            let compiled = match constant.get() {
                Some(compiled) => compiled,
                None => {
                    let compiled = compile(pattern, budget)?;
                    constant.get_or_init(|| compiled)
                }
            };
            act(compiled, budget)
        }
        None => act(&*made(pattern, budget)?, budget),
    };
    budget.patterns().constants = constants;
    result
}

/// A pattern the template does not name.
fn made(pattern: &str, budget: &mut Budget) -> Result<Arc<Compiled>, CallError> {
    let mut kept = budget.patterns().made.iter();
    if let Some(kept) = kept.find(|kept| kept.as_str() == pattern) {
        return Ok(Arc::clone(kept));
    }
    let compiled = Arc::new(compile(pattern, budget)?);
    let patterns = &mut budget.patterns().made;
    if patterns.len() == KEPT {
        patterns.remove(0);
    }
    patterns.push(Arc::clone(&compiled));
    Ok(compiled)
}

fn compile(pattern: &str, budget: &mut Budget) -> Result<Compiled, CallError> {
    budget.take_steps(COMPILE_STEPS)?;
    let compiled = Pattern::new(pattern).map_err(|error| CallError::Pattern {
        pattern: pattern.to_owned(),
        reason: error.to_string(),
    })?;
    let size = compiled.size();
    budget.take_steps((size as u64).saturating_mul(COMPILE_STEPS_PER_SIZE))?;
    budget.allocate(COMPILE_BYTES.saturating_add(size.saturating_mul(COMPILE_BYTES_PER_SIZE)))?;
    Ok(Compiled {
        pattern: compiled,
        replacement: OnceLock::new(),
    })
}

/// The part of the work of some searches that is accounted for.
#[derive(Default)]
struct Work(u64);

impl Work {
    /// Accounts for what came to it, now that it is `sum`.
    fn take(&mut self, sum: u64, budget: &mut Budget) -> Result<(), LimitExceeded> {
        let steps = (sum - self.0) / WORK_PER_STEP;
        self.0 += steps * WORK_PER_STEP;
        budget.take_steps(steps)
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
