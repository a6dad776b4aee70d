//! A compiled pattern.

use std::{borrow::Cow, collections::HashMap, fmt, str::FromStr, sync::OnceLock};

use crate::{
    backtrack::{self, Machine, Program},
    error::{PatternError, ReplaceError, ReplacementError, StepLimit},
    linear::Linear,
    matched::{Captures, CapturesIter, FindIter, Match},
    parse::{Parsed, parse},
    replacement::{self, Replacement},
    spans::Spans,
    split::{self, Pieces},
    tree::Node,
};

/// A regular expression in the dialect of `java.util.regex.Pattern` of JDK 17.
///
/// Flags are written into the pattern: `(?i)`, `(?ms-x:…)`.
///
/// ```
/// use tollgate_regex::Pattern;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pattern = Pattern::new(r".*Task timed out after (?<seconds>\d+\.\d\d) seconds")?;
/// assert!(pattern.matches("2024 Task timed out after 3.00 seconds")?);
///
/// let found = pattern.captures("Task timed out after 3.00 seconds")?;
/// let seconds = found.and_then(|found| Some(found.name("seconds")?.as_str()));
/// assert_eq!(seconds, Some("3.00"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Pattern {
    source: Box<str>,
    tree: Node,
    groups: usize,
    names: HashMap<String, usize>,
    linear: Option<Linear>,
    /// Whether the linear engine gives the groups that Java gives.
    linear_captures: bool,
    /// For the backtracking engine, made when first used.
    program: OnceLock<Program>,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// [`PatternError::Invalid`] for what Java refuses, [`PatternError::NotSupported`] for the few
    /// things that only Java can do, and the others for a pattern beyond the limits of this crate.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let Parsed {
            tree,
            groups,
            names,
        } = parse(pattern)?;
        let linear = Linear::new(&tree)?;
        Ok(Self {
            source: pattern.into(),
            groups,
            names,
            linear,
            linear_captures: !has_empty_iterations(&tree),
            program: OnceLock::new(),
            tree,
        })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// How many capturing groups there are, without the whole match.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.groups
    }

    /// How many characters and ranges of characters the pattern has, with counted repetitions
    /// written out: what it costs to compile it, for callers who keep account.
    ///
    /// ```
    /// # use tollgate_regex::Pattern;
    /// assert_eq!(Pattern::new("[a-z0-9]{100}")?.size(), 200);
    /// # Ok::<(), tollgate_regex::PatternError>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> usize {
        self.tree.size()
    }

    /// Whether the pattern needs the backtracking engine, whose steps are limited.
    ///
    /// If not, [`matches`](Self::matches) takes linear time and does not fail, but for texts
    /// beyond ASCII if the pattern has `\b`, `\B` or a `^` or `$` under `(?m)`.
    #[must_use]
    pub fn backtracks(&self) -> bool {
        self.linear.is_none()
    }

    /// Whether the whole text matches, as by `Matcher.matches()`.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if that takes too much backtracking.
    pub fn matches(&self, text: &str) -> Result<bool, StepLimit> {
        match &self.linear {
            Some(linear) if linear.covers(text) => Ok(linear.matches(text)),
            _ => Ok(Machine::new(self.program(), text).full()?.is_some()),
        }
    }

    /// Whether the whole text matches, and how much work it takes to tell, as
    /// [`FindIter::work`] counts it.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if that takes too much backtracking.
    pub fn matches_with_work(&self, text: &str) -> Result<(bool, u64), StepLimit> {
        match &self.linear {
            Some(linear) if linear.covers(text) => Ok((linear.matches(text), linear.work(text))),
            _ => {
                let mut machine = Machine::new(self.program(), text);
                let found = machine.full()?;
                Ok((found.is_some(), machine.work()))
            }
        }
    }

    /// The groups of a match of the whole text.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if that takes too much backtracking.
    pub fn full_captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'_, 't>>, StepLimit> {
        let spans = match &self.linear {
            Some(linear) if self.linear_captures && linear.covers(text) => {
                linear.full_captures(text)
            }
            _ => Machine::new(self.program(), text).full()?,
        };
        Ok(spans.map(|spans| self.captured(text, spans)))
    }

    /// The first place where the pattern matches, as by `Matcher.find()`.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if that takes too much backtracking.
    pub fn find<'t>(&self, text: &'t str) -> Result<Option<Match<'t>>, StepLimit> {
        self.find_iter(text).next().transpose()
    }

    /// All places where the pattern matches, as by calling `Matcher.find()` again and again.
    ///
    /// Other than with the `regex` crate, an empty match may follow where another match ends.
    #[must_use]
    pub fn find_iter<'t>(&self, text: &'t str) -> FindIter<'_, 't> {
        FindIter::new(self, text)
    }

    /// The groups of the first match.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if that takes too much backtracking.
    pub fn captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'_, 't>>, StepLimit> {
        self.captures_iter(text).next().transpose()
    }

    /// The groups of all matches.
    #[must_use]
    pub fn captures_iter<'t>(&self, text: &'t str) -> CapturesIter<'_, 't> {
        CapturesIter::new(self, text)
    }

    /// Parses a replacement once, to be used often.
    ///
    /// # Errors
    ///
    /// [`ReplacementError`] for a malformed reference, or one to a group that this pattern lacks.
    pub fn replacement(&self, replacement: &str) -> Result<Replacement, ReplacementError> {
        Replacement::parse(replacement, self.groups, &self.names)
    }

    /// The text with all matches replaced, as by `String.replaceAll`.
    ///
    /// In `replacement`, `$1` and `${name}` stand for groups and a backslash makes the next
    /// character mean itself. As in Java, a malformed one is no error if nothing matches.
    ///
    /// # Errors
    ///
    /// [`ReplaceError`] if the replacement is at fault, or if the search takes too much
    /// backtracking.
    pub fn replace_all<'t>(
        &self,
        text: &'t str,
        replacement: &str,
    ) -> Result<Cow<'t, str>, ReplaceError> {
        replacement::replace(self, text, replacement, usize::MAX)
    }

    /// The text with the first match replaced, as by `String.replaceFirst`.
    ///
    /// # Errors
    ///
    /// Those of [`replace_all`](Self::replace_all).
    pub fn replace_first<'t>(
        &self,
        text: &'t str,
        replacement: &str,
    ) -> Result<Cow<'t, str>, ReplaceError> {
        replacement::replace(self, text, replacement, 1)
    }

    /// The text with all matches replaced by a replacement that [this](Self::replacement) pattern
    /// has parsed.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if the search takes too much backtracking.
    pub fn replace_all_with<'t>(
        &self,
        text: &'t str,
        replacement: &Replacement,
    ) -> Result<Cow<'t, str>, StepLimit> {
        replacement::replace_with(self, text, replacement, usize::MAX)
    }

    /// The pieces between the matches, as by `String.split(regex, limit)`.
    ///
    /// A positive limit is the most pieces there can be; with zero, empty pieces at the end are
    /// dropped; with a negative limit they are kept. An empty match at the beginning makes no
    /// piece, and a text without a match is one piece.
    ///
    /// # Errors
    ///
    /// [`StepLimit`] if the search takes too much backtracking.
    pub fn split<'t>(&self, text: &'t str, limit: i32) -> Result<Vec<&'t str>, StepLimit> {
        split::split(self, text, limit)
    }

    /// The pieces that [`split`](Self::split) gives, one by one, with the empty ones at the end.
    #[must_use]
    pub fn pieces<'t>(&self, text: &'t str, limit: i32) -> Pieces<'_, 't> {
        Pieces::new(self, text, limit)
    }

    pub(crate) fn linear(&self) -> Option<&Linear> {
        self.linear.as_ref()
    }

    pub(crate) fn has_linear_captures(&self) -> bool {
        self.linear_captures
    }

    pub(crate) fn program(&self) -> &Program {
        self.program
            .get_or_init(|| backtrack::compile(&self.tree, self.groups))
    }

    pub(crate) fn captured<'p, 't>(&'p self, text: &'t str, spans: Spans) -> Captures<'p, 't> {
        Captures::new(text, spans, &self.names)
    }
}

/// Whether a group lies in a repetition that may go through an empty iteration.
///
/// Java lets such an iteration set the group, the linear engine leaves it out.
fn has_empty_iterations(node: &Node) -> bool {
    match node {
        Node::Repeat { body, count, .. } => {
            (count.max == 0 || body.can_be_empty()) && body.has_captures()
                || has_empty_iterations(body)
        }
        Node::Concat(parts) | Node::Alternation(parts) => parts.iter().any(has_empty_iterations),
        Node::Capture { body, .. } | Node::Atomic(body) | Node::Look { body, .. } => {
            has_empty_iterations(body)
        }
        Node::Empty
        | Node::Char(_)
        | Node::Set(_)
        | Node::Assertion(_)
        | Node::LineBreak
        | Node::Grapheme
        | Node::BackReference { .. } => false,
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Pattern")
            .field(&self.source)
            .finish()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(pattern: &str) -> Result<Self, PatternError> {
        Self::new(pattern)
    }
}
