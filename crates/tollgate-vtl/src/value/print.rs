//! Values as text.

use std::fmt::Write as _;

use super::plain::plain_length;
use super::{ListStyle, Value, double};
use crate::limits::{LimitExceeded, Limits};

/// Writes values into a string under limits.
///
/// Containers may contain themselves or share parts, so both depth and length are bounded.
pub(crate) struct Printer<'o> {
    out: &'o mut String,
    /// Length `out` must not pass, and whether it is a string value.
    longest: usize,
    is_string: bool,
    depth: usize,
    deepest: usize,
}

impl<'o> Printer<'o> {
    /// Prints into a string value.
    pub(crate) fn for_string(out: &'o mut String, limits: &Limits) -> Self {
        Self::new(out, true, limits)
    }

    /// Prints into the output of the template, or into a string.
    #[inline]
    pub(crate) fn new(out: &'o mut String, is_string: bool, limits: &Limits) -> Self {
        let longest = match is_string {
            true => limits.string_bytes,
            false => limits.output_bytes,
        };
        Self {
            out,
            longest,
            is_string,
            depth: 0,
            deepest: limits.value_depth,
        }
    }

    #[cold]
    fn too_long(&self) -> LimitExceeded {
        match self.is_string {
            true => LimitExceeded::StringBytes(self.longest),
            false => LimitExceeded::OutputBytes(self.longest),
        }
    }

    /// Appends plain text.
    #[inline]
    pub(crate) fn text(&mut self, text: &str) -> Result<(), LimitExceeded> {
        if text.len() > self.longest.saturating_sub(self.out.len()) {
            return Err(self.too_long());
        }
        self.out.push_str(text);
        Ok(())
    }

    /// Appends a value as Java's `toString()` gives it.
    pub(crate) fn value(&mut self, value: &Value<'_>) -> Result<(), LimitExceeded> {
        match value {
            Value::Null => self.text("null"),
            Value::Bool(true) => self.text("true"),
            Value::Bool(false) => self.text("false"),
            Value::Int(number) => {
                number.print(self.out);
                self.check()
            }
            Value::Double(number) => {
                double::print(*number, self.out);
                self.check()
            }
            Value::Decimal(number) => {
                // Writing to a `String` cannot fail.
                let _ = write!(self.out, "{number}");
                self.check()
            }
            Value::Char(unit) => self.text(char(*unit).encode_utf8(&mut [0; 4])),
            Value::Str(text) => self.text(text),
            Value::List(list) if list.style() == ListStyle::Json => self.json(value),
            Value::List(list) => self.nested(|printer| {
                printer.text("[")?;
                for (index, item) in list.items().iter().enumerate() {
                    printer.text(if index == 0 { "" } else { ", " })?;
                    printer.value(item)?;
                }
                printer.text("]")
            }),
            Value::Map(map) => self.nested(|printer| {
                printer.text("{")?;
                for (index, (key, value)) in map.entries().iter().enumerate() {
                    printer.text(if index == 0 { "" } else { ", " })?;
                    printer.entry(&key.0, value)?;
                }
                printer.text("}")
            }),
            Value::Entry(entry) => self.nested(|printer| printer.entry(entry.key(), entry.value())),
            Value::Object(object) => {
                object.print(self.out);
                self.check()
            }
        }
    }

    fn entry(&mut self, key: &Value<'_>, value: &Value<'_>) -> Result<(), LimitExceeded> {
        self.value(key)?;
        self.text("=")?;
        self.value(value)
    }

    /// Appends a value as compact JSON.
    pub(crate) fn json(&mut self, value: &Value<'_>) -> Result<(), LimitExceeded> {
        match value {
            Value::Null => self.text("null"),
            // JSON has no word for these two.
            Value::Double(number) if !number.is_finite() => self.text("null"),
            Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Decimal(_) => {
                self.value(value)
            }
            Value::Char(unit) => self.quoted(char(*unit).encode_utf8(&mut [0; 4])),
            Value::Str(text) => self.quoted(text),
            Value::List(list) => self.nested(|printer| {
                printer.text("[")?;
                for (index, item) in list.items().iter().enumerate() {
                    printer.text(if index == 0 { "" } else { "," })?;
                    printer.json(item)?;
                }
                printer.text("]")
            }),
            Value::Map(map) => {
                let entries = map.entries();
                self.json_object(entries.iter().map(|(key, value)| (&key.0, value)))
            }
            Value::Entry(entry) => self.json_object([(entry.key(), entry.value())]),
            Value::Object(object) => {
                let entries = object.entries();
                self.json_object(entries.iter().map(|(key, value)| (key, value)))
            }
        }
    }

    fn json_object<'v, 'a: 'v>(
        &mut self,
        entries: impl IntoIterator<Item = (&'v Value<'a>, &'v Value<'a>)>,
    ) -> Result<(), LimitExceeded> {
        self.nested(|printer| {
            printer.text("{")?;
            for (index, (key, value)) in entries.into_iter().enumerate() {
                printer.text(if index == 0 { "" } else { "," })?;
                match key {
                    Value::Str(name) => printer.quoted(name)?,
                    _ => {
                        let mut name = String::new();
                        printer.beside(&mut name).value(key)?;
                        printer.quoted(&name)?;
                    }
                }
                printer.text(":")?;
                printer.json(value)?;
            }
            printer.text("}")
        })
    }

    fn quoted(&mut self, mut text: &str) -> Result<(), LimitExceeded> {
        self.text("\"")?;
        loop {
            let (plain, rest) = text.split_at(plain_length(text.as_bytes()));
            self.text(plain)?;
            let Some(byte) = rest.bytes().next() else {
                return self.text("\"");
            };
            match byte {
                b'"' => self.text("\\\"")?,
                b'\\' => self.text("\\\\")?,
                b'\n' => self.text("\\n")?,
                b'\r' => self.text("\\r")?,
                b'\t' => self.text("\\t")?,
                0x08 => self.text("\\b")?,
                0x0c => self.text("\\f")?,
                control => {
                    // Writing to a `String` cannot fail.
                    let _ = write!(self.out, "\\u{control:04x}");
                }
            }
            text = &rest[1..];
        }
    }

    /// A printer into another string, as deep as this one.
    fn beside<'s>(&self, out: &'s mut String) -> Printer<'s> {
        Printer { out, ..*self }
    }

    fn nested(
        &mut self,
        print: impl FnOnce(&mut Self) -> Result<(), LimitExceeded>,
    ) -> Result<(), LimitExceeded> {
        if self.depth == self.deepest {
            return Err(LimitExceeded::ValueDepth(self.deepest));
        }
        self.depth += 1;
        let result = print(self);
        self.depth -= 1;
        result
    }

    fn check(&self) -> Result<(), LimitExceeded> {
        if self.out.len() > self.longest {
            return Err(self.too_long());
        }
        Ok(())
    }
}

/// Half a surrogate pair prints as `?`, which is how Java writes it out.
pub(crate) fn char(unit: u16) -> char {
    char::from_u32(unit.into()).unwrap_or('?')
}
