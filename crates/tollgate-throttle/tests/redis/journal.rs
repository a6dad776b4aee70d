//! A journal that keeps what it is told, for all nodes of a test.

use std::collections::HashMap;
use std::sync::Mutex;

use tollgate_throttle::{BoxError, UsageJournal, UsageRecord};

type Owner = (Box<str>, Box<str>);

#[derive(Default)]
pub(crate) struct Journal {
    /// By plan and key.
    records: Mutex<HashMap<Owner, UsageRecord>>,
}

impl Journal {
    /// What is recorded of the key's last window.
    pub(crate) fn used(&self, key_id: &str) -> u64 {
        let records = self.records.lock().expect("nobody panics");
        let record = records.get(&("plan".into(), key_id.into()));
        record.map_or(0, |record| {
            record.days.last().map_or(0, |day| day.window_used)
        })
    }
}

impl UsageJournal for Journal {
    fn load(&self) -> Result<Vec<UsageRecord>, BoxError> {
        let records = self.records.lock().expect("nobody panics");
        Ok(records.values().cloned().collect())
    }

    fn record(&self, records: &[UsageRecord]) -> Result<(), BoxError> {
        let mut known = self.records.lock().expect("nobody panics");
        for record in records {
            let owner = (record.plan_id.clone(), record.key_id.clone());
            known.insert(owner, record.clone());
        }
        Ok(())
    }
}
