//! Counts of quotas as they are kept.

use tollgate_throttle::{Day, DayCount, UsageRecord};

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

/// Reads a record of a plan and a key that [`to_json`] wrote.
pub(crate) fn from_json(plan: &str, key: &str, json: &[u8]) -> Result<UsageRecord, String> {
    if json.len() > MAX_COUNTS_BYTES {
        return Err(format!("it has {} bytes", json.len()));
    }
    let days: Vec<(u32, u64, u64, i64)> =
        serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let days = days.into_iter().map(|(day, used, window_used, granted)| {
        DayCount::new(Day::from_number(day), used, window_used, granted)
    });
    Ok(UsageRecord::new(plan, key, days.collect()))
}
