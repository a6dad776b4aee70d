//! The text of a document: what it says, and where.

mod json;
#[cfg(feature = "yaml")]
mod yaml;

use serde_json::Value;
use tollgate_core::{Diagnostic, Diagnostics, Position};

use crate::limits::MAX_DOCUMENT_BYTES;
use crate::place::Place;
use crate::write::Notation;

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

    /// The notation that the text is read in.
    pub(crate) const fn notation(self) -> Notation {
        if self.is_json {
            Notation::Json
        } else {
            Notation::Yaml
        }
    }

    /// What the text says, and where.
    pub(crate) fn read(self) -> Result<(Value, Place), Diagnostics> {
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

    /// A number as it is written, such as the `1.10` that is read as 1.1.
    pub(crate) fn number(self, place: &Place) -> Option<&'t str> {
        let value = self.text.get(place.value_offset()?..)?;
        let end = value.find(|c: char| c.is_whitespace() || ",}]#".contains(c));
        let written = &value[..end.unwrap_or(value.len())];
        // An anchor or a tag of YAML may stand before it.
        let is_bare = written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        is_bare.then_some(written)
    }
}

#[cfg(feature = "yaml")]
fn read_yaml(text: &str) -> Result<(Value, Place), Diagnostics> {
    yaml::read(text).map_err(Diagnostics::from)
}

#[cfg(not(feature = "yaml"))]
fn read_yaml(text: &str) -> Result<(Value, Place), Diagnostics> {
    let blank = text.len() - text.trim_start().len();
    let one = invalid("the text is not a JSON object", position_of(text, blank));
    Err(one
        .expected("a JSON object: this build reads no YAML (feature `yaml`)")
        .into())
}

/// The first character of a text.
pub(crate) const START: Position = Position { line: 1, column: 1 };

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
