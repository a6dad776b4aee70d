//! Colours, where there is a terminal to show them.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use tollgate::core::Severity;

/// How a text stands out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    /// What went wrong.
    Error,
    /// What may be wrong.
    Warning,
    /// What is only said.
    Note,
    /// What a line is about.
    Strong,
    /// What stands around the matter.
    Faint,
}

impl Tone {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Error => "\u{1b}[1;31m",
            Self::Warning => "\u{1b}[1;33m",
            Self::Note => "\u{1b}[1;36m",
            Self::Strong => "\u{1b}[1m",
            Self::Faint => "\u{1b}[2m",
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Note => Self::Note,
        }
    }
}

/// Whether a text gets colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Coloured,
}

impl Paint {
    /// Colours for standard output, if that is a terminal whose user wants them.
    pub(crate) fn of_stdout() -> Self {
        Self::of(&io::stdout())
    }

    /// The same for standard error.
    pub(crate) fn of_stderr() -> Self {
        Self::of(&io::stderr())
    }

    fn of(stream: &impl IsTerminal) -> Self {
        let variable = |name| std::env::var_os(name);
        let no_color = variable("NO_COLOR");
        Self::decide(
            stream.is_terminal(),
            no_color.as_deref(),
            variable("TERM").as_deref(),
        )
    }

    /// `NO_COLOR` counts if it is not empty (<https://no-color.org>).
    fn decide(is_terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> Self {
        let is_unwanted = no_color.is_some_and(|value| !value.is_empty());
        if is_terminal && !is_unwanted && term.is_none_or(|term| term != "dumb") {
            Self::Coloured
        } else {
            Self::Plain
        }
    }

    /// A text in this tone.
    pub(crate) fn tone(self, tone: Tone, text: &str) -> Cow<'_, str> {
        match self {
            Self::Plain => Cow::Borrowed(text),
            Self::Coloured => Cow::Owned(format!("{}{text}\u{1b}[0m", tone.sequence())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_whose_users_want_them() {
        for (is_terminal, no_color, term, expected) in [
            (true, None, Some("xterm"), Paint::Coloured),
            (true, None, None, Paint::Coloured),
            (true, Some(""), None, Paint::Coloured),
            (true, Some("1"), None, Paint::Plain),
            (true, None, Some("dumb"), Paint::Plain),
            (false, None, Some("xterm"), Paint::Plain),
        ] {
            let decided =
                Paint::decide(is_terminal, no_color.map(OsStr::new), term.map(OsStr::new));
            assert_eq!(decided, expected, "{is_terminal} {no_color:?} {term:?}");
        }
    }
}
