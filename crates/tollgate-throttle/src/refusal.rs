//! When a limit would admit what it refused.

use std::time::Duration;

use crate::limit::Limit;

/// How long until a bucket would have enough tokens.
///
/// The time is computed when it is asked for: most refusals are only counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wait {
    limit: Limit,
    tokens: u32,
    units: u64,
}

impl Wait {
    pub(crate) const fn new(limit: Limit, tokens: u32, units: u64) -> Self {
        Self {
            limit,
            tokens,
            units,
        }
    }

    /// The time, if nobody else takes any; `None` where there are never so many tokens: the rate or
    /// the burst is zero, or the burst is too small.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        if u64::from(self.tokens) > u64::from(self.limit.rate().burst()) {
            return None;
        }
        self.limit.nanos(self.units).map(Duration::from_nanos)
    }
}
