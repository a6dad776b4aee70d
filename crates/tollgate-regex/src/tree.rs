//! A parsed pattern. Flags are gone from it: every node says all that it means.

use crate::char_set::CharSet;

#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// Matches nothing, everywhere.
    Empty,
    Char(char),
    Set(CharSet),
    Assertion(Assertion),
    /// `\R`: any line terminator, with `\r\n` preferred as a whole.
    LineBreak,
    /// `\X`: one extended grapheme cluster.
    Grapheme,
    Concat(Vec<Self>),
    Alternation(Vec<Self>),
    Capture {
        group: usize,
        body: Box<Self>,
    },
    Repeat {
        body: Box<Self>,
        count: Count,
        greed: Greed,
    },
    /// What `(?>…)` encloses: matched in the first way that succeeds, or not at all.
    Atomic(Box<Self>),
    Look {
        direction: Direction,
        negated: bool,
        body: Box<Self>,
    },
    BackReference {
        group: usize,
        case: Case,
    },
}

/// How many times, with [`Count::UNBOUNDED`] as the highest maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) min: u32,
    pub(crate) max: u32,
}

impl Count {
    /// The highest count that Java can hold in an `int`, and its sign for "without end".
    pub(crate) const UNBOUNDED: u32 = i32::MAX as u32;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ahead,
    /// With the lengths, in characters, among which Java looks for a start.
    Behind {
        min: u32,
        max: u32,
    },
}

/// What counts as the same letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Sensitive,
    Ascii,
    Unicode,
}

/// Which line terminators there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    /// `\n` alone, as under `(?d)`.
    Unix,
    /// `\n`, `\r\n`, `\r`, U+0085, U+2028 and U+2029.
    Java,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assertion {
    /// `\A`, and `^` without `(?m)`.
    Start,
    /// `\z`.
    End,
    /// `\Z`, and `$` without `(?m)`: the end, or before a line terminator that ends the text.
    FinalEnd(Lines),
    /// `^` under `(?m)`.
    LineStart(Lines),
    /// `$` under `(?m)`.
    LineEnd(Lines),
    WordBoundary {
        negated: bool,
        /// Whether `(?U)` widens what a word is made of.
        unicode: bool,
    },
    /// `\G`.
    LastMatchEnd,
}

impl Node {
    /// Whether the node can match without consuming anything.
    pub(crate) fn can_be_empty(&self) -> bool {
        match self {
            Self::Char(_) | Self::Set(_) | Self::LineBreak | Self::Grapheme => false,
            Self::Empty | Self::Assertion(_) | Self::Look { .. } | Self::BackReference { .. } => {
                true
            }
            Self::Concat(parts) => parts.iter().all(Self::can_be_empty),
            Self::Alternation(branches) => branches.iter().any(Self::can_be_empty),
            Self::Capture { body, .. } | Self::Atomic(body) => body.can_be_empty(),
            Self::Repeat { body, count, .. } => count.min == 0 || body.can_be_empty(),
        }
    }

    /// How many characters and ranges of characters there are, with counted repetitions written
    /// out.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Set(set) => set.ranges().count(),
            Self::Concat(parts) | Self::Alternation(parts) => {
                parts.iter().map(Self::size).fold(1, usize::saturating_add)
            }
            Self::Capture { body, .. } | Self::Atomic(body) | Self::Look { body, .. } => {
                body.size().saturating_add(1)
            }
            Self::Repeat { body, count, .. } => {
                let times = match count.max {
                    Count::UNBOUNDED => count.min.saturating_add(1),
                    max => max,
                };
                body.size().saturating_mul(times as usize)
            }
            Self::Empty
            | Self::Char(_)
            | Self::Assertion(_)
            | Self::LineBreak
            | Self::Grapheme
            | Self::BackReference { .. } => 1,
        }
    }

    /// Of how many characters a match can be made, with counted repetitions written out.
    pub(crate) fn positions(&self) -> usize {
        match self {
            Self::Concat(parts) | Self::Alternation(parts) => {
                let parts = parts.iter().map(Self::positions);
                parts.fold(0, usize::saturating_add)
            }
            Self::Capture { body, .. } | Self::Atomic(body) | Self::Look { body, .. } => {
                body.positions()
            }
            Self::Repeat { body, count, .. } => {
                let times = match count.max {
                    Count::UNBOUNDED => count.min.max(1),
                    max => max,
                };
                body.positions().saturating_mul(times as usize)
            }
            Self::LineBreak => 2,
            Self::Char(_) | Self::Set(_) | Self::Grapheme => 1,
            Self::Empty | Self::Assertion(_) | Self::BackReference { .. } => 0,
        }
    }

    /// Whether Java sees but one way in which the node can match.
    pub(crate) fn is_deterministic(&self) -> bool {
        match self {
            Self::Alternation(_) | Self::Grapheme => false,
            Self::Repeat { body, count, .. } => count.min == count.max && body.is_deterministic(),
            Self::Concat(parts) => parts.iter().all(Self::is_deterministic),
            Self::Capture { body, .. } | Self::Atomic(body) => body.is_deterministic(),
            Self::Empty
            | Self::Char(_)
            | Self::Set(_)
            | Self::Assertion(_)
            | Self::LineBreak
            | Self::Look { .. }
            | Self::BackReference { .. } => true,
        }
    }

    pub(crate) fn has_captures(&self) -> bool {
        match self {
            Self::Capture { .. } => true,
            Self::Concat(parts) | Self::Alternation(parts) => parts.iter().any(Self::has_captures),
            Self::Repeat { body, .. } | Self::Atomic(body) | Self::Look { body, .. } => {
                body.has_captures()
            }
            Self::Empty
            | Self::Char(_)
            | Self::Set(_)
            | Self::Assertion(_)
            | Self::LineBreak
            | Self::Grapheme
            | Self::BackReference { .. } => false,
        }
    }
}
