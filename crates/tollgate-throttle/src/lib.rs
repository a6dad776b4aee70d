#![doc = include_str!("../README.md")]

mod bucket;
mod calendar;
mod counter;
mod decision;
mod keyed;
mod limit;
mod note;
mod refusal;
mod state;
mod sync;
mod window;

pub use bucket::{TokenBucket, Tokens};
pub use counter::{DAYS_KEPT, DayCount, Exhausted, QuotaCounter, QuotaLimit};
pub use decision::{Limited, Refused, Until, take_all};
pub use keyed::{DEFAULT_MOST_KEYS, KeyedBuckets};
pub use refusal::Wait;
pub use window::{Day, InvalidDay, Window};
