//! Text that others had a hand in, made fit for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Columns between tab stops would depend on where a line begins; a tab counts as this many spaces.
const TAB: &str = "    ";

/// A text without characters that would act on a terminal instead of being seen.
///
/// Tabs become four spaces; line breaks, escapes and what turns the direction of writing around
/// become `\u{1b}` and the like.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    text.chars().for_each(|char| push_printable(&mut out, char));
    Cow::Owned(out)
}

/// The beginning of a text as [`printable`] shows it, and a mark if there is more.
pub(crate) fn printable_start(text: &str, most_chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most_chars) {
        None => printable(text),
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            Cow::Owned(format!("{}…", printable(start)))
        }
    }
}

/// Adds a character as [`printable`] shows it.
pub(crate) fn push_printable(out: &mut String, char: char) {
    match char {
        '\t' => out.push_str(TAB),
        _ if acts(char) => {
            write!(out, "\\u{{{:x}}}", u32::from(char)).expect("a string takes any text");
        }
        _ => out.push(char),
    }
}

/// JSON text with the same characters escaped, which is the same JSON, and a line end.
///
/// Outside of its strings JSON has none of them but line breaks.
pub(crate) fn printable_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 1);
    for char in json.chars() {
        if acts(char) && char != '\n' {
            // All of them are in the basic plane, where one escape is one character.
            write!(out, "\\u{:04x}", u32::from(char)).expect("a string takes any text");
        } else {
            out.push(char);
        }
    }
    out.push('\n');
    out
}

/// Control characters, of the C1 block too; line and paragraph separators; and what embeds, isolates
/// or overrides the direction of writing, by which text can be made to look like another.
fn acts(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_spelled_out() {
        for (text, expected) in [
            (
                "plain `text` \"quoted\" \\ ü 漢字",
                "plain `text` \"quoted\" \\ ü 漢字",
            ),
            ("a\tb", "a    b"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"),
            ("a\r\nb\u{2028}", "a\\u{d}\\u{a}b\\u{2028}"),
            ("\u{202e}evil\u{2066}", "\\u{202e}evil\\u{2066}"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(printable_start("äbc", 3), "äbc");
        assert_eq!(printable_start("äb\u{7f}c", 3), "äb\\u{7f}…");
    }

    #[test]
    fn json_stays_what_it_is() {
        let value = serde_json::json!({ "a": "\u{9b}\u{1b}\u{202e}\n", "b": [1] });
        let text = printable_json(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
        assert!(text.contains("\"\\u009b\\u001b\\u202e\\n\""), "{text}");
    }
}
