//! A limit as stores take it.

use std::sync::Arc;
#[cfg(feature = "redis")]
use std::sync::OnceLock;

use tollgate_core::{Moment, RateLimit};

use super::LimitKey;
#[cfg(feature = "redis")]
use crate::redis::Attached;
use crate::{Limited, QuotaCounter, QuotaLimit, TokenBucket};

/// How a limit is shared. It is chosen by the store unless it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every request asks the store.
    Exact,
    /// Some are fetched at a time, and decided here: never more than the limit gets through, but a
    /// process may hold what another one could use.
    Lease,
    /// It is not shared.
    Local,
}

/// What decides while the store is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Away {
    /// This process's share of the limit, beginning with what was known last.
    #[default]
    Local,
    /// Nothing: requests are admitted.
    Open,
    /// Nothing: requests are refused.
    Closed,
}

/// A limit with what a store must know of it.
///
/// It holds a bucket or a counter of this process, which [`MemoryStore`](super::MemoryStore) takes
/// from. It belongs to the store that it is first taken from.
#[derive(Debug)]
pub struct StoredLimit {
    pub(crate) key: LimitKey,
    pub(crate) kind: Kind,
    pub(crate) mode: Option<Mode>,
    pub(crate) away: Away,
    #[cfg(feature = "redis")]
    pub(crate) attached: OnceLock<Attached>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Rate(TokenBucket),
    Quota {
        counter: Arc<QuotaCounter>,
        limit: Arc<QuotaLimit>,
        #[cfg_attr(
            not(feature = "redis"),
            expect(dead_code, reason = "for what is shared")
        )]
        owner: Arc<Owner>,
    },
}

/// Whose quota it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    pub(crate) plan_id: Box<str>,
    pub(crate) key_id: Box<str>,
}

impl StoredLimit {
    /// A rate and burst.
    #[must_use]
    pub const fn rate(key: LimitKey, bucket: TokenBucket) -> Self {
        Self::new(key, Kind::Rate(bucket))
    }

    /// The same limit with another rate and burst, and with what is in its bucket; itself where nothing
    /// changes, so that what a store keeps of it goes on.
    #[must_use]
    pub fn with_rate(self: &Arc<Self>, rate: RateLimit, now: Moment) -> Arc<Self> {
        match &self.kind {
            Kind::Rate(bucket) if bucket.limit() != rate => {
                let kind = Kind::Rate(bucket.with_limit(rate, now));
                let changed = Self::new(self.key.clone(), kind);
                Arc::new(Self {
                    mode: self.mode,
                    away: self.away,
                    ..changed
                })
            }
            Kind::Rate(_) | Kind::Quota { .. } => self.clone(),
        }
    }

    /// The quota of a key in a plan.
    #[must_use]
    pub fn quota(
        plan_id: &str,
        key_id: &str,
        counter: Arc<QuotaCounter>,
        limit: Arc<QuotaLimit>,
    ) -> Self {
        let owner = Arc::new(Owner {
            plan_id: plan_id.into(),
            key_id: key_id.into(),
        });
        let kind = Kind::Quota {
            counter,
            limit,
            owner,
        };
        Self::new(LimitKey::quota(plan_id, key_id), kind)
    }

    const fn new(key: LimitKey, kind: Kind) -> Self {
        Self {
            key,
            kind,
            mode: None,
            away: Away::Local,
            #[cfg(feature = "redis")]
            attached: OnceLock::new(),
        }
    }

    /// Shared in this way, and not as the store would choose.
    #[must_use]
    pub const fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Decided in this way while the store is away.
    #[must_use]
    pub const fn when_away(mut self, away: Away) -> Self {
        self.away = away;
        self
    }

    /// What it is about.
    #[must_use]
    pub const fn key(&self) -> &LimitKey {
        &self.key
    }

    /// The bucket or counter of this process.
    #[inline]
    #[must_use]
    pub fn limited(&self) -> Limited<'_> {
        match &self.kind {
            Kind::Rate(bucket) => Limited::Rate(bucket),
            Kind::Quota { counter, limit, .. } => Limited::Quota(counter, limit),
        }
    }
}
