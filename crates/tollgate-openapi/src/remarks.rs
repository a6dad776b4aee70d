//! All that there is to say about a document, collected while it is read.

use std::borrow::Cow;
use std::collections::HashSet;

use tollgate_core::{Diagnostic, Diagnostics, Severity};

use crate::limits::{MAX_REMARK_BYTES, MAX_REMARKS};
use crate::place::Place;

/// Remarks, each once, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    found: Vec<Remark>,
    said: HashSet<(String, String)>,
    bytes: usize,
    left_out: Option<Severity>,
}

#[derive(Debug)]
struct Remark {
    diagnostic: Diagnostic,
    /// Whether the message is the service's, which names what it means by itself.
    is_in_aws_words: bool,
}

/// A remark just made, to which more may be said; nothing for one that is not kept.
#[derive(Debug)]
pub(crate) struct Said<'r>(Option<&'r mut Remark>);

impl Said<'_> {
    /// Says how to mend it.
    pub(crate) fn help(self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help_if(|| Some(help.into()))
    }

    /// Says how to mend it, where there is something to say. It is asked only for a remark that
    /// is kept.
    pub(crate) fn help_if(mut self, help: impl FnOnce() -> Option<Cow<'static, str>>) -> Self {
        if let Some(remark) = &mut self.0 {
            remark.diagnostic.help = help();
        }
        self
    }

    /// Says that the message is in the words of the service.
    pub(crate) fn in_aws_words(mut self) -> Self {
        if let Some(remark) = &mut self.0 {
            remark.is_in_aws_words = true;
        }
        self
    }
}

impl Remarks {
    /// Keeps a remark. One that was made already is no second one: a shared part is read often.
    pub(crate) fn say(&mut self, diagnostic: Diagnostic) -> Said<'_> {
        if self.is_full(diagnostic.severity) {
            return Said(None);
        }
        let key = (diagnostic.pointer.clone(), diagnostic.message.clone());
        let bytes = key.0.len() + key.1.len();
        if !self.said.insert(key) {
            return Said(None);
        }
        self.bytes += bytes;
        self.found.push(Remark {
            diagnostic,
            is_in_aws_words: false,
        });
        Said(self.found.last_mut())
    }

    /// A remark that is not made, because there is no room for it.
    pub(crate) const fn unsaid() -> Said<'static> {
        Said(None)
    }

    /// Whether there is no room for another remark; its severity then is kept in mind.
    pub(crate) fn is_full(&mut self, severity: Severity) -> bool {
        // Notes never take the room of what matters more.
        let share = match severity {
            Severity::Note => 8,
            Severity::Warning | Severity::Error => 1,
        };
        let is_full =
            self.bytes >= MAX_REMARK_BYTES / share || self.found.len() >= MAX_REMARKS / share;
        if is_full {
            self.left_out = self.left_out.max(Some(severity));
        }
        is_full
    }

    /// All remarks as they were made, for what has no text.
    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        let last = self.left_out.map(left_out);
        let found = self.found.into_iter().map(|remark| remark.diagnostic);
        found.chain(last).collect()
    }

    /// All remarks with their places, in the order of the text.
    pub(crate) fn into_findings(mut self, place: &Place) -> Findings {
        for Remark { diagnostic, .. } in &mut self.found {
            let nearest = || place.nearest_to(&diagnostic.pointer).position;
            diagnostic.position = Some(diagnostic.position.unwrap_or_else(nearest));
        }
        self.found.sort_by(|one, other| {
            let key = |remark: &Remark| remark.diagnostic.position;
            (key(one), &one.diagnostic.pointer).cmp(&(key(other), &other.diagnostic.pointer))
        });
        let mut findings = Findings::default();
        for remark in self.found {
            findings.push(remark);
        }
        if let Some(severity) = self.left_out {
            findings.push(Remark {
                diagnostic: left_out(severity),
                is_in_aws_words: false,
            });
        }
        findings
    }
}

fn left_out(severity: Severity) -> Diagnostic {
    let message = "there is more to say than is kept: the rest is left out";
    Diagnostic::new(severity, "", message)
}

/// Diagnostics, and the texts of the grave ones as a control plane tells them.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) diagnostics: Diagnostics,
    pub(crate) errors: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

impl Findings {
    fn push(&mut self, remark: Remark) {
        let Remark {
            diagnostic,
            is_in_aws_words,
        } = remark;
        let texts = match diagnostic.severity {
            Severity::Note => None,
            Severity::Warning => Some(&mut self.warnings),
            Severity::Error => Some(&mut self.errors),
        };
        if let Some(texts) = texts {
            texts.push(if is_in_aws_words {
                diagnostic.message.clone()
            } else {
                text_of(&diagnostic)
            });
        }
        self.diagnostics.push(diagnostic);
    }
}

/// A message of our own with its place, which the service's messages name by themselves.
fn text_of(diagnostic: &Diagnostic) -> String {
    let line = diagnostic.to_string();
    let severity = format!("{}: ", diagnostic.severity);
    line.strip_prefix(&severity).unwrap_or(&line).to_owned()
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
    use crate::source::{START, Source};

    #[test]
    fn what_is_left_out_still_counts() {
        let mut remarks = Remarks::default();
        let long = "n".repeat(MAX_REMARK_BYTES);
        remarks.say(Diagnostic::warning("", long));
        remarks.say(Diagnostic::error("/a", "broken"));
        remarks.say(Diagnostic::warning("/b", "odd"));
        let found = remarks.into_findings(&Place::new(START)).diagnostics;
        assert_eq!(found.len(), 2);
        assert!(found.has_errors());
    }

    #[test]
    fn notes_leave_room_for_what_matters_more() {
        let mut remarks = Remarks::default();
        for n in 0..MAX_REMARKS {
            remarks.say(Diagnostic::note(format!("/{n}"), "odd"));
        }
        remarks.say(Diagnostic::error("/a", "broken"));
        let found = remarks.into_findings(&Place::new(START)).diagnostics;
        assert_eq!(found.len(), MAX_REMARKS / 8 + 2);
        assert!(found.has_errors());
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
        let (_, place) = Source::new("{\"b\": 1,\n\"a\": 2}").read().unwrap();
        let found = remarks.into_findings(&place).diagnostics;
        let pointers: Vec<_> = found.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, ["/b", "/a"]);
    }

    #[test]
    fn texts_of_our_own_name_their_place_and_those_of_aws_do_not() {
        let mut remarks = Remarks::default();
        remarks
            .say(Diagnostic::warning("/b", "found 1").expected("2"))
            .help("add 1");
        remarks
            .say(Diagnostic::warning("/a", "Ignoring a."))
            .in_aws_words();
        remarks
            .say(Diagnostic::error("/a", "Bad a."))
            .in_aws_words();
        remarks.say(Diagnostic::note("/a", "unused"));
        let found = remarks.into_findings(&Place::new(START));
        assert_eq!(found.errors, ["Bad a."]);
        assert_eq!(
            found.warnings,
            [
                "Ignoring a.",
                "found 1, expected 2 (at 1:1, /b); help: add 1"
            ]
        );
    }
}
