//! Values as text.

use std::fmt::Write as _;

use super::{ListStyle, Value, double};
use crate::limits::{LimitExceeded, Limits};

/// Writes values into a string under limits.
///
/// Containers may contain themselves or share parts, so both depth and length are bounded.
pub(crate) struct Printer<'o> {
    out: &'o mut String,
    /// Length `out` must not pass, and the error if it does.
    longest: usize,
    too_long: LimitExceeded,
    depth: usize,
    deepest: usize,
}

impl<'o> Printer<'o> {
    /// Prints into a string value.
    pub(crate) fn for_string(out: &'o mut String, limits: &Limits) -> Self {
        let too_long = LimitExceeded::StringBytes(limits.string_bytes);
        Self::new(out, limits.string_bytes, too_long, limits)
    }

    /// Prints into the output of the template.
    pub(crate) fn for_output(out: &'o mut String, limits: &Limits) -> Self {
        let too_long = LimitExceeded::OutputBytes(limits.output_bytes);
        Self::new(out, limits.output_bytes, too_long, limits)
    }

    fn new(out: &'o mut String, longest: usize, too_long: LimitExceeded, limits: &Limits) -> Self {
        let deepest = limits.value_depth;
        Self {
            out,
            longest,
            too_long,
            depth: 0,
            deepest,
        }
    }

    /// Appends plain text.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), LimitExceeded> {
        if text.len() > self.longest.saturating_sub(self.out.len()) {
            return Err(self.too_long);
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
                // Writing to a `String` cannot fail.
                let _ = write!(self.out, "{number}");
                self.check()
            }
            Value::Double(number) => {
                double::print(*number, self.out);
                self.check()
            }
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
            Value::Bool(_) | Value::Int(_) | Value::Double(_) => self.value(value),
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

    fn quoted(&mut self, text: &str) -> Result<(), LimitExceeded> {
        self.text("\"")?;
        let mut plain_from = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escape = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0x08 => "\\b",
                0x0c => "\\f",
                0..=0x1f => "",
                _ => continue,
            };
            self.text(&text[plain_from..at])?;
            if escape.is_empty() {
                // Writing to a `String` cannot fail.
                let _ = write!(self.out, "\\u{byte:04x}");
            } else {
                self.text(escape)?;
            }
            plain_from = at + 1;
        }
        self.text(&text[plain_from..])?;
        self.text("\"")
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
            return Err(self.too_long);
        }
        Ok(())
    }
}
