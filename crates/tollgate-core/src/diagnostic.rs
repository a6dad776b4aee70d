//! What there is to say about a document: where, what, and how to mend it.

use std::borrow::Cow;
use std::fmt;

/// How grave a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something is not used, and nobody will miss it.
    Note,
    /// Something was read differently from what its author may expect, or ignored.
    Warning,
    /// Something cannot work as written.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A place in a document's text, counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One remark about a document.
///
/// ```
/// use tollgate_core::{Diagnostic, Position};
///
/// let remark = Diagnostic::error("/paths/~1pets/get", "unknown integration type `moc`")
///     .at(Position { line: 7, column: 19 })
///     .expected("one of aws, aws_proxy, http, http_proxy, mock");
/// assert_eq!(
///     remark.to_string(),
///     "error: unknown integration type `moc`, \
///      expected one of aws, aws_proxy, http, http_proxy, mock \
///      (at 7:19, /paths/~1pets/get)"
/// );
///
/// let remark = Diagnostic::warning("/paths/~1pets/get/respones", "unknown member `respones`")
///     .help("did you mean `responses`?");
/// assert_eq!(
///     remark.to_string(),
///     "warning: unknown member `respones` (at /paths/~1pets/get/respones); \
///      help: did you mean `responses`?"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// The part of the document that is meant, as a JSON pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// Where that part stands in the text, where a text was read.
    pub position: Option<Position>,
    /// What would have been right.
    pub expected: Option<String>,
    /// How to mend it, where that can be said shortly.
    pub help: Option<Cow<'static, str>>,
}

impl Diagnostic {
    /// Something that cannot work as written.
    #[must_use]
    pub fn error(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, pointer, message)
    }

    /// Something ignored, or read differently from what its author may expect.
    #[must_use]
    pub fn warning(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, pointer, message)
    }

    /// Something that is not used, and that nobody will miss.
    #[must_use]
    pub fn note(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, pointer, message)
    }

    /// A remark of this severity.
    #[must_use]
    pub fn new(severity: Severity, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity,
            message: message.into(),
            pointer: pointer.into(),
            position: None,
            expected: None,
            help: None,
        }
    }

    /// Says where in the text it is.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says how to mend it: one clause, without a line break.
    #[must_use]
    pub fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, ", expected {expected}")?;
        }
        match (self.position, self.pointer.as_str()) {
            (None, "") => Ok(()),
            (None, pointer) => write!(f, " (at {pointer})"),
            (Some(position), "") => write!(f, " (at {position})"),
            (Some(position), pointer) => write!(f, " (at {position}, {pointer})"),
        }?;
        match &self.help {
            Some(help) => write!(f, "; help: {help}"),
            None => Ok(()),
        }
    }
}

/// All that was found in one go over a document, in document order.
///
/// As an error it prints one diagnostic a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|one| one.severity == Severity::Error)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each in turn.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self(vec![one])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, more: T) {
        self.0.extend(more);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(all: T) -> Self {
        Self(all.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, one) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{one}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// A value, and what there is to say about how it was made.
#[derive(Clone, Debug)]
pub struct Checked<T> {
    /// The value.
    pub value: T,
    /// Remarks that did not prevent it.
    pub diagnostics: Diagnostics,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_are_errors() {
        let mut found = Diagnostics::new();
        assert!(!found.has_errors());
        found.push(Diagnostic::warning("/host", "ignored"));
        assert!(!found.has_errors());
        found.push(Diagnostic::error("", "no paths"));
        assert!(found.has_errors());
        assert_eq!(
            found.to_string(),
            "warning: ignored (at /host)\nerror: no paths"
        );
    }
}
