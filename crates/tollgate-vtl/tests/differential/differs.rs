//! Cases on which two engines do not agree.

use std::fmt;

use crate::case::{Case, Flavour, Outcome};
use crate::ours;

/// A case with both answers.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub(crate) case: Case,
    expected: Outcome,
    actual: Result<Outcome, String>,
}

/// How two answers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Both are texts.
    Text,
    /// Only Velocity fails.
    TooLax,
    /// Only this crate fails.
    TooStrict,
    /// This crate panics.
    Panic,
}

impl Difference {
    /// Renders the case and compares; `None` if the answers agree or cannot be compared.
    pub(crate) fn of(case: Case, expected: Option<Outcome>, flavour: Flavour) -> Option<Self> {
        let expected = expected?;
        let actual = match ours::render(&case, flavour) {
            Ok(answer) => Ok(answer?),
            Err(panic) => Err(panic),
        };
        let differs = actual.as_ref() != Ok(&expected);
        differs.then_some(Self {
            case,
            expected,
            actual,
        })
    }

    /// How the answers differ.
    pub(crate) fn kind(&self) -> Kind {
        match (&self.expected, &self.actual) {
            (_, Err(_)) => Kind::Panic,
            (Outcome::Error, _) => Kind::TooLax,
            (_, Ok(Outcome::Error)) => Kind::TooStrict,
            _ => Kind::Text,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = |outcome: &Outcome| match outcome {
            Outcome::Text(text) => format!("{text:?}"),
            Outcome::Error => "an error".to_owned(),
        };
        writeln!(f, "{} {:?}", self.case.id, self.case.template)?;
        for (what, object) in [
            ("context", &self.case.context),
            ("files", &self.case.files),
            ("props", &self.case.props),
        ] {
            if !object.is_empty() {
                let object = serde_json::to_string(object).map_err(|_| fmt::Error)?;
                writeln!(f, "  {what}  {object}")?;
            }
        }
        writeln!(f, "  Velocity {}", answer(&self.expected))?;
        match &self.actual {
            Ok(outcome) => write!(f, "  Tollgate {}", answer(outcome)),
            Err(panic) => write!(f, "  Tollgate panics: {panic}"),
        }
    }
}
