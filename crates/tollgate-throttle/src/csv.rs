//! API keys as comma-separated values.

mod export;
mod import;
mod record;

pub use export::export_keys;
pub use import::{
    ImportError, ImportWarning, ImportedKeys, MOST_CSV_BYTES, MOST_CSV_KEYS, import_keys,
};
pub use record::{KeyFault, KeyRecord, MOST_NAME_CHARACTERS};

/// The columns that mean something, as they are written.
const NAME: &str = "name";
const KEY: &str = "key";
const DESCRIPTION: &str = "description";
const ENABLED: &str = "enabled";
const USAGE_PLAN_IDS: &str = "usageplanIds";
