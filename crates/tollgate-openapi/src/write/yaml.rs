//! YAML: blocks indented by two blanks, and texts in the plainest form that no reader takes for
//! something else.

use serde_json::Value;

use super::Numbers;
use crate::place::Place;

/// Words that some version of YAML takes for no text.
const WORDS: [&str; 13] = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity", "none",
];

pub(super) fn write(value: &Value, place: &Place, numbers: Numbers<'_>) -> String {
    let mut writer = Writer {
        numbers,
        out: String::new(),
    };
    match value {
        Value::Object(members) if !members.is_empty() => writer.block(value, Some(place), 0),
        Value::Array(elements) if !elements.is_empty() => writer.block(value, Some(place), 0),
        value => writer.scalar(value, Some(place), 0),
    }
    writer.out
}

struct Writer<'t> {
    numbers: Numbers<'t>,
    out: String,
}

impl Writer<'_> {
    /// Writes the parts of an object or a list, each on lines of its own. The first begins where
    /// the text has come to.
    fn block(&mut self, value: &Value, place: Option<&Place>, depth: usize) {
        match value {
            Value::Object(members) => {
                for (index, (name, member)) in members.iter().enumerate() {
                    self.line(index, depth);
                    self.out.push_str(&text(name));
                    self.out.push(':');
                    let place = place.and_then(|place| place.member(name));
                    if is_block(member) {
                        self.line(1, depth + 1);
                        self.block(member, place, depth + 1);
                    } else {
                        self.out.push(' ');
                        self.scalar(member, place, depth + 1);
                    }
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.line(index, depth);
                    self.out.push_str("- ");
                    let place = place.and_then(|place| place.element(index));
                    if is_block(element) {
                        self.block(element, place, depth + 1);
                    } else {
                        self.scalar(element, place, depth + 1);
                    }
                }
            }
            value => self.scalar(value, place, depth),
        }
    }

    /// Writes what stands behind its name; the lines of a text are this deep.
    fn scalar(&mut self, value: &Value, place: Option<&Place>, depth: usize) {
        match value {
            Value::Number(number) => self.out.push_str(&self.numbers.text(number, place)),
            Value::String(string) if has_lines(string) => self.lines(string, depth),
            Value::String(string) => self.out.push_str(&text(string)),
            // `{}` and `[]`, and what is spelled as in JSON.
            value => self.out.push_str(&value.to_string()),
        }
    }

    /// Begins a line, unless it is that of the first part.
    fn line(&mut self, before: usize, depth: usize) {
        if before > 0 {
            if !self.out.ends_with('\n') {
                self.out.push('\n');
            }
            self.out.push_str(&"  ".repeat(depth));
        }
    }

    /// Writes a text line by line.
    fn lines(&mut self, string: &str, depth: usize) {
        let ends = string.len() - string.trim_end_matches('\n').len();
        self.out.push_str(match ends {
            0 => "|-",
            1 => "|",
            _ => "|+",
        });
        let string = string.strip_suffix('\n').unwrap_or(string);
        for line in string.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.out.push_str(&"  ".repeat(depth));
                self.out.push_str(line);
            }
        }
        if ends > 0 {
            self.out.push('\n');
        }
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        _ => false,
    }
}

/// Whether a text can be written line by line: its first line tells readers how deep all are.
fn has_lines(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text
            .chars()
            .all(|char| char == '\n' || is_plain_in_quotes(char))
}

/// Whether a character may stand as it is within quotes.
fn is_plain_in_quotes(char: char) -> bool {
    match char {
        '\t' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        char => !char.is_control(),
    }
}

/// A text of one line: plain, or in quotes.
fn text(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            char if is_plain_in_quotes(char) => quoted.push(char),
            // All of these have no more than four digits.
            char => quoted.push_str(&format!("\\u{:04x}", u32::from(char))),
        }
    }
    quoted.push('"');
    quoted
}

fn is_plain(text: &str) -> bool {
    // Versions such as `3.0.1` are no numbers, and no dates either.
    let is_version = text.split('.').count() == 3
        && text
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let begins = text.starts_with(|char: char| char.is_alphabetic() || "/_$".contains(char));
    let holds =
        |char: char| char.is_alphanumeric() || " _-./$()+=;,{}@&*!?:'\"<>%~^|".contains(char);
    is_version
        || begins
            && text.chars().all(holds)
            && !text.contains(": ")
            && !text.ends_with([':', ' '])
            && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}
