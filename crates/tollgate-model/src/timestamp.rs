//! When something was made or changed.

use serde::{Deserialize, Serialize};
use tollgate_core::Moment;

/// A moment in seconds since 1970-01-01T00:00:00Z, as the service tells it.
///
/// ```
/// use tollgate_model::Timestamp;
///
/// let made = Timestamp::from_seconds(1_700_000_000);
/// assert_eq!(serde_json::to_string(&made)?, "1700000000");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// So many seconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        Self(moment.unix_seconds())
    }
}
