//! What can go wrong while parsing and rendering.

use std::fmt;

use thiserror::Error;

use crate::limits::LimitExceeded;

/// Why a template cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind} at line {line}, column {column}")]
pub struct ParseError {
    kind: Box<ParseErrorKind>,
    line: usize,
    column: usize,
    text: Box<str>,
}

/// Longest part of a line that an error repeats, in characters.
const LONGEST_TEXT: usize = 40;

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text is longer than [`Limits::template_bytes`](crate::Limits::template_bytes).
    #[error("the template is longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// Something is nested deeper than [`Limits::nesting`](crate::Limits::nesting).
    #[error("the template is nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The text breaks the grammar.
    #[error("expected {expected}")]
    Unexpected {
        /// What would be right.
        expected: String,
    },
    /// A directive opens a block that nothing ends.
    #[error("{directive} has no #end")]
    UnclosedBlock {
        /// The directive, such as `#if`.
        directive: &'static str,
    },
    /// An `#end`, `#else` or `#elseif` stands where no block awaits it.
    #[error("{directive} does not belong to a block")]
    StrayDirective {
        /// The directive, such as `#end`.
        directive: &'static str,
    },
    /// A `$` or `#` ends the template, which Velocity 1.7 refuses.
    #[error("a lone {sigil} at the end of the template")]
    LoneSigil {
        /// The character.
        sigil: char,
    },
    /// A range has something else than numbers and references as bounds.
    #[error("the bounds of a range must be whole numbers or references")]
    RangeBounds,
    /// The variable of a `#foreach` is `$foreach` itself.
    #[error("$foreach cannot be the variable of a #foreach")]
    ReservedVariable,
    /// A parameter without default stands behind one with a default.
    #[error("a parameter behind one with a default needs a default too")]
    DefaultMissing,
    /// A number has more than [`Limits::digits`](crate::Limits::digits) digits.
    #[error("a number has more than {limit} digits")]
    NumberTooLong {
        /// The limit.
        limit: usize,
    },
}

impl ParseError {
    pub(crate) fn new(kind: ParseErrorKind, source: &str, at: usize) -> Self {
        let (line, column) = line_and_column(source, at);
        let rest = source.get(at..).unwrap_or_default();
        let text = rest.chars().take_while(|c| !matches!(c, '\n' | '\r'));
        Self {
            kind: Box::new(kind),
            line,
            column,
            text: text.take(LONGEST_TEXT).collect::<String>().into(),
        }
    }

    /// The text that stands at this place, up to the end of its line or 40 characters of it.
    ///
    /// ```
    /// # use tollgate_vtl::{Profile, Template};
    /// let error = Template::parse("Hi #if($a,)x#end", &Profile::default()).unwrap_err();
    /// assert_eq!((error.line(), error.column(), error.text()), (1, 10, ",)x#end"));
    /// ```
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ParseErrorKind {
        &self.kind
    }

    /// Line of the template, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

/// Why a render failed, and where in the template. Nothing of the output is to be used.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{kind} at line {line}, column {column}")]
pub struct RenderError {
    kind: Box<RenderErrorKind>,
    line: usize,
    column: usize,
}

/// What went wrong in a render.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RenderErrorKind {
    /// A limit was passed.
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
    /// A method threw.
    #[error("{method}() failed: {error}")]
    Call {
        /// Name of the method.
        method: String,
        /// What it complained of.
        error: CallError,
    },
    /// A list has no item at the index.
    #[error("index {index} is outside a list of {length}")]
    IndexOutOfRange {
        /// The index as written, negative if from the end.
        index: i64,
        /// Length of the list.
        length: usize,
    },
    /// A collection was to be put into itself.
    #[error("a collection cannot contain itself")]
    ContainsItself,
    /// Arithmetic has no result and must have one.
    #[error("the operation has no result")]
    NoResult,
    /// A `#foreach` changed the length of the list it walks.
    #[error("the list was changed while #foreach walks it")]
    ListChanged,
    /// A `#break` names something that is not a loop around it.
    #[error("#break names no loop that runs")]
    NotALoop,
    /// The text of an `#evaluate` or `#parse` is no template.
    #[error("{directive}: {error}")]
    Template {
        /// The directive, such as `#evaluate`.
        directive: &'static str,
        /// What is wrong with the text, and where in it.
        error: ParseError,
    },
    /// There is no text to `#parse` or `#include` under this name.
    #[error("{directive} finds no {name:?}")]
    NotFound {
        /// The directive.
        directive: &'static str,
        /// The name.
        name: String,
    },
    /// A macro got a bare word as argument, or the wrong number of them in strict mode.
    #[error("the arguments do not fit the macro #{name}")]
    MacroArguments {
        /// Name of the macro.
        name: String,
    },
    /// A reference leads nowhere, or to null, in strict mode.
    #[error("{reference} has no value")]
    NoValue {
        /// The reference as written.
        reference: String,
    },
    /// Arithmetic or a comparison of values that have none, in strict mode.
    #[error("the operands do not fit the operator")]
    Operands,
    /// A `#foreach` over something that has no items, in strict mode.
    #[error("#foreach cannot walk this value")]
    NotIterable,
    /// A macro of this name does not exist, in strict mode.
    #[error("there is no macro {name}")]
    NoMacro {
        /// The call as written.
        name: String,
    },
}

impl RenderError {
    pub(crate) fn new(kind: RenderErrorKind, source: &str, at: usize) -> Self {
        let (line, column) = line_and_column(source, at);
        Self {
            kind: Box::new(kind),
            line,
            column,
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &RenderErrorKind {
        &self.kind
    }

    /// Line of the template, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

/// Why a method refused.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum CallError {
    /// An index lies outside the value.
    #[error("index {index} is outside a value of length {length}")]
    IndexOutOfRange {
        /// The index.
        index: i64,
        /// Length of the value.
        length: usize,
    },
    /// A regular expression is broken, or gave up on a text.
    #[error("pattern {pattern:?}: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// The complaint.
        reason: String,
    },
    /// A replacement text refers to a group the pattern does not have, or is malformed.
    #[error("replacement {replacement:?}: {reason}")]
    Replacement {
        /// The replacement.
        replacement: String,
        /// The complaint.
        reason: String,
    },
    /// A collection was to be put into itself.
    #[error("a collection cannot contain itself")]
    ContainsItself,
    /// A text is not a number.
    #[error("{text:?} is not a number")]
    NotANumber {
        /// The text.
        text: String,
    },
    /// A format string is broken or does not fit its arguments.
    #[error("format {format:?} is broken or does not fit its arguments")]
    Format {
        /// The format string.
        format: String,
    },
    /// A collection that cannot be changed in this way.
    #[error("the collection cannot be changed like this")]
    Unchangeable,
    /// A method exists but does not take these arguments.
    #[error("the arguments do not fit the method")]
    Arguments,
    /// A limit was passed.
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
    /// The complaint of an embedder's [`Object`](crate::Object).
    #[error("{0}")]
    Object(String),
}

impl CallError {
    /// An error of an embedder's object.
    #[must_use]
    pub fn new(message: impl fmt::Display) -> Self {
        Self::Object(message.to_string())
    }
}

/// Why a render ends early.
#[derive(Debug)]
pub(crate) enum Interrupt {
    /// `#stop`: what is printed so far is the output.
    Stop,
    /// A `#break` in a string, which ends a loop around it.
    Break,
    Failure(Box<Failure>),
}

/// An error, and its place once that is known.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: RenderErrorKind,
    pub(crate) at: Option<usize>,
}

impl Interrupt {
    /// Adds the place of a failure, unless an inner one is known already.
    #[cold]
    #[inline(never)]
    pub(crate) fn at(mut self, place: u32) -> Self {
        if let Self::Failure(failure) = &mut self {
            failure.at.get_or_insert(place as usize);
        }
        self
    }

    /// Forgets the place, which is one in another text.
    pub(crate) fn without_place(mut self) -> Self {
        if let Self::Failure(failure) = &mut self {
            failure.at = None;
        }
        self
    }
}

impl<E: Into<RenderErrorKind>> From<E> for Interrupt {
    #[cold]
    #[inline(never)]
    fn from(error: E) -> Self {
        Self::Failure(Box::new(Failure {
            kind: error.into(),
            at: None,
        }))
    }
}

fn line_and_column(source: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let before = &source[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}
