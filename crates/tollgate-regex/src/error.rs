//! What can be wrong with a pattern, a replacement, or the time a match takes.

use thiserror::Error;

use crate::{MAX_COMPILED_SIZE, MAX_NESTING, MAX_PATTERN_LEN};

/// Why a text is not taken as a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// Java refuses the pattern too.
    #[error("byte {at} of the pattern: {fault}")]
    Invalid {
        /// Where the fault is, in bytes.
        at: usize,
        /// What is wrong there.
        fault: Fault,
    },
    /// Java takes the pattern, this crate does not.
    #[error("byte {at} of the pattern: {construct} is not supported")]
    NotSupported {
        /// Where it stands, in bytes.
        at: usize,
        /// What it is.
        construct: NotSupported,
    },
    /// The pattern has more than [`MAX_PATTERN_LEN`] bytes.
    #[error("pattern of {length} bytes, expected at most {MAX_PATTERN_LEN}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Groups or character classes stand within each other more than [`MAX_NESTING`] deep.
    #[error("byte {at} of the pattern: nested more than {MAX_NESTING} deep")]
    TooDeep {
        /// Where the one too many opens, in bytes.
        at: usize,
    },
    /// The automaton would take more than [`MAX_COMPILED_SIZE`] bytes, as with `(a{999}){999}`.
    #[error("the pattern compiles to more than {MAX_COMPILED_SIZE} bytes")]
    TooLarge,
}

/// What is wrong at one place of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// `*`, `+` or `?` with nothing before it that could be repeated.
    #[error("{0:?} after nothing, expected something to repeat before it")]
    DanglingQuantifier(char),
    /// `{` without a number.
    #[error("'{{' without a count, expected digits after it or a backslash before it")]
    RepetitionWithoutCount,
    /// `{2` or `{2,x`.
    #[error("unclosed repetition, expected '}}'")]
    UnclosedRepetition,
    /// `{3,2}`, or a count over 2147483647.
    #[error("repetition out of order or over 2147483647")]
    RepetitionRange,
    /// `(` without `)`.
    #[error("unclosed group, expected ')'")]
    UnclosedGroup,
    /// `)` without `(`.
    #[error("')' without a group, expected a backslash before it")]
    UnmatchedParenthesis,
    /// `(?y)` and the like.
    #[error("unknown group, expected one of (?: (?= (?! (?> (?<= (?<! (?<name> or flags idmsuxU")]
    UnknownGroup,
    /// A group name that does not start with a letter or has no `>` after its letters and digits.
    #[error("malformed group name, expected letters and digits of ASCII and then '>'")]
    GroupName,
    /// A second group of the same name.
    #[error("group name {0:?} used twice")]
    DuplicateGroup(String),
    /// A reference to a name that no group before it has.
    #[error("reference to a group {0:?}, expected a name given before")]
    NoSuchGroup(String),
    /// `\k` without a name.
    #[error("'\\k' without a name, expected '<' after it")]
    NoReferenceName,
    /// `[` without `]`.
    #[error("unclosed character class, expected ']'")]
    UnclosedClass,
    /// `[z-a]` or `[a-\d]`.
    #[error("range out of order, expected a last character not before the first")]
    ClassRange,
    /// `[&&]`, or one like `[\da&&]`, which Java takes and then fails to match with.
    #[error("'&&' without an operand, expected members of the class around it")]
    EmptyIntersection,
    /// A backslash before a letter without a meaning.
    #[error("unknown escape '\\{0}'")]
    UnknownEscape(char),
    /// A backslash at the end.
    #[error("backslash at the end, expected a character after it")]
    DanglingBackslash,
    /// `\0` without octal digits.
    #[error("'\\0' without octal digits")]
    OctalEscape,
    /// `\x` without two hexadecimal digits or some in braces.
    #[error("malformed '\\x', expected two hexadecimal digits, or some in braces")]
    HexadecimalEscape,
    /// `\u` without four hexadecimal digits.
    #[error("malformed '\\u', expected four hexadecimal digits")]
    UnicodeEscape,
    /// `\x{110000}` and above.
    #[error("code point over 10FFFF")]
    CodePoint,
    /// `\c` at the end.
    #[error("'\\c' at the end, expected a character after it")]
    ControlEscape,
    /// `\N` without a name in braces.
    #[error("malformed '\\N', expected a character name in braces")]
    NameEscape,
    /// `\p{` without `}`.
    #[error("unclosed property name, expected '}}'")]
    UnclosedProperty,
    /// `\p{}`.
    #[error("empty property name")]
    EmptyProperty,
    /// `\p{Nope}`.
    #[error("unknown property {0:?}")]
    UnknownProperty(String),
    /// `(?<=(ab)*)` and the like.
    #[error("look-behind without an obvious maximum length")]
    UnboundedLookBehind,
}

/// What Java knows and this crate does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotSupported {
    /// `\N{LATIN SMALL LETTER A}`.
    #[error("a character by its name (\\N{{…}})")]
    CharacterName,
    /// `(?c)`.
    #[error("canonical equivalence (?c)")]
    CanonicalEquivalence,
    /// `\b{g}`.
    #[error("a grapheme cluster boundary (\\b{{g}})")]
    GraphemeBoundary,
    /// `\p{javaMirrored}`.
    #[error("\\p{{javaMirrored}}")]
    Mirrored,
}

/// A match was given up: backtracking took more steps than [`MAX_STEPS`](crate::MAX_STEPS) and
/// [`STEPS_PER_BYTE`](crate::STEPS_PER_BYTE) allow, or more memory than
/// [`MAX_BACKTRACK_FRAMES`](crate::MAX_BACKTRACK_FRAMES).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the pattern needs too much backtracking on this text")]
pub struct StepLimit;

/// Why a text is not a replacement for the matches of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("byte {at} of the replacement: {fault}")]
pub struct ReplacementError {
    /// Where the fault is, in bytes.
    pub at: usize,
    /// What is wrong there.
    pub fault: ReplacementFault,
}

/// What is wrong at one place of a replacement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplacementFault {
    /// A backslash at the end.
    #[error("backslash at the end, expected a character after it")]
    DanglingBackslash,
    /// `$` at the end, or before something other than a digit or `{`.
    #[error("'$' without a group, expected a number or a name in braces after it")]
    NoReference,
    /// A number that no group has.
    #[error("no group {0}")]
    NoSuchNumber(usize),
    /// A name that no group has.
    #[error("no group {0:?}")]
    NoSuchName(String),
    /// `${`, `${}`, `${1}` or `${a`.
    #[error("malformed group name, expected letters and digits of ASCII and then '}}'")]
    GroupName,
}

/// Why a replacement was not made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplaceError {
    /// The replacement is at fault.
    #[error(transparent)]
    Replacement(#[from] ReplacementError),
    /// The search was given up.
    #[error(transparent)]
    StepLimit(#[from] StepLimit),
}
