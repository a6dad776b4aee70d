//! What can be asked about a position in a text.

use std::sync::LazyLock;

use crate::{
    char_set::CharSet,
    tree::{Assertion, Lines},
};

/// Whether an assertion holds at `position`; `last_end` is where the match before ended.
pub(super) fn holds(assertion: Assertion, text: &str, position: usize, last_end: usize) -> bool {
    match assertion {
        Assertion::Start => position == 0,
        Assertion::End => position == text.len(),
        Assertion::FinalEnd(lines) => {
            position == text.len()
                || (terminator_len(lines, text, position)
                    .is_some_and(|len| position + len == text.len()))
        }
        Assertion::LineStart(lines) => {
            position < text.len() && (position == 0 || after_terminator(lines, text, position))
        }
        Assertion::LineEnd(lines) => {
            position == text.len() || terminator_len(lines, text, position).is_some()
        }
        Assertion::WordBoundary { negated, unicode } => {
            let before = word_before(text, position, unicode);
            let after = word_after(text, position, unicode);
            (before != after) != negated
        }
        Assertion::LastMatchEnd => position == last_end,
    }
}

/// How many combining marks before `position` have to be passed to answer for an assertion.
pub(super) fn marks_around(assertion: Assertion, text: &str, position: usize) -> usize {
    if !matches!(assertion, Assertion::WordBoundary { .. }) {
        return 0;
    }
    let before = text[..position].chars().rev();
    before.take_while(|&ch| is_mark(ch)).count()
}

/// The length of the line terminator that starts at `position`, if one does.
fn terminator_len(lines: Lines, text: &str, position: usize) -> Option<usize> {
    let rest = &text[position..];
    let first = rest.chars().next()?;
    match (lines, first) {
        (Lines::Unix, '\n') => Some(1),
        (Lines::Unix, _) => None,
        (Lines::Java, '\n') if text[..position].ends_with('\r') => None,
        (Lines::Java, '\r') if rest.starts_with("\r\n") => Some(2),
        (Lines::Java, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') => Some(first.len_utf8()),
        (Lines::Java, _) => None,
    }
}

fn after_terminator(lines: Lines, text: &str, position: usize) -> bool {
    match (lines, text[..position].chars().next_back()) {
        (_, Some('\n')) => true,
        (Lines::Java, Some('\r')) => !text[position..].starts_with('\n'),
        (Lines::Java, Some('\u{85}' | '\u{2028}' | '\u{2029}')) => true,
        _ => false,
    }
}

/// Whether a word reaches up to `position`.
fn word_before(text: &str, position: usize, unicode: bool) -> bool {
    let mut before = text[..position].chars().rev();
    match before.next() {
        None => false,
        Some(ch) => is_word(ch, unicode) || (is_mark(ch) && has_base(before)),
    }
}

/// Whether a word goes on at `position`.
fn word_after(text: &str, position: usize, unicode: bool) -> bool {
    match text[position..].chars().next() {
        None => false,
        Some(ch) => {
            is_word(ch, unicode) || (is_mark(ch) && has_base(text[..position].chars().rev()))
        }
    }
}

/// Letters, digits and the underscore; marks only as far as they sit on a letter or digit.
fn is_word(ch: char, unicode: bool) -> bool {
    if ch.is_ascii() {
        return ch == '_' || ch.is_ascii_alphanumeric();
    }
    let set = if unicode { &UNICODE_WORD } else { &WORD };
    set.as_ref().is_some_and(|set| set.contains(ch))
}

fn is_mark(ch: char) -> bool {
    !ch.is_ascii() && MARK.as_ref().is_some_and(|set| set.contains(ch))
}

/// Whether marks that end a text sit on a letter or digit.
fn has_base(mut before: impl Iterator<Item = char>) -> bool {
    before
        .find(|&ch| !is_mark(ch))
        .is_some_and(|ch| ch.is_ascii_alphanumeric() || (!ch.is_ascii() && is_word(ch, false)))
}

static WORD: LazyLock<Option<CharSet>> = LazyLock::new(|| CharSet::named(r"[\p{L}\p{Nd}]"));
static UNICODE_WORD: LazyLock<Option<CharSet>> = LazyLock::new(|| CharSet::named(r"\w"));
static MARK: LazyLock<Option<CharSet>> = LazyLock::new(|| CharSet::named(r"\p{Mn}"));

/// The end of the grapheme cluster that starts at `position`; `None` at the end of the text.
pub(super) fn grapheme_end(text: &str, position: usize) -> Option<usize> {
    let mut ends = text[position..]
        .char_indices()
        .skip(1)
        .map(|(at, _)| position + at);
    if position == text.len() {
        return None;
    }
    Some(
        ends.find(|&end| breaks_between(text, position, end))
            .unwrap_or(text.len()),
    )
}

/// Whether a cluster ends at `position`, by UAX #29; what is before `start` is not looked at.
fn breaks_between(text: &str, start: usize, position: usize) -> bool {
    let mut before = text[start..position].chars().rev().map(Cluster::of);
    let (Some(last), Some(next)) = (
        before.next(),
        text[position..].chars().next().map(Cluster::of),
    ) else {
        return true;
    };
    match (last, next) {
        (Cluster::Cr, Cluster::Lf) => false,
        (Cluster::Cr | Cluster::Lf | Cluster::Control, _)
        | (_, Cluster::Cr | Cluster::Lf | Cluster::Control) => true,
        (Cluster::L, Cluster::L | Cluster::V | Cluster::Lv | Cluster::Lvt)
        | (Cluster::Lv | Cluster::V, Cluster::V | Cluster::T)
        | (Cluster::Lvt | Cluster::T, Cluster::T)
        | (_, Cluster::Extend | Cluster::Joiner | Cluster::SpacingMark)
        | (Cluster::Prepend, _) => false,
        (Cluster::Joiner, Cluster::Pictographic) => !matches!(
            before.find(|&cluster| cluster != Cluster::Extend),
            Some(Cluster::Pictographic)
        ),
        (Cluster::RegionalIndicator, Cluster::RegionalIndicator) => {
            let pairs = before.take_while(|&cluster| cluster == Cluster::RegionalIndicator);
            pairs.count() % 2 == 1
        }
        _ => true,
    }
}

/// The property Grapheme_Cluster_Break, with Extended_Pictographic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cluster {
    Cr,
    Lf,
    Control,
    Extend,
    Joiner,
    RegionalIndicator,
    Prepend,
    SpacingMark,
    L,
    V,
    T,
    Lv,
    Lvt,
    Pictographic,
    Other,
}

impl Cluster {
    fn of(ch: char) -> Self {
        match ch {
            '\r' => Self::Cr,
            '\n' => Self::Lf,
            '\u{200D}' => Self::Joiner,
            ' '..='~' => Self::Other,
            _ => CLUSTERS
                .iter()
                .find(|(_, set)| set.contains(ch))
                .map_or(Self::Other, |(cluster, _)| *cluster),
        }
    }
}

static CLUSTERS: LazyLock<Vec<(Cluster, CharSet)>> = LazyLock::new(|| {
    [
        (Cluster::Control, r"\p{gcb=Control}"),
        (Cluster::Extend, r"\p{gcb=Extend}"),
        (Cluster::RegionalIndicator, r"\p{gcb=Regional_Indicator}"),
        (Cluster::Prepend, r"\p{gcb=Prepend}"),
        (Cluster::SpacingMark, r"\p{gcb=SpacingMark}"),
        (Cluster::L, r"\p{gcb=L}"),
        (Cluster::V, r"\p{gcb=V}"),
        (Cluster::T, r"\p{gcb=T}"),
        (Cluster::Lv, r"\p{gcb=LV}"),
        (Cluster::Lvt, r"\p{gcb=LVT}"),
        (Cluster::Pictographic, r"\p{Extended_Pictographic}"),
    ]
    .into_iter()
    .filter_map(|(cluster, class)| Some((cluster, CharSet::named(class)?)))
    .collect()
});
