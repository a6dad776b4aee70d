//! Where limits are kept: in this process, or where many processes share them.

mod key;
mod limit;
mod memory;
mod take;

use std::fmt;
use std::pin::Pin;

use thiserror::Error;
use tollgate_core::Moment;

pub use key::LimitKey;
pub use limit::{Away, Mode, StoredLimit};
#[cfg(feature = "redis")]
pub(crate) use limit::{Kind, Owner};
pub use memory::MemoryStore;
pub use take::Take;

use crate::{Day, DayCount, Refused};

/// Where limits are kept.
///
/// [`MemoryStore`] keeps them in this process; `RedisStore`, under the feature `redis`, shares them
/// with other processes.
pub trait Store: Send + Sync + fmt::Debug {
    /// Takes one of each limit, or of none: a request that one of them refuses costs the others
    /// nothing. A limit stands at most once among them. One that refuses is named: the first in order,
    /// unless a later one is known to refuse already.
    ///
    /// A decision whose future is dropped before it is made takes nothing either, but what was taken
    /// may come back a moment later.
    ///
    /// What is lost when a process ends or a store is away, and what decides then, is said by the
    /// store; it never fails.
    fn take<'a>(&'a self, limits: &'a [Option<&'a StoredLimit>], now: Moment) -> Take<'a>;

    /// What is counted of a quota on the days of a range, both ends included, and on others of their
    /// windows; the earliest day first, and none without a count. A rate has no counts.
    fn counts<'a>(&'a self, quota: &'a StoredLimit, range: (Day, Day))
    -> Answer<'a, Vec<DayCount>>;

    /// Sets what is left of a quota in its current window. What processes hold of it counts as used.
    fn set_remaining<'a>(
        &'a self,
        quota: &'a StoredLimit,
        remaining: u64,
        now: Moment,
    ) -> Answer<'a, ()>;
}

/// What a [`Store`] answers that may be away.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreAway>> + Send + 'a>>;

/// A store cannot be asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the store of limits cannot be asked now")]
pub struct StoreAway;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct Verdict {
    /// The limit that refuses; `None`: the request is admitted.
    pub refused: Option<Refused>,
    /// The store that is shared was away, and a limit was decided without it.
    pub degraded: bool,
}

impl Verdict {
    /// Whether the request is admitted.
    #[must_use]
    pub const fn is_admitted(&self) -> bool {
        self.refused.is_none()
    }

    pub(crate) fn of(outcome: Result<(), Refused>) -> Self {
        Self {
            refused: outcome.err(),
            degraded: false,
        }
    }
}
