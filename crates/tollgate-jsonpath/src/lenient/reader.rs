//! The permissive grammar, as json-smart 2.2's `JSONParser` follows it.

use crate::error::ReadError;
use crate::limits::MAX_DEPTH;

use super::Build;
use super::number::{Scanned, scan};
use super::string;

/// What ends a value without quotes.
#[derive(Clone, Copy)]
pub(super) enum Until {
    End,
    /// Inside a list: `,` or `]`.
    List,
    /// Inside a map: `,` or `}`.
    Map,
    /// A name: `:`.
    Name,
}

impl Until {
    pub(super) fn stops_at(self, byte: u8) -> bool {
        match self {
            Self::End => false,
            Self::List => matches!(byte, b',' | b']'),
            Self::Map => matches!(byte, b',' | b'}'),
            Self::Name => byte == b':',
        }
    }
}

pub(super) struct Reader<'t, 'b, B> {
    text: &'t str,
    at: usize,
    depth: usize,
    builder: &'b mut B,
}

impl<'t, 'b, B: Build> Reader<'t, 'b, B> {
    pub(super) fn new(text: &'t str, builder: &'b mut B) -> Self {
        Self {
            // json-smart takes this control character for the end of its input.
            text: text.split('\u{1a}').next().unwrap_or_default(),
            at: 0,
            depth: 0,
            builder,
        }
    }

    /// The first value; the rest is ignored.
    pub(super) fn document(mut self) -> Result<B::Value, ReadError> {
        self.value(Until::End)
    }

    fn value(&mut self, until: Until) -> Result<B::Value, ReadError> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.nested(Self::map),
            Some(b'[') => self.nested(Self::list),
            Some(quote @ (b'"' | b'\'')) => {
                let text = self.string(quote)?;
                Ok(self.builder.text(text))
            }
            Some(b'0'..=b'9' | b'-') => self.number(until),
            Some(b':' | b']' | b'}') => Err(self.expected("a value")),
            None if !matches!(until, Until::End) => Err(self.expected("a value")),
            _ => {
                let word = self.bare(until);
                Ok(match word {
                    "null" => self.builder.null(),
                    "true" => self.builder.bool(true),
                    "false" => self.builder.bool(false),
                    "NaN" => self.builder.number(crate::Number::Double(f64::NAN)),
                    text => self.builder.text(text.to_owned()),
                })
            }
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<B::Value, ReadError>,
    ) -> Result<B::Value, ReadError> {
        if self.depth == MAX_DEPTH {
            return Err(ReadError::TooDeep { at: self.at });
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Elements need no comma between them where one ends by itself.
    fn list(&mut self) -> Result<B::Value, ReadError> {
        let mut elements = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(self.builder.list(elements));
                }
                Some(b',') => self.at += 1,
                Some(b':' | b'}') | None => return Err(self.expected("an element or `]`")),
                Some(_) => elements.push(self.value(Until::List)?),
            }
        }
    }

    fn map(&mut self) -> Result<B::Value, ReadError> {
        let mut members = Vec::new();
        loop {
            self.skip_space();
            let name = match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(self.builder.map(members));
                }
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(b':' | b'[' | b']' | b'{') | None => {
                    return Err(self.expected("a name or `}`"));
                }
                Some(quote @ (b'"' | b'\'')) => self.string(quote)?,
                Some(_) => self.bare(Until::Name).to_owned(),
            };
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.expected("`:` after the name"));
            }
            self.at += 1;
            let value = self.value(Until::Map)?;
            members.push((name, value));
            self.skip_space();
            if !matches!(self.peek(), Some(b',' | b'}')) {
                return Err(self.expected("`,` or `}` after the value"));
            }
        }
    }

    fn number(&mut self, until: Until) -> Result<B::Value, ReadError> {
        let start = self.at;
        let (scanned, length) =
            scan(&self.text[start..], until).ok_or(ReadError::Number { at: start })?;
        self.at += length;
        match scanned {
            Scanned::Number(number) => Ok(self.builder.number(number)),
            // `12 monkeys`: what goes on after a number is a string.
            Scanned::Word => {
                self.at = start;
                let text = self.bare(until).to_owned();
                Ok(self.builder.text(text))
            }
        }
    }

    /// Everything up to a stop, without blanks around it.
    fn bare(&mut self, until: Until) -> &'t str {
        let rest = &self.text[self.at..];
        let length = rest
            .bytes()
            .position(|byte| until.stops_at(byte))
            .unwrap_or(rest.len());
        self.at += length;
        // Java's `trim` takes away every control character too.
        rest[..length].trim_matches(|character| character <= ' ')
    }

    fn string(&mut self, quote: u8) -> Result<String, ReadError> {
        let start = self.at + 1;
        let (text, length) =
            string::read(&self.text[start..], quote).map_err(|fault| ReadError::Syntax {
                at: start + fault.at,
                expected: fault.expected,
            })?;
        self.at = start + length;
        Ok(text)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expected(&self, expected: &'static str) -> ReadError {
        ReadError::Syntax {
            at: self.at,
            expected,
        }
    }
}
