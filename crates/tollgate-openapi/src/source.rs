//! The text of a document: what it says, and where.

mod json;
#[cfg(feature = "yaml")]
mod yaml;

use std::collections::HashMap;

use serde_json::Value;
use tollgate_core::{Diagnostic, Diagnostics, Position};

use crate::limits::MAX_DOCUMENT_BYTES;
use crate::node::unescape;

/// AWS's words for a text that is no document.
const INVALID: &str = "Invalid OpenAPI input";

/// A text in one of the two notations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'t> {
    text: &'t str,
    is_json: bool,
}

impl<'t> Source<'t> {
    /// Takes a text for JSON if it begins with `{`, and for YAML otherwise.
    pub(crate) fn new(text: &'t str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            text,
            is_json: text.trim_start().starts_with('{'),
        }
    }

    /// What the text says.
    pub(crate) fn read(self) -> Result<Value, Diagnostics> {
        if self.text.len() > MAX_DOCUMENT_BYTES {
            let message = format!("the document has {} bytes", self.text.len());
            return Err(Diagnostic::error("", message)
                .expected(format!("at most {MAX_DOCUMENT_BYTES}"))
                .into());
        }
        if self.text.trim().is_empty() {
            return Err(invalid("the text is empty", START).into());
        }
        if self.is_json {
            json::read(self.text)
        } else {
            read_yaml(self.text)
        }
    }

    /// Where each part of a text that could be read stands.
    pub(crate) fn places(self) -> Place {
        if self.is_json {
            json::places(self.text)
        } else {
            yaml_places(self.text)
        }
    }

    /// A scalar as it is written, such as the `1.10` that is read as the number 1.1.
    pub(crate) fn scalar(self, pointer: &str) -> Option<&'t str> {
        let places = self.places();
        let value = self.text.get(places.find(pointer)?.value_offset?..)?;
        value
            .split(|c: char| c.is_whitespace() || ",}]#".contains(c))
            .next()
    }
}

#[cfg(feature = "yaml")]
fn read_yaml(text: &str) -> Result<Value, Diagnostics> {
    yaml::yaml_to_json(text).map_err(Diagnostics::from)
}

#[cfg(feature = "yaml")]
fn yaml_places(text: &str) -> Place {
    yaml::places(text)
}

#[cfg(not(feature = "yaml"))]
fn read_yaml(text: &str) -> Result<Value, Diagnostics> {
    let blank = text.len() - text.trim_start().len();
    let one = invalid("the text is not a JSON object", position_of(text, blank));
    Err(one
        .expected("a JSON object: this build reads no YAML (feature `yaml`)")
        .into())
}

#[cfg(not(feature = "yaml"))]
fn yaml_places(_: &str) -> Place {
    Place::new(START)
}

/// The first character of a text.
const START: Position = Position { line: 1, column: 1 };

fn invalid(detail: &str, position: Position) -> Diagnostic {
    Diagnostic::error("", format!("{INVALID}: {detail}")).at(position)
}

/// The place of a byte in a text.
fn position_of(text: &str, offset: usize) -> Position {
    let mut position = START;
    for (_, character) in text.char_indices().take_while(|(at, _)| *at < offset) {
        if character == '\n' {
            position.line += 1;
            position.column = 1;
        } else {
            position.column += 1;
        }
    }
    position
}

/// Where a value stands, and the values in it.
#[derive(Debug)]
pub(crate) struct Place {
    /// The place of a member's name, or of a list's element.
    pub(crate) position: Position,
    /// The first byte of the value itself, where it is known.
    value_offset: Option<usize>,
    parts: HashMap<String, Self>,
}

impl Place {
    fn new(position: Position) -> Self {
        Self {
            position,
            value_offset: None,
            parts: HashMap::new(),
        }
    }

    /// The place that a pointer means.
    fn find(&self, pointer: &str) -> Option<&Self> {
        let tokens = pointer.split('/').skip(1);
        tokens.into_iter().try_fold(self, |place, token| {
            place.parts.get(unescape(token).as_ref())
        })
    }

    /// The place that a pointer means, or of the innermost part around it that is there.
    pub(crate) fn nearest(&self, pointer: &str) -> Position {
        let mut place = self;
        for token in pointer.split('/').skip(1) {
            match place.parts.get(unescape(token).as_ref()) {
                Some(part) => place = part,
                None => break,
            }
        }
        place.position
    }
}
