//! What can be wrong with a path, its evaluation or a lenient document.

use thiserror::Error;

use crate::{MAX_DEPTH, MAX_DOCUMENT_LEN, MAX_NESTING, MAX_PATH_LEN, MAX_RESULTS, MAX_STEPS};

/// The exception the Java library throws in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// `InvalidPathException`: the path cannot be compiled, or not be applied to this document.
    InvalidPath,
    /// `PathNotFoundException`: a definite path leads to nothing.
    PathNotFound,
    /// `IllegalArgumentException`: no document, no path, or a literal that is not JSON.
    IllegalArgument,
    /// `InvalidJsonException`: a document or function argument that is not even lenient JSON.
    InvalidJson,
    /// `JsonPathException` and what escapes it: a function that has nothing to work on.
    Evaluation,
    /// A limit of this crate; the Java library has none.
    Limit,
}

/// Why a text is not a path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// The text is empty.
    #[error("an empty path, expected at least `$`")]
    Empty,
    /// The text stops following the grammar.
    #[error("byte {at} of the path: expected {expected}")]
    Syntax {
        /// Where, in bytes from the start of the text.
        at: usize,
        /// What would have been right.
        expected: &'static str,
    },
    /// A filter's regular expression was refused.
    #[error("byte {at} of the path: {reason}")]
    Pattern {
        /// Where, in bytes from the start of the text.
        at: usize,
        /// Why it was refused.
        reason: String,
    },
    /// The text has more than [`MAX_PATH_LEN`] bytes.
    #[error("{length} bytes long, expected at most {MAX_PATH_LEN}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The path has more than [`MAX_STEPS`] steps.
    #[error("byte {at} of the path: expected its end after {MAX_STEPS} steps")]
    TooManySteps {
        /// Where the first step too many starts.
        at: usize,
    },
    /// Filters, parentheses and arguments stand in one another more than [`MAX_NESTING`] deep.
    #[error("byte {at} of the path: expected at most {MAX_NESTING} levels of nesting")]
    TooDeep {
        /// Where the level too deep starts.
        at: usize,
    },
    /// To read the path or to compile its regular expressions takes more than its
    /// [`Allowance`](crate::Allowance).
    #[error("the path takes more work or memory to compile than it may")]
    TooCostly,
}

impl PathError {
    /// The exception the Java library throws.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty => ErrorKind::IllegalArgument,
            Self::Syntax { .. } | Self::Pattern { .. } => ErrorKind::InvalidPath,
            Self::TooLong { .. }
            | Self::TooManySteps { .. }
            | Self::TooDeep { .. }
            | Self::TooCostly => ErrorKind::Limit,
        }
    }
}

/// Why a path gives no result for a document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FindError {
    /// Nothing is there: a definite path without a result, or an indefinite one that breaks off
    /// before its first wildcard, filter, slice or scan.
    #[error("nothing found at step {step} of the path, expected {expected}")]
    NotFound {
        /// The step that found nothing, counted from zero.
        step: usize,
        /// What it expected to find.
        expected: &'static str,
    },
    /// The document is `null`.
    #[error("the document is null, expected a value to search")]
    NullDocument,
    /// A filter meets a scalar where the path is definite so far.
    #[error("step {step} of the path: expected a list or map to filter, found a scalar")]
    FilterOnScalar {
        /// The step, counted from zero.
        step: usize,
    },
    /// A function of that name does not exist. As in Java, only evaluation says so.
    #[error(
        "unknown function {name:?}, expected one of avg, stddev, sum, min, max, concat, \
             length, size, append, keys, first, last, index"
    )]
    UnknownFunction {
        /// The name in the path.
        name: Box<str>,
    },
    /// A number was asked of no numbers, or an element of no list.
    #[error("{function}(): expected {expected}")]
    NothingToAggregate {
        /// The function.
        function: &'static str,
        /// What it needs.
        expected: &'static str,
    },
    /// A function asks for an element that the list does not have.
    #[error("{function}(): no element {index} in a list of {length}")]
    NoSuchElement {
        /// The function.
        function: &'static str,
        /// The position asked for; negative from the end.
        index: i64,
        /// How many elements there are.
        length: usize,
    },
    /// `length()` was given a literal where it needs a path.
    #[error("length(): expected a path as argument, found a literal")]
    LiteralArgument,
    /// A function argument is not JSON.
    #[error("an argument of {function}(): {error}")]
    InvalidArgument {
        /// The function.
        function: Box<str>,
        /// What is wrong with it.
        error: ReadError,
    },
    /// A list or map written into a filter is not JSON.
    #[error("a literal of a filter: {0}")]
    InvalidLiteral(ReadError),
    /// `..` stands before a function or at the end of a function's path.
    #[error("a deep scan without a step to look for")]
    ScanForNothing,
    /// A filter compares a value that is nothing JSON knows.
    #[error("a filter met a value that is not JSON")]
    NotJson,
    /// The regular expression of a filter gave up on a text.
    #[error("the pattern of a filter: {0}")]
    Pattern(String),
    /// More values were touched than [`Allowance::visits`](crate::Allowance::visits) lets.
    #[error("too many values touched, expected a more selective path")]
    TooManyVisits,
    /// More memory was taken than [`Allowance::bytes`](crate::Allowance::bytes) lets.
    #[error("too much memory taken, expected a more selective path")]
    TooManyBytes,
    /// More than [`MAX_RESULTS`] values match.
    #[error("more than {MAX_RESULTS} results, expected a more selective path")]
    TooManyResults,
    /// Lists and maps to compare or print are nested more than [`MAX_DEPTH`] deep.
    #[error("a value nested more than {MAX_DEPTH} deep cannot be compared or printed")]
    TooDeep,
}

impl FindError {
    /// Whether the path simply leads to nothing: what Amazon API Gateway renders as empty text.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// The exception the Java library throws.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::PathNotFound,
            Self::NullDocument | Self::InvalidLiteral(_) => ErrorKind::IllegalArgument,
            Self::FilterOnScalar { .. } | Self::UnknownFunction { .. } => ErrorKind::InvalidPath,
            Self::InvalidArgument { .. } => ErrorKind::InvalidJson,
            Self::NothingToAggregate { .. }
            | Self::NoSuchElement { .. }
            | Self::LiteralArgument
            | Self::ScanForNothing
            | Self::NotJson => ErrorKind::Evaluation,
            Self::Pattern(_)
            | Self::TooManyVisits
            | Self::TooManyBytes
            | Self::TooManyResults
            | Self::TooDeep => ErrorKind::Limit,
        }
    }
}

/// Why a text cannot be read even leniently.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is empty.
    #[error("an empty document, expected a value")]
    Empty,
    /// The text stops following the lenient grammar.
    #[error("byte {at} of the document: expected {expected}")]
    Syntax {
        /// Where, in bytes from the start of the text.
        at: usize,
        /// What would have been right.
        expected: &'static str,
    },
    /// A number has an exponent that neither a double nor Java's `BigDecimal` takes.
    #[error("byte {at} of the document: expected a number with a smaller exponent")]
    Number {
        /// Where the number starts, in bytes from the start of the text.
        at: usize,
    },
    /// The text has more than [`MAX_DOCUMENT_LEN`] bytes.
    #[error("{length} bytes long, expected at most {MAX_DOCUMENT_LEN}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Lists and maps are nested more than [`MAX_DEPTH`] deep.
    #[error("byte {at} of the document: expected at most {MAX_DEPTH} levels of nesting")]
    TooDeep {
        /// Where the level too deep starts.
        at: usize,
    },
}

impl ReadError {
    /// The exception the Java library throws.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty | Self::Number { .. } => ErrorKind::IllegalArgument,
            Self::Syntax { .. } => ErrorKind::InvalidJson,
            Self::TooLong { .. } | Self::TooDeep { .. } => ErrorKind::Limit,
        }
    }
}
