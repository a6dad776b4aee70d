//! A strict JSON reader that borrows strings and keeps whole numbers exact.

use thiserror::Error;

use super::shapes::{NOWHERE, Place, Shapes};
use crate::limits::Limits;
use crate::value::{FEW, Int, List, ListStyle, Map, Str, Value, plain_length, weight};

/// How deep lists and objects may stand in one another.
const DEEPEST: usize = 128;

/// How many values a text may have, members and elements included.
const MOST_VALUES: usize = 1_000_000;

/// For how much text with escapes there is room from the beginning.
const ESCAPED: usize = 256;

/// How long a number may be to be read at once.
const SHORT: usize = 16;

/// Powers of ten up to that.
const POWERS: [f64; SHORT] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

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
        items: Vec::with_capacity(FEW),
        names: Vec::with_capacity(FEW),
        shapes: Shapes::new(),
        unescaped: String::new(),
    };
    let value = reader.document().map_err(|problem| JsonError {
        problem,
        at: reader.at,
    });
    (value, reader.room)
}

struct Reader<'t, 'a, K> {
    text: &'t str,
    /// Where it reads, which is where it fails if it does.
    at: usize,
    style: ListStyle,
    keep: K,
    room: Room,
    /// What the lists and objects being read have so far, the innermost last: each is made with its
    /// length known.
    items: Vec<Value<'a>>,
    /// The names to that in objects that are not in `shapes`.
    names: Vec<Str<'a>>,
    shapes: Shapes<'t, 'a>,
    /// Room for a string with escapes.
    unescaped: String,
}

impl<'t, 'a, K: Fn(&'t str) -> Str<'a>> Reader<'t, 'a, K> {
    fn document(&mut self) -> Result<Value<'a>, Problem> {
        self.value(0, NOWHERE)?;
        match (self.peek(), self.items.pop()) {
            (None, Some(value)) => Ok(value),
            _ => Err(Problem::NoEnd),
        }
    }

    /// Reads a value behind the other items.
    fn value(&mut self, depth: usize, place: Place) -> Result<(), Problem> {
        let Some(values) = self.room.values.checked_sub(1) else {
            return Err(Problem::Values);
        };
        self.room.values = values;
        self.make(weight::ITEM)?;
        let value = match self.peek() {
            Some(b'"') => Value::Str(self.string()?),
            Some(b'{') => self.object(depth, place)?.into(),
            Some(b'[') => self.array(depth, place)?.into(),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word(b"true", Value::Bool(true))?,
            Some(b'f') => self.word(b"false", Value::Bool(false))?,
            Some(b'n') => self.word(b"null", Value::Null)?,
            _ => return Err(Problem::NoValue),
        };
        self.items.push(value);
        Ok(())
    }

    #[inline]
    fn word(&mut self, word: &[u8], value: Value<'a>) -> Result<Value<'a>, Problem> {
        if !self.rest().starts_with(word) {
            return Err(Problem::NoValue);
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize, place: Place) -> Result<Map<'a>, Problem> {
        self.open(depth)?;
        let from = self.items.len();
        if place == NOWHERE {
            return self.members(depth, from, self.names.len());
        }
        let mut last = self.shapes.inside(place);
        loop {
            last = match self.shapes.expected(last, self.rest()) {
                Some((next, length, weight)) if weight <= self.room.bytes => {
                    self.at += length;
                    self.room.bytes -= weight;
                    next
                }
                _ => {
                    let start = self.at;
                    if self.closes(b'}', self.items.len() == from)? {
                        break;
                    }
                    let name = self.name()?;
                    let lead = &self.text[start..self.at];
                    let before = self.items.len() - from;
                    match self.shapes.member(last, before, lead, &name) {
                        NOWHERE => return self.unlike(depth, from, last, name),
                        next => next,
                    }
                }
            };
            self.value(depth + 1, last)?;
        }
        self.make(weight::of_members(self.items.len() - from))?;
        Ok(self.shapes.object(last, &mut self.items, from))
    }

    /// The rest of an object from a name on that is not kept behind the members up to `last`.
    #[cold]
    fn unlike(
        &mut self,
        depth: usize,
        from: usize,
        last: Place,
        name: Str<'a>,
    ) -> Result<Map<'a>, Problem> {
        let start = self.names.len();
        let names = self.shapes.names(last).take(self.items.len() - from);
        self.names.extend(names.cloned());
        self.names[start..].reverse();
        self.names.push(name);
        self.value(depth + 1, NOWHERE)?;
        self.members(depth, from, start)
    }

    /// An object whose values are the items from one on, and its names those from `start` on, with
    /// the members that the text goes on with.
    fn members(&mut self, depth: usize, from: usize, start: usize) -> Result<Map<'a>, Problem> {
        while !self.closes(b'}', self.items.len() == from)? {
            let name = self.name()?;
            self.names.push(name);
            self.value(depth + 1, NOWHERE)?;
        }
        self.make(weight::of_members(self.items.len() - from))?;
        let names = self.names.drain(start..);
        Ok(names.zip(self.items.drain(from..)).collect())
    }

    /// The name of a member, with the colon behind it.
    #[inline]
    fn name(&mut self) -> Result<Str<'a>, Problem> {
        if self.peek() != Some(b'"') {
            return Err(Problem::NoName);
        }
        let name = self.string()?;
        self.make(weight::ITEM)?;
        if self.peek() != Some(b':') {
            return Err(Problem::NoColon);
        }
        self.at += 1;
        Ok(name)
    }

    fn array(&mut self, depth: usize, place: Place) -> Result<List<'a>, Problem> {
        self.open(depth)?;
        let from = self.items.len();
        let mut inside = NOWHERE;
        while !self.closes(b']', self.items.len() == from)? {
            // A list that stands in no other may have but one item, which is not worth a shape.
            let repeats = place != NOWHERE || self.items.len() > from;
            if repeats && inside == NOWHERE && matches!(self.peek(), Some(b'{' | b'[')) {
                inside = self.shapes.inside(place);
            }
            self.value(depth + 1, inside)?;
        }
        if place == NOWHERE {
            self.shapes.forget(inside);
        }
        self.make(weight::LIST)?;
        let items = self.items.drain(from..).collect();
        Ok(List::new(items, self.style))
    }

    fn open(&mut self, depth: usize) -> Result<(), Problem> {
        if depth == DEEPEST {
            return Err(Problem::Depth);
        }
        self.at += 1;
        Ok(())
    }

    /// Accounts for memory.
    #[inline]
    fn make(&mut self, bytes: usize) -> Result<(), Problem> {
        match self.room.bytes.checked_sub(bytes) {
            Some(left) => self.room.bytes = left,
            None => return Err(Problem::Bytes),
        }
        Ok(())
    }

    /// Takes the closing bracket, or the comma that must stand before any item but the first.
    fn closes(&mut self, bracket: u8, first: bool) -> Result<bool, Problem> {
        let next = self.peek();
        if next == Some(bracket) {
            self.at += 1;
            return Ok(true);
        }
        if !first {
            if next != Some(b',') {
                return Err(Problem::NoComma);
            }
            self.at += 1;
        }
        Ok(false)
    }

    #[inline(always)]
    fn string(&mut self) -> Result<Str<'a>, Problem> {
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
    fn escaped(&mut self, plain: &str) -> Result<Str<'a>, Problem> {
        let mut text = std::mem::take(&mut self.unescaped);
        text.clear();
        text.reserve(ESCAPED);
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
    fn plain(&mut self) -> Result<&'t str, Problem> {
        let start = self.at;
        self.at += plain_length(self.rest());
        match self.byte() {
            Some(b'"' | b'\\') => Ok(&self.text[start..self.at]),
            Some(_) => Err(Problem::ControlCharacter),
            None => Err(Problem::NoQuote),
        }
    }

    fn escape(&mut self) -> Result<char, Problem> {
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
            _ => return Err(Problem::NoEscape),
        };
        self.at += 1;
        Ok(char)
    }

    /// `XXXX`, or two of them with `\u` between for a surrogate pair.
    fn unicode(&mut self) -> Result<char, Problem> {
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
                Err(Problem::LoneSurrogate)
            }
        }
    }

    fn unit(&mut self) -> Result<u16, Problem> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) else {
            return Err(Problem::NoUnit);
        };
        self.at += 4;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value<'a>, Problem> {
        let start = self.at;
        let minus = self.byte() == Some(b'-');
        self.at += usize::from(minus);
        let mut digits = 0;
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            digits = self.digits(digits)?;
        }
        let (mut whole, mut exponent) = (true, false);
        let mut scale = 0;
        if self.byte() == Some(b'.') {
            self.at += 1;
            let point = self.at;
            digits = self.digits(digits)?;
            scale = self.at - point;
            whole = false;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits(0)?;
            (whole, exponent) = (false, true);
        }
        // A number of so few digits is exact, and so is the power of ten: their quotient is the
        // nearest double.
        if self.at - start <= SHORT && !exponent {
            let number = if minus { -digits } else { digits };
            return Ok(match whole {
                true => number.into(),
                false if minus => Value::Double(-(digits as f64) / POWERS[scale]),
                false => Value::Double(digits as f64 / POWERS[scale]),
            });
        }
        let number = long_number(&self.text[start..self.at], whole);
        let Some(number) = number else {
            self.at = start;
            return Err(Problem::NumberRange);
        };
        self.make(weight::of_new(&number))?;
        Ok(number)
    }

    /// The number that digits make behind others, if it is not too large.
    #[inline]
    fn digits(&mut self, before: i64) -> Result<i64, Problem> {
        let (start, mut number) = (self.at, before);
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            number = number.wrapping_mul(10).wrapping_add((digit - b'0').into());
            self.at += 1;
        }
        match self.at - start {
            0 => Err(Problem::NoDigit),
            _ => Ok(number),
        }
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
}

/// A number of any length; none if it is out of range.
#[cold]
fn long_number<'a>(text: &str, whole: bool) -> Option<Value<'a>> {
    if whole {
        let number = Int::parse(text, &Limits::default());
        return number.ok().flatten().map(Value::Int);
    }
    let double = text.parse::<f64>().ok();
    double
        .filter(|double| double.is_finite())
        .map(Value::Double)
}

#[cfg(test)]
mod tests;
