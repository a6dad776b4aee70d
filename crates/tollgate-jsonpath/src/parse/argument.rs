//! The arguments of a function.

use crate::error::PathError;
use crate::filter::LiteralBuilder;
use crate::function::Argument;
use crate::lenient::read_lenient_with;

use super::argument_path;
use super::text::Place;

/// Whether the parenthesis at the start of `text` is closed. Quotes hide nothing here.
pub(super) fn are_closed(text: &str) -> bool {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

/// Splits and parses arguments up to the closing parenthesis; gives them and the bytes they take.
pub(super) fn parse(text: &str, place: Place<'_>) -> Result<(Vec<Argument>, usize), PathError> {
    let mut splitter = Splitter::new(text, place);
    let length = splitter.run()?;
    Ok((splitter.arguments, length))
}

/// How an argument begins decides what it is. Anything else, such as a single quote, is dropped.
#[derive(Clone, Copy, PartialEq)]
enum Begun {
    Json,
    Path,
}

/// Jayway's way to tell arguments apart: by counting brackets and double quotes.
struct Splitter<'t> {
    text: &'t str,
    place: Place<'t>,
    arguments: Vec<Argument>,
    begun: Option<(Begun, usize)>,
    parentheses: usize,
    brackets: usize,
    braces: usize,
    quotes: usize,
}

impl<'t> Splitter<'t> {
    fn new(text: &'t str, place: Place<'t>) -> Self {
        Self {
            text,
            place,
            arguments: Vec::new(),
            begun: None,
            parentheses: 1,
            brackets: 0,
            braces: 0,
            quotes: 0,
        }
    }

    fn run(&mut self) -> Result<usize, PathError> {
        let mut previous = 0;
        let mut end = self.text.len();
        for (at, byte) in self.text.bytes().enumerate() {
            if self.begun.is_none() {
                match byte {
                    b' ' | b'\t' | b'\n' | b'\r' => continue,
                    b'{' | b'0'..=b'9' | b'"' | b'-' => self.begun = Some((Begun::Json, at)),
                    b'$' | b'@' => self.begun = Some((Begun::Path, at)),
                    _ => {}
                }
            }
            match byte {
                b'"' if previous != b'\\' && self.quotes > 0 => self.quotes -= 1,
                b'"' => self.quotes += 1,
                b'(' => self.parentheses += 1,
                b'[' => self.brackets += 1,
                b'{' => self.braces += 1,
                b']' => self.brackets = self.close(self.brackets, at, "`[` before this `]`")?,
                b'}' => self.braces = self.close(self.braces, at, "`{` before this `}`")?,
                b')' => {
                    self.parentheses -= 1;
                    if self.is_plain() && self.parentheses <= 1 {
                        // The parenthesis of a call without arguments belongs to the argument.
                        self.take(if previous == b'(' { at + 1 } else { at })?;
                        if self.parentheses == 0 {
                            end = at + 1;
                            break;
                        }
                    }
                }
                b',' if self.is_plain() && self.parentheses == 1 => self.take(at)?,
                _ => {}
            }
            if self.parentheses == 0 {
                return Err(self
                    .place
                    .expected(at, "quotes and brackets closed before this `)`"));
            }
            previous = byte;
        }
        if self.parentheses + self.brackets + self.braces > 0 {
            return Err(self.place.expected(end, "the arguments to be closed"));
        }
        Ok(end)
    }

    fn close(&self, open: usize, at: usize, expected: &'static str) -> Result<usize, PathError> {
        open.checked_sub(1)
            .ok_or_else(|| self.place.expected(at, expected))
    }

    fn is_plain(&self) -> bool {
        self.quotes + self.braces + self.brackets == 0
    }

    fn take(&mut self, end: usize) -> Result<(), PathError> {
        let Some((begun, start)) = self.begun.take() else {
            return Ok(());
        };
        let text = &self.text[start..end];
        self.arguments.push(match begun {
            Begun::Json => Argument::Json(read_lenient_with(text, &mut LiteralBuilder)),
            Begun::Path => {
                let place = self.place.inside(start);
                Argument::path(argument_path(text, place)?)
            }
        });
        Ok(())
    }
}
