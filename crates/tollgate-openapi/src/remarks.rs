//! All that there is to say about a document, collected while it is read.

use std::collections::HashSet;

use tollgate_core::{Diagnostic, Diagnostics, Severity};

use crate::limits::MAX_REMARK_BYTES;
use crate::source::Source;

/// Remarks, each once, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    found: Vec<Diagnostic>,
    said: HashSet<(String, String)>,
    bytes: usize,
    left_out: Option<Severity>,
}

impl Remarks {
    /// Keeps a remark. One that was made already is no second one: a shared part is read often.
    pub(crate) fn say(&mut self, remark: Diagnostic) {
        if self.is_full(remark.severity) {
            return;
        }
        let key = (remark.pointer.clone(), remark.message.clone());
        let bytes = key.0.len() + key.1.len();
        if self.said.insert(key) {
            self.bytes += bytes;
            self.found.push(remark);
        }
    }

    /// Whether there is no room for another remark; its severity then is kept in mind.
    pub(crate) fn is_full(&mut self, severity: Severity) -> bool {
        // Notes never take the room of what matters more.
        let room = match severity {
            Severity::Note => MAX_REMARK_BYTES / 8,
            Severity::Warning | Severity::Error => MAX_REMARK_BYTES,
        };
        let is_full = self.bytes >= room;
        if is_full {
            self.left_out = self.left_out.max(Some(severity));
        }
        is_full
    }

    /// All remarks with their places, in the order of the text.
    pub(crate) fn into_diagnostics(mut self, source: Source<'_>) -> Diagnostics {
        if self.found.iter().any(|one| one.position.is_none()) {
            let places = source.places();
            for one in &mut self.found {
                let nearest = || places.nearest(&one.pointer);
                one.position = Some(one.position.unwrap_or_else(nearest));
            }
        }
        self.found.sort_by(|one, other| {
            (one.position, &one.pointer).cmp(&(other.position, &other.pointer))
        });
        let last = self.left_out.map(|severity| {
            let message = "there is more to say than is kept: the rest is left out";
            Diagnostic::new(severity, "", message)
        });
        self.found.into_iter().chain(last).collect()
    }
}

impl FromIterator<Diagnostic> for Remarks {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(all: T) -> Self {
        let mut remarks = Self::default();
        for one in all {
            remarks.say(one);
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_still_counts() {
        let mut remarks = Remarks::default();
        let long = "x".repeat(MAX_REMARK_BYTES);
        remarks.say(Diagnostic::warning("", long));
        remarks.say(Diagnostic::error("/a", "broken"));
        remarks.say(Diagnostic::warning("/b", "odd"));
        let diagnostics = remarks.into_diagnostics(Source::new("{}"));
        assert_eq!(diagnostics.len(), 2);
        assert!(diagnostics.has_errors());
    }

    #[test]
    fn what_is_said_twice_is_kept_once_and_in_order_of_the_text() {
        let remarks: Remarks = [
            Diagnostic::warning("/b", "odd"),
            Diagnostic::warning("/a", "odd"),
            Diagnostic::warning("/b", "odd"),
        ]
        .into_iter()
        .collect();
        let diagnostics = remarks.into_diagnostics(Source::new("{\"b\": 1,\n\"a\": 2}"));
        let pointers: Vec<_> = diagnostics.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, ["/b", "/a"]);
    }
}
