//! What keys have used, in the shape of AWS's reports.

use std::error::Error as StdError;

use thiserror::Error;
use tollgate_core::Moment;

use crate::plans::Subscription;
use crate::{Day, DayCount, Store, StoreAway, UsagePlans};

/// Days that a report can be about (a decision; the service's limit is not known for certain).
pub const MOST_REPORTED_DAYS: u32 = 90;

/// What a key used and had left on each day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUsage {
    /// The key's id.
    pub key_id: Box<str>,
    /// Requests that were used, and that remained at the day's end, from the first day to the last.
    pub days: Vec<[u64; 2]>,
}

/// Why there is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoUsage {
    /// The plan has no such key.
    #[error("the usage plan has no such key")]
    UnknownKey,
    /// The last day is before the first, or too long after it.
    #[error("the end of a usage report must be after its start, and at most 90 days")]
    Range,
    /// The plan has no quota of which something could remain.
    #[error("the usage plan has no quota")]
    NoQuota,
    /// The store that keeps the counts cannot be asked now.
    #[error(transparent)]
    Away(#[from] StoreAway),
}

/// The counts of one key in one plan, as a journal keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageRecord {
    /// The plan's id.
    pub plan_id: Box<str>,
    /// The key's id.
    pub key_id: Box<str>,
    /// The days on which something was counted, or whose window was granted something.
    pub days: Vec<DayCount>,
}

impl UsageRecord {
    /// The counts of a key in a plan, the earliest day first.
    #[must_use]
    pub fn new(
        plan_id: impl Into<Box<str>>,
        key_id: impl Into<Box<str>>,
        days: Vec<DayCount>,
    ) -> Self {
        Self {
            plan_id: plan_id.into(),
            key_id: key_id.into(),
            days,
        }
    }
}

/// Any error of a journal.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Where counts are kept when the process ends.
///
/// A process that is killed loses what it counted since it recorded last.
pub trait UsageJournal: Send + Sync {
    /// What was recorded, in any order.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    fn load(&self) -> Result<Vec<UsageRecord>, BoxError>;

    /// Records counts in place of what was recorded for the same plan and key.
    ///
    /// # Errors
    ///
    /// Where they cannot be kept.
    fn record(&self, records: &[UsageRecord]) -> Result<(), BoxError>;
}

impl UsagePlans {
    /// What the keys of a plan used on each day of a range, both ends included; of one key if it is
    /// named. A plan that is not known has no keys.
    ///
    /// # Errors
    ///
    /// [`NoUsage`].
    pub fn usage(
        &self,
        plan_id: &str,
        key_id: Option<&str>,
        range: (Day, Day),
    ) -> Result<Vec<KeyUsage>, NoUsage> {
        let known = self.reported(plan_id, key_id, range)?;
        let usage = known.into_iter().map(|known| {
            let counts = known.counter.days(&known.quota);
            known.usage(range, &counts)
        });
        Ok(usage.collect())
    }

    /// The same of what a store counts, for all processes that share it.
    ///
    /// # Errors
    ///
    /// [`NoUsage`].
    pub async fn usage_in(
        &self,
        store: &dyn Store,
        plan_id: &str,
        key_id: Option<&str>,
        range: (Day, Day),
    ) -> Result<Vec<KeyUsage>, NoUsage> {
        let mut usage = Vec::new();
        for known in self.reported(plan_id, key_id, range)? {
            let counts = store.counts(&known.counted, range).await?;
            usage.push(known.usage(range, &counts));
        }
        Ok(usage)
    }

    /// The keys that a report is about, by their ids.
    fn reported(
        &self,
        plan_id: &str,
        key_id: Option<&str>,
        (first, last): (Day, Day),
    ) -> Result<Vec<&Subscription>, NoUsage> {
        if last < first || last.number() - first.number() >= MOST_REPORTED_DAYS {
            return Err(NoUsage::Range);
        }
        if let Some(key_id) = key_id {
            let known = self.subscription(plan_id, key_id);
            return Ok(vec![known.ok_or(NoUsage::UnknownKey)?]);
        }
        let known = self.subscriptions().map(|known| &**known);
        let mut known: Vec<_> = known.filter(|known| *known.plan == *plan_id).collect();
        known.sort_by_key(|known| known.key.id());
        Ok(known)
    }

    /// Sets what remains of a key's quota in the window that goes on (`UpdateUsage`).
    ///
    /// # Errors
    ///
    /// [`NoUsage::UnknownKey`], [`NoUsage::NoQuota`].
    pub fn set_remaining(
        &self,
        of: (&str, &str),
        remaining: u64,
        now: Moment,
    ) -> Result<(), NoUsage> {
        let known = self.limited(of)?;
        known.counter.set_remaining(&known.quota, remaining, now);
        Ok(())
    }

    /// The same in a store, for all processes that share it.
    ///
    /// # Errors
    ///
    /// [`NoUsage::UnknownKey`], [`NoUsage::NoQuota`], [`NoUsage::Away`].
    pub async fn set_remaining_in(
        &self,
        store: &dyn Store,
        of: (&str, &str),
        remaining: u64,
        now: Moment,
    ) -> Result<(), NoUsage> {
        let known = self.limited(of)?;
        store.set_remaining(&known.counted, remaining, now).await?;
        Ok(())
    }

    /// A plan's key with a quota.
    fn limited(&self, (plan_id, key_id): (&str, &str)) -> Result<&Subscription, NoUsage> {
        let known = self.subscription(plan_id, key_id);
        let known = known.ok_or(NoUsage::UnknownKey)?;
        let has_quota = !known.quota.is_endless();
        has_quota.then_some(&**known).ok_or(NoUsage::NoQuota)
    }

    /// All counts, for a journal.
    #[must_use]
    pub fn records(&self) -> Vec<UsageRecord> {
        let records = self.subscriptions().map(|known| UsageRecord {
            plan_id: known.plan.clone(),
            key_id: known.key.id().into(),
            days: known.counter.days(&known.quota),
        });
        records.filter(|record| !record.days.is_empty()).collect()
    }

    /// Goes on from counts that were recorded. It is to be called once: what was counted since the process
    /// began is added to them. Those of keys and plans that are not there any more are left out.
    pub fn restore(&self, records: &[UsageRecord]) {
        for record in records {
            if let Some(known) = self.subscription(&record.plan_id, &record.key_id) {
                known.counter.restore(&known.quota, &record.days);
            }
        }
    }
}

impl Subscription {
    fn usage(&self, (first, last): (Day, Day), counts: &[DayCount]) -> KeyUsage {
        let mut days = Vec::new();
        let mut day = first;
        loop {
            let until_then = counts.partition_point(|count| count.day <= day);
            let latest = until_then
                .checked_sub(1)
                .and_then(|index| counts.get(index));
            let used = latest.filter(|latest| latest.day == day);
            let window = self.quota.window(day);
            let in_window = latest.filter(|latest| window.contains(latest.day));
            days.push([
                used.map_or(0, |used| used.used),
                self.quota.left(window, in_window),
            ]);
            if day >= last {
                break;
            }
            day = day.after();
        }
        KeyUsage {
            key_id: self.key.id().into(),
            days,
        }
    }
}
