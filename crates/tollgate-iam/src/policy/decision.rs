//! What came of an evaluation, and by which statement.

use super::statement::PolicyKind;

/// What policies say to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'p> {
    /// The request may go on.
    Allow {
        /// The first statement that allows it; `None` if no policy had to be asked.
        statement: Option<StatementRef<'p>>,
    },
    /// No statement allows the request.
    ImplicitDeny,
    /// A statement denies the request, whatever others allow.
    ExplicitDeny {
        /// The first statement that denies it.
        statement: StatementRef<'p>,
    },
}

impl Decision<'_> {
    /// Whether the request may go on.
    #[must_use]
    pub const fn is_allow(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }
}

/// A statement of one of the policies that were evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementRef<'p> {
    /// The kind of policy it stands in.
    pub kind: PolicyKind,
    /// Index of the policy among those of its kind.
    pub policy: usize,
    /// Index of the statement in the policy.
    pub statement: usize,
    /// Its `Sid`.
    pub sid: Option<&'p str>,
}
