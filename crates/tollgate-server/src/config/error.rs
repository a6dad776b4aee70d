//! What is wrong with a configuration.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use tollgate::core::{Diagnostic, Position};

use crate::report::Report;

/// A remark and the bytes of the file that it is about.
pub(crate) type Found = (Range<usize>, String);

/// A file that is no TOML, or has keys or values that no configuration has.
pub(crate) fn syntax(file: &Path, text: Arc<str>, error: &toml::de::Error) -> Report {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let mut diagnostic = Diagnostic::error("", message);
    if let Some(span) = error.span() {
        diagnostic = diagnostic.at(position(&text, span.start));
    }
    Report::new(file, text, diagnostic.into())
}

/// What was found in a file.
pub(super) fn found(file: &Path, text: Arc<str>, found: Vec<Found>) -> Report {
    let diagnostics = found
        .into_iter()
        .map(|(span, message)| Diagnostic::error("", message).at(position(&text, span.start)))
        .collect();
    Report::new(file, text, diagnostics)
}

fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let count = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    Position {
        line: count(before.matches('\n').count()),
        column: count(line.chars().count()),
    }
}
