//! Numbers of states.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a state: how many commits led to it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// The number of the state with nothing in it.
    pub const EMPTY: Self = Self(0);

    /// The revision after so many commits.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// How many commits led to it.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
