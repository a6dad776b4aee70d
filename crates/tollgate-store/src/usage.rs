//! Counts of quotas as they are kept.

use tollgate_core::{ManualClock, Moment, SeededRandom};
use tollgate_throttle::{
    ApiKey, Day, DayCount, PlanStage, UsagePlan, UsagePlans, UsageRecord, take_all,
};

/// Bytes that the counts of a key in a plan may have as JSON: a hundred days have a tenth of it.
const MAX_COUNTS_BYTES: usize = 64 << 10;

/// The days of a record as JSON: for each its number, what was used on it and in its window, and what
/// was granted.
pub(crate) fn to_json(record: &UsageRecord) -> Vec<u8> {
    let days = record.days.iter();
    let days: Vec<_> = days
        .map(|day| (day.day.number(), day.used, day.window_used, day.granted))
        .collect();
    serde_json::to_vec(&days).expect("numbers have a form as JSON")
}

/// Reads records that [`to_json`] wrote.
pub(crate) struct Reader {
    blank: UsageRecord,
    day: DayCount,
}

impl Reader {
    pub(crate) fn new() -> Option<Self> {
        let blank = counted_once()?;
        let day = *blank.days.first()?;
        Some(Self { blank, day })
    }

    pub(crate) fn record(&self, plan: &str, key: &str, json: &[u8]) -> Result<UsageRecord, String> {
        if json.len() > MAX_COUNTS_BYTES {
            return Err(format!("it has {} bytes", json.len()));
        }
        let days: Vec<(u32, u64, u64, i64)> =
            serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let mut record = self.blank.clone();
        record.plan_id = plan.into();
        record.key_id = key.into();
        let days = days
            .into_iter()
            .map(|(number, used, window_used, granted)| {
                let mut day = self.day;
                day.day = Day::from_number(number);
                day.used = used;
                day.window_used = window_used;
                day.granted = granted;
                day
            });
        record.days = days.collect();
        Ok(record)
    }
}

/// The record of one request. Records have no constructor elsewhere, so that this is where others are
/// made from.
fn counted_once() -> Option<UsageRecord> {
    let key = ApiKey::new("key", "a-value-of-twenty-bytes").ok()?;
    let mut plan = UsagePlan::new("plan");
    plan.stages.push(PlanStage::new("api", "stage"));
    plan.keys.push("key".into());
    let now = Moment::default();
    let plans = UsagePlans::new(&SeededRandom::new(0));
    let plans = plans
        .updated(&[plan], std::slice::from_ref(&key), now)
        .ok()?;
    let admission = plans.stage("api", "stage")?.admit(Some(key.value())).ok()?;
    let clock = ManualClock::at_unix(now.unix());
    take_all(admission.limits("/GET"), now, &clock).ok()?;
    plans.records().pop()
}
