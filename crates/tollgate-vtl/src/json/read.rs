//! A strict JSON reader that borrows strings and keeps whole numbers exact.

use thiserror::Error;

use crate::limits::Limits;
use crate::value::{Int, List, ListStyle, Map, Str, Value, plain_length, weight};

/// How deep lists and objects may stand in one another.
const DEEPEST: usize = 128;

/// How many values a text may have, members and elements included.
const MOST_VALUES: usize = 1_000_000;

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{problem} at byte {at}")]
pub struct JsonError {
    problem: Problem,
    at: usize,
}

impl JsonError {
    /// Where the text goes wrong, in bytes from its start.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Whether there was no room for more values.
    pub(super) fn lacks_values(&self) -> bool {
        self.problem == Problem::Values
    }

    /// Whether there was no memory left.
    pub(super) fn lacks_bytes(&self) -> bool {
        self.problem == Problem::Bytes
    }
}

/// How much may be read: values, members and elements included, and the memory that they take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) values: usize,
    pub(super) bytes: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            values: MOST_VALUES,
            bytes: usize::MAX,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
enum Problem {
    #[error("expected the end")]
    NoEnd,
    #[error("expected a value")]
    NoValue,
    #[error("expected a member name")]
    NoName,
    #[error("expected a colon")]
    NoColon,
    #[error("expected a comma or the closing bracket")]
    NoComma,
    #[error("expected the end of a string")]
    NoQuote,
    #[error("expected an escape")]
    NoEscape,
    #[error("expected four hexadecimal digits")]
    NoUnit,
    #[error("expected a digit")]
    NoDigit,
    #[error("control character in a string")]
    ControlCharacter,
    #[error("half a surrogate pair")]
    LoneSurrogate,
    #[error("number out of range")]
    NumberRange,
    #[error("nested deeper than {DEEPEST} levels")]
    Depth,
    #[error("more than {MOST_VALUES} values")]
    Values,
    #[error("more memory than there is")]
    Bytes,
}

/// Reads one value with nothing but blanks around it. Strings without escapes are made by `keep`,
/// and lists print in `style`. What it takes is taken from `room`;
/// what is left of that comes back too.
pub(super) fn read<'t, 'a>(
    text: &'t str,
    style: ListStyle,
    keep: impl Fn(&'t str) -> Str<'a>,
    room: Room,
) -> (Result<Value<'a>, JsonError>, Room) {
    let mut reader = Reader {
        text,
        at: 0,
        style,
        keep,
        room,
        items: Vec::new(),
        members: Vec::new(),
        unescaped: String::new(),
    };
    let value = reader.document();
    (value, reader.room)
}

struct Reader<'t, 'a, K> {
    text: &'t str,
    at: usize,
    style: ListStyle,
    keep: K,
    room: Room,
    /// What the lists being read have so far, the innermost last: each is made with its length known.
    items: Vec<Value<'a>>,
    /// The same of objects.
    members: Vec<(Str<'a>, Value<'a>)>,
    /// Room for a string with escapes.
    unescaped: String,
}

impl<'t, 'a, K: Fn(&'t str) -> Str<'a>> Reader<'t, 'a, K> {
    fn document(&mut self) -> Result<Value<'a>, JsonError> {
        let value = self.value(0)?;
        match self.peek() {
            None => Ok(value),
            Some(_) => self.fail(Problem::NoEnd),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        if self.room.values == 0 {
            return self.fail(Problem::Values);
        }
        self.room.values -= 1;
        self.make(weight::ITEM)?;
        match self.peek() {
            Some(b'"') => self.string().map(Value::Str),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.fail(Problem::NoValue),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, JsonError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return self.fail(Problem::NoValue);
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        self.open(depth)?;
        let start = self.members.len();
        while !self.closes(b'}', self.members.len() == start)? {
            if self.peek() != Some(b'"') {
                return self.fail(Problem::NoName);
            }
            let name = self.string()?;
            self.make(weight::ITEM)?;
            if self.peek() != Some(b':') {
                return self.fail(Problem::NoColon);
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            self.members.push((name, value));
        }
        self.make(weight::of_members(self.members.len() - start))?;
        Ok(self.members.drain(start..).collect::<Map<'_>>().into())
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        self.open(depth)?;
        let start = self.items.len();
        while !self.closes(b']', self.items.len() == start)? {
            let item = self.value(depth + 1)?;
            self.items.push(item);
        }
        self.make(weight::LIST)?;
        let items = self.items.drain(start..).collect();
        Ok(List::new(items, self.style).into())
    }

    fn open(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth == DEEPEST {
            return self.fail(Problem::Depth);
        }
        self.at += 1;
        Ok(())
    }

    /// Accounts for memory.
    #[inline]
    fn make(&mut self, bytes: usize) -> Result<(), JsonError> {
        match self.room.bytes.checked_sub(bytes) {
            Some(left) => self.room.bytes = left,
            None => return self.fail(Problem::Bytes),
        }
        Ok(())
    }

    /// Takes the closing bracket, or the comma that must stand before any item but the first.
    fn closes(&mut self, bracket: u8, first: bool) -> Result<bool, JsonError> {
        let next = self.peek();
        if next == Some(bracket) {
            self.at += 1;
            return Ok(true);
        }
        if !first {
            if next != Some(b',') {
                return self.fail(Problem::NoComma);
            }
            self.at += 1;
        }
        Ok(false)
    }

    fn string(&mut self) -> Result<Str<'a>, JsonError> {
        self.at += 1;
        let plain = self.plain()?;
        if self.byte() == Some(b'"') {
            self.at += 1;
            let string = (self.keep)(plain);
            self.make(weight::of_part(&string))?;
            return Ok(string);
        }
        self.escaped(plain)
    }

    /// The rest of a string from its first escape, behind what came before.
    #[cold]
    fn escaped(&mut self, plain: &str) -> Result<Str<'a>, JsonError> {
        let mut text = std::mem::take(&mut self.unescaped);
        text.clear();
        text.push_str(plain);
        while self.byte() == Some(b'\\') {
            self.at += 1;
            text.push(self.escape()?);
            text.push_str(self.plain()?);
        }
        self.at += 1;
        let string = Str::copied(&text);
        self.unescaped = text;
        self.make(weight::of_part(&string))?;
        Ok(string)
    }

    /// The part of a string up to its next quote or backslash.
    #[inline]
    fn plain(&mut self) -> Result<&'t str, JsonError> {
        let start = self.at;
        self.at += plain_length(self.rest());
        match self.byte() {
            Some(b'"' | b'\\') => Ok(&self.text[start..self.at]),
            Some(_) => self.fail(Problem::ControlCharacter),
            None => self.fail(Problem::NoQuote),
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let escaped = self.byte();
        let char = match escaped {
            Some(char @ (b'"' | b'\\' | b'/')) => char.into(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return self.fail(Problem::NoEscape),
        };
        self.at += 1;
        Ok(char)
    }

    /// `XXXX`, or two of them with `\u` between for a surrogate pair.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        let first = self.unit()?;
        let second = if (0xd800..0xdc00).contains(&first) && self.rest().starts_with(b"\\u") {
            self.at += 2;
            Some(self.unit()?)
        } else {
            None
        };
        // Two units are one character or an error.
        let units = std::iter::once(first).chain(second);
        match char::decode_utf16(units).next() {
            Some(Ok(char)) => Ok(char),
            _ => {
                self.at = start;
                self.fail(Problem::LoneSurrogate)
            }
        }
    }

    fn unit(&mut self) -> Result<u16, JsonError> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) else {
            return self.fail(Problem::NoUnit);
        };
        self.at += 4;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
            whole = false;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
            whole = false;
        }
        let text = &self.text[start..self.at];
        let number = if whole {
            Int::parse(text, &Limits::default())
                .ok()
                .flatten()
                .map(Value::Int)
        } else {
            let double = text.parse::<f64>().ok();
            double
                .filter(|number| number.is_finite())
                .map(Value::Double)
        };
        let number = number.ok_or(JsonError {
            problem: Problem::NumberRange,
            at: start,
        })?;
        self.make(weight::of_new(&number))?;
        Ok(number)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let digit = |byte: &&u8| byte.is_ascii_digit();
        let length = self.rest().iter().take_while(digit).count();
        if length == 0 {
            return self.fail(Problem::NoDigit);
        }
        self.at += length;
        Ok(())
    }

    /// The next byte behind blanks.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn fail<T>(&self, problem: Problem) -> Result<T, JsonError> {
        Err(JsonError {
            problem,
            at: self.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_json_library_reads() {
        for text in [
            "null",
            " true ",
            "false",
            "0",
            "12",
            "-7",
            "1.50",
            "1e3",
            "-2.5E-3",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            r#""""#,
            r#""plain é 😀""#,
            r#""a\"\\\/\b\f\n\r\t""#,
            r#""\u00e9\uD83D\uDE00x""#,
            "[]",
            "[ ]",
            "[1, [2, []]]",
            "{}",
            r#"{"a": 1, "b": {"c": [true]}}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"b":1,"a":2}"#,
            "\t[\n1\r]\n",
        ] {
            let expected: serde_json::Value = serde_json::from_str(text).unwrap();
            let actual = Value::from_json_str(text).unwrap().to_json().unwrap();
            let actual: serde_json::Value = serde_json::from_str(&actual).unwrap();
            assert_eq!(actual, expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_a_json_library_refuses() {
        for text in [
            "",
            " ",
            "nul",
            "truex",
            "01",
            "-",
            "+1",
            ".5",
            "5.",
            "1e",
            "1e400",
            "'a'",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\uD83D\"",
            "\"\\uDE00\"",
            "\"\\uD83Dx\"",
            "\"a\nb\"",
            "[",
            "[1",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "[]]",
            "1 2",
            "\u{feff}1",
        ] {
            assert!(
                serde_json::from_str::<serde_json::Value>(text).is_err(),
                "{text}"
            );
            assert!(Value::from_json_str(text).is_err(), "{text}");
        }
    }

    #[test]
    fn keeps_large_whole_numbers_exact() {
        let number = "-123456789012345678901234567890";
        assert_eq!(
            Value::from_json_str(number).unwrap().to_json().unwrap(),
            number
        );
    }

    #[test]
    fn bounds_depth_and_digits() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Value::from_json_str(&nested(DEEPEST)).is_ok());
        let error = Value::from_json_str(&nested(DEEPEST + 1)).unwrap_err();
        assert_eq!(
            error,
            JsonError {
                problem: Problem::Depth,
                at: DEEPEST
            }
        );
        assert_eq!(
            Value::from_json_str(&"9".repeat(2_000))
                .unwrap_err()
                .problem,
            Problem::NumberRange
        );
    }

    #[test]
    fn borrows_strings_without_escapes() {
        let text = String::from(r#"["plain"]"#);
        let value = Value::from_json_str(&text).unwrap();
        let item = value.as_list().unwrap().get(0).unwrap();
        let address = item.as_str().unwrap().as_ptr() as usize;
        assert_eq!(address, text.as_ptr() as usize + 2);
    }

    #[test]
    fn values_are_counted() {
        let list = |elements: usize| format!("[{}0]", "0,".repeat(elements - 1));
        // The list is a value itself.
        assert!(Value::from_json_str(&list(MOST_VALUES - 1)).is_ok());
        let error = Value::from_json_str(&list(MOST_VALUES)).unwrap_err();
        assert_eq!(error.problem, Problem::Values);
    }
}
