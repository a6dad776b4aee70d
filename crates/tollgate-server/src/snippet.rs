//! The line of a text that a remark is about, and the place in it.

use std::cell::Cell;

use tollgate::core::Position;
use unicode_width::UnicodeWidthChar as _;

use crate::printable::push_printable;

/// Columns of a line that are shown; what is further from the place is cut.
const MOST_COLUMNS: usize = 100;
/// Columns of these that are for the place and what follows it, if they are needed there.
const AT_LEAST_AFTER: usize = 40;
/// Stands for what is cut.
const CUT: char = '…';

/// A text and where its lines begin.
#[derive(Debug)]
pub(crate) struct Source<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// A place that was found: its line, and its column and byte from 0. Remarks come in the order
    /// of the text, so that a text of one long line is walked once for all of them.
    found: Cell<(usize, usize, usize)>,
}

/// A line as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snippet {
    /// The line, or the part of it around the place.
    pub(crate) line: String,
    /// Columns of it before the place.
    pub(crate) before: usize,
    /// Columns that are meant, at least one.
    pub(crate) width: usize,
    /// Whether something was cut.
    pub(crate) is_cut: bool,
}

impl<'t> Source<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
            found: Cell::new((0, 0, 0)),
        }
    }

    /// The line of a place; `None` if the text has none there.
    ///
    /// A place after the end of its line counts as that end.
    pub(crate) fn snippet(&self, position: Position) -> Option<Snippet> {
        let number = usize::try_from(position.line).ok()?.checked_sub(1)?;
        let start = *self.starts.get(number)?;
        let rest = self.text.get(start..)?;
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let column = usize::try_from(position.column).ok()?.saturating_sub(1);
        let (before, after) = line.split_at_checked(self.byte(number, line, column))?;
        Some(snippet(before, after))
    }

    /// Where a column begins in a line, in bytes.
    fn byte(&self, number: usize, line: &str, column: usize) -> usize {
        let known = Some(self.found.get());
        let known = known.filter(|(line, known, _)| *line == number && *known <= column);
        let (_, from, byte) = known.unwrap_or_default();
        let rest = line.get(byte..).unwrap_or_default();
        let further = rest.char_indices().nth(column - from);
        let Some((further, _)) = further else {
            return line.len();
        };
        self.found.set((number, column, byte + further));
        byte + further
    }
}

fn snippet(before: &str, after: &str) -> Snippet {
    let needed_after = first_columns(after, AT_LEAST_AFTER)
        .chars()
        .map(Room::of)
        .sum();
    let shown_before = last_columns(before, MOST_COLUMNS.saturating_sub(needed_after));
    let is_cut_before = shown_before.len() < before.len();
    let mut line = String::new();
    if is_cut_before {
        line.push(CUT);
    }
    push(&mut line, shown_before);
    let before = columns(&line);
    let taken: usize = shown_before.chars().map(Room::of).sum();
    let shown = first_columns(after, MOST_COLUMNS.saturating_sub(taken));
    let is_cut_after = shown.len() < after.len();
    let (meant, rest) = shown.split_at_checked(token(shown)).unwrap_or((shown, ""));
    push(&mut line, meant);
    let width = columns(&line) - before;
    push(&mut line, rest);
    if is_cut_after {
        line.push(CUT);
    }
    Snippet {
        line,
        before,
        width: width.max(1),
        is_cut: is_cut_before || is_cut_after,
    }
}

fn push(line: &mut String, text: &str) {
    text.chars().for_each(|char| push_printable(line, char));
}

/// The first characters of a text, as many as fit.
fn first_columns(text: &str, most: usize) -> &str {
    let mut room = Room(most);
    let too_many = text.char_indices().find(|(_, char)| !room.takes(*char));
    let end = too_many.map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// The last characters of a text, as many as fit.
fn last_columns(text: &str, most: usize) -> &str {
    let mut room = Room(most);
    let mut backwards = text.char_indices().rev();
    let too_many = backwards.find(|(_, char)| !room.takes(*char));
    let start = too_many.map_or(0, |(at, char)| at + char.len_utf8());
    text.get(start..).unwrap_or_default()
}

/// Columns that are left.
struct Room(usize);

impl Room {
    /// What a character takes: one that combines with others counts too, so that not many pile up.
    fn of(char: char) -> usize {
        let mut shown = String::new();
        push_printable(&mut shown, char);
        columns(&shown).max(1)
    }

    fn takes(&mut self, char: char) -> bool {
        let left = self.0.checked_sub(Self::of(char));
        self.0 = left.unwrap_or_default();
        left.is_some()
    }
}

/// Columns that a printable text takes.
fn columns(text: &str) -> usize {
    text.chars().filter_map(char::width).sum()
}

/// How many bytes the word takes that a text begins with: a quoted string, or what reaches to a
/// space or to punctuation of JSON and YAML.
fn token(text: &str) -> usize {
    let mut chars = text.char_indices();
    let Some((_, first)) = chars.next() else {
        return 0;
    };
    if matches!(first, '"' | '\'') {
        let mut is_escaped = false;
        for (at, char) in chars {
            if char == first && !is_escaped {
                return at + 1;
            }
            is_escaped = char == '\\' && !is_escaped;
        }
        return text.len();
    }
    if matches!(first, '{' | '}' | '[' | ']' | ',' | ':') {
        return 1;
    }
    let mut open = 0_usize;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match char {
            '{' | '[' => open += 1,
            // The braces of a path such as `/pets/{id}` belong to it.
            '}' | ']' if open == 0 => return at,
            '}' | ']' => open -= 1,
            ':' if next.is_none_or(char::is_whitespace) => return at,
            ',' | '"' => return at,
            _ if char.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    fn of(text: &str, position: Position) -> Snippet {
        Source::new(text)
            .snippet(position)
            .expect("the text has the line")
    }

    fn underlined(snippet: &Snippet) -> String {
        format!(
            "{}\n{}{}",
            snippet.line,
            " ".repeat(snippet.before),
            "^".repeat(snippet.width)
        )
    }

    #[test]
    fn the_word_at_the_place_is_underlined() {
        for (text, position, expected) in [
            ("a\n  get: {}\n", at(2, 3), "  get: {}\n  ^^^"),
            ("{\"a b\": 1}", at(1, 2), "{\"a b\": 1}\n ^^^^^"),
            (r#"{"a\"b": 1}"#, at(1, 2), "{\"a\\\"b\": 1}\n ^^^^^^"),
            ("  /pets/{id}:", at(1, 3), "  /pets/{id}:\n  ^^^^^^^^^^"),
            ("{a: [1, 2]}", at(1, 6), "{a: [1, 2]}\n     ^"),
            ("{\"a\": 12}", at(1, 7), "{\"a\": 12}\n      ^^"),
            (
                "uri: http://a/b",
                at(1, 6),
                "uri: http://a/b\n     ^^^^^^^^^^",
            ),
            // The end of a line, and a place after it.
            ("a: b\r\nc", at(1, 9), "a: b\n    ^"),
            ("", at(1, 1), "\n^"),
            // Tabs and wide characters take their columns.
            ("\t\"x\": 1", at(1, 2), "    \"x\": 1\n    ^^^"),
            ("漢字: ü", at(1, 1), "漢字: ü\n^^^^"),
            ("漢字: ü", at(1, 5), "漢字: ü\n      ^"),
            ("\u{1b}[0m x", at(1, 6), "\\u{1b}[0m x\n          ^"),
        ] {
            assert_eq!(
                underlined(&of(text, position)),
                expected,
                "{text:?} {position}"
            );
        }
        assert_eq!(Source::new("a\nb").snippet(at(3, 1)), None);
        assert_eq!(Source::new("a").snippet(at(0, 0)), None);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line: String = ('a'..='z').cycle().take(10_000).collect();
        let text = format!("{line} meant {line}");
        let middle = of(&text, at(1, 10_002));
        assert_eq!((middle.before, middle.width), (61, 5));
        assert!(middle.is_cut);
        assert!(
            middle.line.starts_with('…') && middle.line.ends_with('…'),
            "{middle:?}"
        );
        assert_eq!(columns(&middle.line), 102);
        let begin = of(&text, at(1, 1));
        assert_eq!((begin.before, begin.width), (0, 100));
        let end = of(&text, at(1, u32::MAX));
        assert_eq!((end.before, end.width), (101, 1));
        // What fits is not cut, wherever the place is.
        let fits = "x".repeat(100);
        for column in [1, 50, 100] {
            assert!(!of(&fits, at(1, column)).is_cut, "{column}");
        }
    }

    #[test]
    fn places_are_found_in_any_order() {
        let source = Source::new("äbc def\nghi");
        for (position, expected) in [
            (at(1, 5), 4),
            (at(1, 2), 1),
            (at(2, 2), 1),
            (at(1, 7), 6),
            (at(1, 7), 6),
        ] {
            let found = source.snippet(position).expect("the text has the line");
            assert_eq!(found.before, expected, "{position}");
        }
    }

    proptest! {
        #[test]
        fn a_snippet_is_short_and_printable(
            text in "(?s)\\PC{0,40}|[ -~\t\r\n\u{1b}\u{9b}\u{202e}\u{301}漢]{0,400}|.{0,300}",
            places in proptest::collection::vec((0..5_u32, 0..500_u32), 1..4),
        ) {
            let source = Source::new(&text);
            for (line, column) in places {
                let Some(snippet) = source.snippet(at(line, column)) else { continue };
                prop_assert_eq!(crate::printable::printable(&snippet.line), snippet.line.as_str());
                prop_assert!(columns(&snippet.line) <= MOST_COLUMNS + 2);
                prop_assert!(snippet.line.chars().count() <= MOST_COLUMNS + 2);
                prop_assert!(snippet.before + snippet.width <= MOST_COLUMNS + 2);
                prop_assert!(snippet.width >= 1);
            }
        }
    }
}
