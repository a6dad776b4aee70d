//! The durable counts, as they were read or recorded last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::inner::Inner;
use crate::store::Owner;
use crate::{BoxError, DAYS_KEPT, DayCount, UsageJournal, UsageRecord, Window};

pub(super) struct Ledger {
    journal: Arc<dyn UsageJournal>,
    pages: Mutex<Pages>,
    /// One reads, the others wait.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Pages {
    /// The connection for which they were read: another one may be to a server that lost its counts.
    epoch: u64,
    by_owner: HashMap<Owner, Vec<DayCount>>,
}

impl Ledger {
    pub(super) fn new(journal: Arc<dyn UsageJournal>) -> Self {
        Self {
            journal,
            pages: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_read(&self, epoch: u64) -> bool {
        self.pages().epoch >= epoch
    }

    /// Reads the journal for a connection, unless that was done.
    pub(super) async fn read(&self, epoch: u64) -> Result<(), BoxError> {
        let _reading = self.reading.lock().await;
        if self.is_read(epoch) {
            return Ok(());
        }
        self.load(epoch).await
    }

    /// Reads the journal once more.
    pub(super) async fn read_again(&self, epoch: u64) -> Result<(), BoxError> {
        let _reading = self.reading.lock().await;
        self.load(epoch).await
    }

    async fn load(&self, epoch: u64) -> Result<(), BoxError> {
        let journal = Arc::clone(&self.journal);
        let records = tokio::task::spawn_blocking(move || journal.load()).await??;
        let mut pages = self.pages();
        pages.epoch = epoch;
        pages.by_owner = records
            .into_iter()
            .map(|record| {
                let owner = Owner {
                    plan_id: record.plan_id,
                    key_id: record.key_id,
                };
                (owner, record.days)
            })
            .collect();
        Ok(())
    }

    /// What is recorded of the days of a window.
    pub(super) fn recorded(&self, owner: &Owner, window: Window) -> Vec<DayCount> {
        let pages = self.pages();
        let days = pages.by_owner.get(owner);
        let days = days.into_iter().flatten();
        days.filter(|count| window.contains(count.day))
            .copied()
            .collect()
    }

    /// Records counts of windows, beside what is recorded of others.
    pub(super) async fn record(
        &self,
        counts: Vec<(Owner, Window, Vec<DayCount>)>,
    ) -> Result<(), BoxError> {
        let records = self.pages().merge(counts);
        let journal = Arc::clone(&self.journal);
        tokio::task::spawn_blocking(move || journal.record(&records)).await?
    }
}

impl Pages {
    fn merge(&mut self, counts: Vec<(Owner, Window, Vec<DayCount>)>) -> Vec<UsageRecord> {
        let merged = counts.into_iter().map(|(owner, window, counted)| {
            let days = self.by_owner.entry(owner.clone()).or_default();
            days.retain(|count| !window.contains(count.day));
            days.extend(counted);
            days.sort_by_key(|count| count.day);
            let too_many = days.len().saturating_sub(DAYS_KEPT);
            days.drain(..too_many);
            UsageRecord {
                plan_id: owner.plan_id,
                key_id: owner.key_id,
                days: days.clone(),
            }
        });
        merged.collect()
    }
}

impl Inner {
    /// Whether the durable counts are known that a server must be told which lost its own; they are
    /// read first, if that is quick.
    pub(super) async fn is_ledger_read(&self) -> bool {
        let Some(ledger) = &self.ledger else {
            return true;
        };
        let Some(epoch) = self.connection.epoch() else {
            return false;
        };
        if ledger.is_read(epoch) {
            return true;
        }
        let reading = ledger.read(epoch);
        let read = tokio::time::timeout(self.connection.call_timeout(), reading).await;
        matches!(read, Ok(Ok(())))
    }
}
