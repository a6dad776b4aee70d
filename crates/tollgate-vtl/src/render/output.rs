//! Where a render prints.

use crate::error::Interrupt;
use crate::limits::{LimitExceeded, Limits};
use crate::methods::direct::Given;
use crate::value::{Printer, Value};

/// The output of the template, or the string under construction in its place.
pub(super) struct Output {
    text: String,
    /// Longest text there may be.
    longest: usize,
    is_string: bool,
}

/// What became of a value to print.
pub(super) enum Printed {
    Yes,
    /// There was none.
    Null,
    Failed(Interrupt),
}

/// What is printed into when a string is done.
pub(super) struct Outer {
    text: String,
    longest: usize,
    is_string: bool,
}

impl Output {
    pub(super) fn new(text: String, limits: &Limits) -> Self {
        Self {
            text,
            longest: limits.output_bytes,
            is_string: false,
        }
    }

    /// Appends plain text.
    #[inline]
    pub(super) fn text(&mut self, text: &str) -> Result<(), LimitExceeded> {
        match self.takes(text) {
            true => Ok(()),
            false => Err(self.too_long()),
        }
    }

    /// Appends plain text if there may be so much.
    #[inline(always)]
    pub(super) fn takes(&mut self, text: &str) -> bool {
        if text.len() > self.longest.saturating_sub(self.text.len()) {
            return false;
        }
        self.text.push_str(text);
        true
    }

    /// Appends a number if there may be so much.
    #[inline(never)]
    pub(super) fn takes_number(&mut self, number: i32) -> bool {
        if let (Ok(digit @ 0..=9), true) = (u8::try_from(number), self.text.len() < self.longest) {
            self.text.push(char::from(b'0' + digit));
            return true;
        }
        self.takes(itoa::Buffer::new().format(number))
    }

    /// Appends a truth value if there may be so much.
    pub(super) fn takes_truth(&mut self, truth: bool) -> bool {
        self.takes(if truth { "true" } else { "false" })
    }

    /// Appends what a method gave if there may be so much.
    #[inline(always)]
    pub(super) fn takes_given(&mut self, given: &Given<'_, '_>) -> bool {
        match given {
            Given::Piece(piece) => self.takes(piece.text),
            Given::Made(made) => {
                let fits = made.length <= self.longest.saturating_sub(self.text.len());
                if fits {
                    made.append_to(&mut self.text);
                }
                fits
            }
            Given::Number(number) => self.takes_number(*number),
            Given::Truth(truth) => self.takes_truth(*truth),
        }
    }

    /// Appends a value unless it is null.
    #[inline]
    pub(super) fn value_unless_null(&mut self, value: &Value<'_>, limits: &Limits) -> Printed {
        let printed = match value {
            Value::Null => return Printed::Null,
            Value::Str(text) => self.text(text),
            value => self.value(value, limits),
        };
        match printed {
            Ok(()) => Printed::Yes,
            Err(limit) => Printed::Failed(limit.into()),
        }
    }

    /// Appends a value as it prints.
    #[inline(never)]
    pub(super) fn value(
        &mut self,
        value: &Value<'_>,
        limits: &Limits,
    ) -> Result<(), LimitExceeded> {
        Printer::new(&mut self.text, self.is_string, limits).value(value)
    }

    /// Begins a string, with a text or with room for one.
    pub(super) fn begin_string(&mut self, text: String, limits: &Limits) -> Outer {
        Outer {
            text: std::mem::replace(&mut self.text, text),
            longest: std::mem::replace(&mut self.longest, limits.string_bytes),
            is_string: std::mem::replace(&mut self.is_string, true),
        }
    }

    /// Ends a string and gives its text.
    pub(super) fn end_string(&mut self, outer: Outer) -> String {
        self.longest = outer.longest;
        self.is_string = outer.is_string;
        std::mem::replace(&mut self.text, outer.text)
    }

    /// What has been printed.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_long(&self) -> LimitExceeded {
        match self.is_string {
            true => LimitExceeded::StringBytes(self.longest),
            false => LimitExceeded::OutputBytes(self.longest),
        }
    }
}
