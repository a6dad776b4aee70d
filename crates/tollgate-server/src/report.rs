//! What there is to say about files, as people and programs read it.

use std::cmp::Reverse;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate::core::{Diagnostic, Diagnostics, Severity};

use crate::paint::{Paint, Tone};
use crate::printable::{printable, printable_start};
use crate::snippet::Source;

/// Characters of a message or a pointer that are shown; names in a document may be of any length.
const MOST_CHARS: usize = 1_000;

/// What there is to say about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    /// The file; `None` for what no file says.
    pub(crate) file: Option<PathBuf>,
    /// What stands in it, where it could be read.
    pub(crate) text: Option<Arc<str>>,
    pub(crate) diagnostics: Diagnostics,
}

impl Report {
    pub(crate) fn new(file: &Path, text: Arc<str>, diagnostics: Diagnostics) -> Self {
        Self {
            file: Some(file.to_owned()),
            text: Some(text),
            diagnostics,
        }
    }

    /// A file that cannot be read.
    pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        let message = format!("cannot read the file: {error}");
        Self {
            file: Some(file.to_owned()),
            text: None,
            diagnostics: Diagnostic::error("", message).into(),
        }
    }

    /// How many remarks of each kind there are.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for one in &self.diagnostics {
            *counts.of(one.severity) += 1;
        }
        counts
    }

    /// Whether there is more to say than notes.
    pub(crate) fn is_remarkable(&self) -> bool {
        let mut all = self.diagnostics.iter();
        all.any(|one| one.severity > Severity::Note)
    }
}

/// How many remarks there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) notes: usize,
}

impl Counts {
    fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            errors: sum.errors + one.errors,
            warnings: sum.warnings + one.warnings,
            notes: sum.notes + one.notes,
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count| if count == 1 { "" } else { "s" };
        let Self {
            errors,
            warnings,
            notes,
        } = *self;
        write!(f, "{errors} error{}, ", plural(errors))?;
        write!(f, "{warnings} warning{}, ", plural(warnings))?;
        write!(f, "{notes} note{}", plural(notes))
    }
}

/// How reports are shown to people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) paint: Paint,
    /// The least grave remarks that are shown; others are only counted.
    pub(crate) least: Severity,
    /// Remarks of one file that are shown, the gravest first.
    pub(crate) most: usize,
}

impl Look {
    /// Remarks that a server shows of one document; `tollgate check` shows them all.
    const MOST_SERVED: usize = 20;

    /// How a server shows them, on standard error.
    pub(crate) fn of_server() -> Self {
        Self {
            paint: Paint::of_stderr(),
            least: Severity::Warning,
            most: Self::MOST_SERVED,
        }
    }

    /// The remarks of a report, an empty line after each.
    pub(crate) fn remarks(&self, report: &Report) -> String {
        let mut out = String::new();
        let source = report.text.as_deref().map(Source::new);
        let (shown, left_out) = self.choose(report);
        for one in shown {
            self.remark(&mut out, report, source.as_ref(), one);
            out.push('\n');
        }
        if left_out > 0 {
            line(
                &mut out,
                format_args!("… and {left_out} more, which `tollgate check` shows"),
            );
            out.push('\n');
        }
        out
    }

    /// The remarks of a report, and how many there are.
    pub(crate) fn whole(&self, report: &Report) -> String {
        let mut out = self.remarks(report);
        if let Some(file) = &report.file {
            let file = file.display().to_string();
            write!(out, "{}: ", printable(&file)).expect(ANY_TEXT);
        }
        write!(out, "{}", report.counts()).expect(ANY_TEXT);
        out
    }

    /// What is shown, in the order of the file, and how much is not.
    fn choose<'r>(&self, report: &'r Report) -> (Vec<&'r Diagnostic>, usize) {
        let all = report.diagnostics.iter().enumerate();
        let mut shown: Vec<_> = all.filter(|(_, one)| one.severity >= self.least).collect();
        let left_out = shown.len().saturating_sub(self.most);
        if left_out > 0 {
            shown.sort_by_key(|(index, one)| (Reverse(one.severity), *index));
            shown.truncate(self.most);
            shown.sort_by_key(|(index, _)| *index);
        }
        (shown.into_iter().map(|(_, one)| one).collect(), left_out)
    }

    fn remark(
        &self,
        out: &mut String,
        report: &Report,
        source: Option<&Source<'_>>,
        one: &Diagnostic,
    ) {
        let paint = self.paint;
        let severity = one.severity.to_string();
        let severity = paint.tone(one.severity.into(), &severity);
        let message = printable_start(&one.message, MOST_CHARS);
        let message = paint.tone(Tone::Strong, &message);
        line(out, format_args!("{severity}: {message}"));
        let snippet = one.position.and_then(|position| source?.snippet(position));
        let number = match (&snippet, one.position) {
            (Some(_), Some(position)) => position.line.to_string(),
            _ => String::new(),
        };
        let gutter = " ".repeat(number.len().max(1));
        let bar = paint.tone(Tone::Faint, "|");
        if let Some(file) = &report.file {
            let file = file.display().to_string();
            let place = one.position.map(|position| format!(":{position}"));
            let place = place.unwrap_or_default();
            let arrow = paint.tone(Tone::Faint, "-->");
            line(
                out,
                format_args!("{gutter}{arrow} {}{place}", printable(&file)),
            );
        }
        if let Some(snippet) = &snippet {
            let number = paint.tone(Tone::Faint, &number);
            let underline = "^".repeat(snippet.width);
            let underline = paint.tone(one.severity.into(), &underline);
            let indent = " ".repeat(snippet.before);
            line(out, format_args!("{gutter} {bar}"));
            line(out, format_args!("{number} {bar} {}", snippet.line));
            line(out, format_args!("{gutter} {bar} {indent}{underline}"));
        }
        // A line of the text says more than a pointer, if it is there whole.
        let is_whole = snippet.is_some_and(|snippet| !snippet.is_cut);
        let pointer = Some(&*one.pointer).filter(|pointer| !is_whole && !pointer.is_empty());
        for (name, text) in [
            ("at", pointer),
            ("expected", one.expected.as_deref()),
            ("help", one.help.as_deref()),
        ] {
            if let Some(text) = text {
                let name = paint.tone(Tone::Strong, name);
                line(
                    out,
                    format_args!("{gutter} = {name}: {}", printable_start(text, MOST_CHARS)),
                );
            }
        }
    }
}

const ANY_TEXT: &str = "a string takes any text";

/// Adds a line without spaces at its end.
fn line(out: &mut String, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect(ANY_TEXT);
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tollgate::core::Position;

    use super::*;

    const ALL: Look = Look {
        paint: Paint::Plain,
        least: Severity::Note,
        most: usize::MAX,
    };

    fn report(text: &str, diagnostics: impl IntoIterator<Item = Diagnostic>) -> Report {
        Report::new(
            Path::new("api.yaml"),
            text.into(),
            diagnostics.into_iter().collect(),
        )
    }

    #[test]
    fn a_remark_without_a_place_names_its_part() {
        let one = Diagnostic::error("/paths/~1a", "no such thing").expected("another");
        assert_eq!(
            ALL.whole(&report("", [one, Diagnostic::warning("", "odd")])),
            "error: no such thing\n --> api.yaml\n  = at: /paths/~1a\n  = expected: another\n\n\
             warning: odd\n --> api.yaml\n\n\
             api.yaml: 1 error, 1 warning, 0 notes"
        );
    }

    #[test]
    fn the_gravest_remarks_are_shown_in_their_order() {
        let remarks = [
            Diagnostic::note("", "a"),
            Diagnostic::warning("", "b"),
            Diagnostic::error("", "c"),
            Diagnostic::warning("", "d"),
            Diagnostic::error("", "e"),
        ];
        let look = Look {
            least: Severity::Warning,
            most: 3,
            ..ALL
        };
        let report = report("", remarks);
        let (shown, left_out) = look.choose(&report);
        let shown: Vec<_> = shown.iter().map(|one| one.message.as_str()).collect();
        assert_eq!((shown.as_slice(), left_out), (&["b", "c", "e"][..], 1));
    }

    fn text() -> impl Strategy<Value = String> {
        let odd = "[ -~\t\r\n\u{1b}\u{9b}\u{202e}\u{2028}\u{301}漢]{0,300}";
        prop_oneof![odd.prop_map(String::from), "(?s).{0,100}"]
    }

    proptest! {
        #[test]
        fn what_is_shown_is_printable(
            text in text(),
            [message, pointer, file] in [text(), text(), text()],
            place in proptest::option::of((0..6_u32, 0..400_u32)),
        ) {
            let mut one = Diagnostic::error(pointer, message.clone())
                .expected(message.clone())
                .help(message);
            one.position = place.map(|(line, column)| Position { line, column });
            let report = Report::new(Path::new(&file), text.into(), one.into());
            let shown = ALL.whole(&report);
            for line in shown.split('\n') {
                prop_assert_eq!(printable(line), line);
            }
        }
    }
}
