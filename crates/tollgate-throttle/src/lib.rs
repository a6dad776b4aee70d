#![doc = include_str!("../README.md")]

mod api_key;
mod api_keys;
mod bucket;
mod calendar;
mod counter;
#[cfg(feature = "csv")]
mod csv;
mod decision;
mod fingerprint;
mod keyed;
mod keyed_quotas;
mod known;
#[cfg(feature = "tower")]
mod layer;
mod level;
mod limit;
mod network;
mod note;
mod plans;
#[cfg(feature = "redis")]
mod redis;
mod refusal;
mod scope;
mod simulation;
mod standing;
mod store;
mod sync;
mod usage;
mod usage_plan;
mod window;

pub use api_key::{ApiKey, InvalidKeyValue, KEY_VALUE_CHARACTERS};
pub use api_keys::{ApiKeys, DuplicateKey};
pub use bucket::{TokenBucket, Tokens};
pub use counter::{DAYS_KEPT, DayCount, Exhausted, QuotaCounter, QuotaLimit};
#[cfg(feature = "csv")]
pub use csv::{
    ImportError, ImportWarning, ImportedKeys, KeyFault, KeyRecord, MOST_CSV_BYTES, MOST_CSV_KEYS,
    MOST_NAME_CHARACTERS, export_keys, import_keys,
};
pub use decision::{Limited, Refused, Until, take_all};
pub use keyed::KeyedBuckets;
pub use keyed_quotas::KeyedQuotas;
pub use known::DEFAULT_MOST_KEYS;
#[cfg(feature = "tower")]
pub use layer::{
    ApiKeyId, ApiKeyLayer, Current, Gated, GatedFuture, LimitRefusal, LimitSettings, QuotaLayer,
    ShadowRefusals, ThrottleLayer, UsagePlanLayer, source_network,
};
pub use network::network_of;
pub use plans::{Admission, InvalidPlan, NoPlan, StagePlans, UsagePlans};
#[cfg(feature = "redis")]
pub use redis::{FLUSH_EVERY, LEASE_KEPT, MOST_LEASED, RedisStore};
pub use refusal::Wait;
pub use scope::LimitScope;
pub use simulation::{
    CallerReport, MOST_LISTED_CALLERS, ReportedCaller, SimulatedCaller, SimulatedRefusal,
    SimulatedRequest, Simulation, SimulationReport,
};
pub use standing::Standing;
pub use store::{
    Answer, Away, LimitKey, MemoryStore, Mode, Store, StoreAway, StoredLimit, Take, Verdict,
};
pub use usage::{BoxError, KeyUsage, MOST_REPORTED_DAYS, NoUsage, UsageJournal, UsageRecord};
pub use usage_plan::{MOST_PLAN_METHODS, PlanStage, UsagePlan};
pub use window::{Day, InvalidDay, Window};
