//! Which limit it was.

/// The kinds of limits that a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LimitScope {
    /// The rate of a key for a method, by its usage plan.
    PlanMethod,
    /// The rate of a key over all stages of its usage plan.
    Plan,
    /// The quota of a key in its usage plan.
    PlanQuota,
    /// The rate of a method of a stage.
    Method,
    /// The rate of an account.
    Account,
    /// The rate of a process.
    Process,
    /// The rate of a client without a key.
    Client,
    /// A rate of its own, of one client or of all.
    Rate,
    /// A quota of its own, of one client.
    Quota,
}

impl LimitScope {
    /// The scopes of what [`Admission::limits`](crate::Admission::limits) gives, in its order.
    pub const OF_PLAN: [Self; 3] = [Self::PlanMethod, Self::Plan, Self::PlanQuota];

    /// A word for it, such as `plan_method`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlanMethod => "plan_method",
            Self::Plan => "plan",
            Self::PlanQuota => "plan_quota",
            Self::Method => "method",
            Self::Account => "account",
            Self::Process => "process",
            Self::Client => "client",
            Self::Rate => "rate",
            Self::Quota => "quota",
        }
    }

    /// Whether it is a quota, and not a rate.
    #[must_use]
    pub const fn is_quota(self) -> bool {
        matches!(self, Self::PlanQuota | Self::Quota)
    }
}

impl std::fmt::Display for LimitScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
