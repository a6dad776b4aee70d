//! JSON: values by `serde_json`, places by a scanner that may trust the text.

use serde_json::Value;
use tollgate_core::{Diagnostic, Diagnostics, Position, Severity};

use super::{invalid, position_of};
use crate::node::escape;
use crate::place::Place;
use crate::remarks::Remarks;

/// Reads a JSON text. A member that is there twice is an error, for neither can be meant alone.
pub(super) fn read(text: &str) -> Result<(Value, Place), Diagnostics> {
    let value = serde_json::from_str(text).map_err(|error| syntax_error(text, &error))?;
    let mut scanner = Scanner::new(text);
    let place = scanner.value();
    let duplicates = scanner.duplicates.into_findings(&place).diagnostics;
    if duplicates.is_empty() {
        Ok((value, place))
    } else {
        Err(duplicates)
    }
}

fn syntax_error(text: &str, error: &serde_json::Error) -> Diagnostic {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    let detail = format!("not JSON: {message}");
    // The column counts bytes there, and characters here.
    let line_start: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    invalid(
        &detail,
        position_of(text, line_start + error.column().saturating_sub(1)),
    )
}

/// Walks over a text that is known to be JSON.
struct Scanner<'t> {
    text: &'t str,
    offset: usize,
    position: Position,
    pointer: String,
    duplicates: Remarks,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            position: super::START,
            pointer: String::new(),
            duplicates: Remarks::default(),
        }
    }

    fn value(&mut self) -> Place {
        self.skip(|byte| byte.is_ascii_whitespace());
        let mut place = Place::new(self.position);
        place.set_value_offset(self.offset);
        match self.peek() {
            Some(b'{') => self.members(&mut place),
            Some(b'[') => self.elements(&mut place),
            Some(b'"') => drop(self.string()),
            _ => {
                self.step();
                self.skip(|byte| !byte.is_ascii_whitespace() && !b",]}".contains(&byte));
            }
        }
        place
    }

    fn members(&mut self, object: &mut Place) {
        self.step();
        while self.goes_on(b'}') {
            let position = self.position;
            let name = self.string();
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b':');
            let mut part = self.part(&name);
            part.position = position;
            let is_second = object.insert(name.clone(), part);
            if is_second && !self.duplicates.is_full(Severity::Error) {
                let pointer = format!("{}/{}", self.pointer, escape(&name));
                let message = format!("the member `{name}` is there twice");
                self.duplicates
                    .say(Diagnostic::error(pointer, message).at(position));
            }
        }
    }

    fn elements(&mut self, list: &mut Place) {
        self.step();
        while self.goes_on(b']') {
            let index = list.len().to_string();
            let part = self.part(&index);
            list.push(part);
        }
    }

    fn part(&mut self, token: &str) -> Place {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escape(token));
        let place = self.value();
        self.pointer.truncate(length);
        place
    }

    /// Steps to the next part of an object or a list, or over its end.
    fn goes_on(&mut self, end: u8) -> bool {
        self.skip(|byte| byte.is_ascii_whitespace() || byte == b',');
        match self.peek() {
            Some(byte) if byte != end => true,
            _ => {
                self.step();
                false
            }
        }
    }

    fn string(&mut self) -> String {
        let start = self.offset;
        self.step();
        while let Some(byte) = self.peek() {
            self.step();
            match byte {
                b'\\' => self.step(),
                b'"' => break,
                _ => {}
            }
        }
        let written = &self.text[start..self.offset];
        serde_json::from_str(written).unwrap_or_else(|_| written.to_owned())
    }

    fn skip(&mut self, matches: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&matches) {
            self.step();
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn step(&mut self) {
        match self.peek() {
            None => return,
            Some(b'\n') => {
                self.position.line += 1;
                self.position.column = 1;
            }
            // A byte that goes on with a character of UTF-8 is no column of its own.
            Some(byte) => self.position.column += u32::from(byte & 0xC0 != 0x80),
        }
        self.offset += 1;
    }
}
