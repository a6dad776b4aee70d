//! What a difference means to clients.

use std::borrow::Cow;

use super::DifferenceSeverity;

/// Whether a difference breaks clients, how severe it is, and why.
pub(super) struct Verdict {
    pub(super) breaking: bool,
    pub(super) severity: DifferenceSeverity,
    pub(super) reason: Cow<'static, str>,
}

type Reason = Cow<'static, str>;

/// Clients may fail that did not.
pub(super) fn breaking(reason: impl Into<Reason>) -> Verdict {
    verdict(true, DifferenceSeverity::High, reason)
}

/// What was closed is open.
pub(super) fn opening(reason: impl Into<Reason>) -> Verdict {
    verdict(false, DifferenceSeverity::High, reason)
}

/// The same requests may get other answers.
pub(super) fn changing(reason: impl Into<Reason>) -> Verdict {
    verdict(false, DifferenceSeverity::Medium, reason)
}

/// More is possible than was.
pub(super) fn widening(reason: impl Into<Reason>) -> Verdict {
    verdict(false, DifferenceSeverity::Low, reason)
}

/// Nothing changes for requests.
pub(super) fn silent(reason: impl Into<Reason>) -> Verdict {
    verdict(false, DifferenceSeverity::Info, reason)
}

fn verdict(breaking: bool, severity: DifferenceSeverity, reason: impl Into<Reason>) -> Verdict {
    Verdict {
        breaking,
        severity,
        reason: reason.into(),
    }
}
