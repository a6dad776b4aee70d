//! What stands between square brackets.

use crate::error::PathError;
use crate::step::{Slice, Step};

use super::PathParser;
use super::filter;
use super::text::{Skip, closing, significant, unescape};

impl PathParser<'_> {
    pub(super) fn bracket(&mut self) -> Result<(), PathError> {
        let (at, byte) = significant(self.text, self.at + 1);
        match byte {
            Some(quote @ (b'\'' | b'"')) => self.names(quote),
            Some(b'0'..=b'9' | b'-' | b':') => self.positions(),
            Some(b'*') => self.bracketed_wildcard(at),
            Some(b'?') => self.filter(at),
            _ => Err(self.expected("a quoted name, a position, `*` or `?(` after `[`")),
        }
    }

    /// `'name'` or `'name','other'`, all in the quotes of the first.
    fn names(&mut self, quote: u8) -> Result<(), PathError> {
        let mut names: Vec<Box<str>> = Vec::new();
        let mut start = significant(self.text, self.at + 1).0;
        loop {
            let end = super::text::unescaped(self.text, start + 1, quote)
                .ok_or_else(|| self.place.expected(start, "a closing quote for this one"))?;
            let name = unescape(&self.text[start + 1..end])
                .ok_or_else(|| self.place.expected(start, "four digits after \\u"))?;
            names.push(name.into());
            let (at, byte) = significant(self.text, end + 1);
            match byte {
                Some(b']') => {
                    self.at = at + 1;
                    break;
                }
                Some(b',') => {
                    let (next, byte) = significant(self.text, at + 1);
                    if byte != Some(quote) {
                        let expected = "another name in the same quotes";
                        return Err(self.place.expected(next, expected));
                    }
                    start = next;
                }
                _ => return Err(self.place.expected(at, "`,` or `]` after the name")),
            }
        }
        self.push(match <[Box<str>; 1]>::try_from(names) {
            Ok([name]) => Step::Property(name),
            Err(names) => Step::Properties(names.into()),
        })
    }

    /// `1`, `1,2`, `1:2`, `1:` or `:2`.
    fn positions(&mut self) -> Result<(), PathError> {
        let start = self.at + 1;
        let length = self.text[start..]
            .find(']')
            .ok_or_else(|| self.expected("a closing `]` for this bracket"))?;
        let inner = self.text[start..start + length].trim_matches(' ');
        let step = if inner.contains(':') {
            slice(inner).map(Step::Slice)
        } else {
            indexes(inner)
        };
        let step = step.ok_or_else(|| {
            self.place.expected(
                start,
                "whole numbers separated by `,`, or two by `:` without blanks",
            )
        })?;
        self.push(step)?;
        self.at = start + length + 1;
        Ok(())
    }

    fn bracketed_wildcard(&mut self, at: usize) -> Result<(), PathError> {
        let (end, byte) = significant(self.text, at + 1);
        if byte != Some(b']') {
            return Err(self.place.expected(end, "`]` after `*`"));
        }
        self.push(Step::Wildcard)?;
        self.at = end + 1;
        Ok(())
    }

    fn filter(&mut self, question_mark: usize) -> Result<(), PathError> {
        let (open, byte) = significant(self.text, question_mark + 1);
        if byte != Some(b'(') {
            return Err(self.place.expected(open, "`(` after `?`"));
        }
        let close =
            closing(self.text, open, (b'(', b')'), Skip::StringsAndPatterns).ok_or_else(|| {
                self.place
                    .expected(open, "a closing parenthesis for this one")
            })?;
        let (end, byte) = significant(self.text, close + 1);
        if byte != Some(b']') {
            return Err(self.place.expected(end, "`]` after the filter"));
        }
        let filter = filter::parse(&self.text[open..=close], self.place.inside(open))?;
        self.push(Step::Filter(Box::new(filter)))?;
        self.at = end + 1;
        Ok(())
    }
}

/// A third part, which other dialects take for a step, is ignored.
fn slice(text: &str) -> Option<Slice> {
    let mut parts = text.trim_end_matches(':').split(':');
    let mut bound = || match parts.next() {
        None | Some("") => Some(None),
        Some(number) => position(number).map(Some),
    };
    let bounds = (bound()?, bound()?);
    if !text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b':'))
    {
        return None;
    }
    match bounds {
        (Some(from), Some(to)) => Some(Slice::Between(from, to)),
        (Some(from), None) => Some(Slice::From(from)),
        (None, Some(to)) => Some(Slice::To(to)),
        (None, None) => None,
    }
}

fn indexes(text: &str) -> Option<Step> {
    let indexes = text
        .split(',')
        .map(|index| position(index.trim_matches(' ')))
        .collect::<Option<Vec<_>>>()?;
    Some(match <[i32; 1]>::try_from(indexes) {
        Ok([index]) => Step::Index(index),
        Err(indexes) => Step::Indexes(indexes.into()),
    })
}

fn position(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
