#![doc = include_str!("../README.md")]

mod change;
mod entity;
mod error;
mod export;
mod key;
mod map;
mod record;
mod revision;
mod state;
mod store;
mod usage;

pub use change::Change;
pub use entity::Entity;
pub use error::{BoxError, InvalidChange, StoreError};
pub use export::{MAX_EXPORT_BYTES, export, import};
pub use key::{EntityKey, InvalidKey, MAX_KEY_BYTES};
pub use record::{MAX_RECORD_BYTES, Record};
pub use revision::Revision;
pub use state::{Applied, MAX_COMMIT_BYTES, State, Write};
pub use store::{ConfigStore, MemoryStore, RedbStore};
#[cfg(feature = "postgres")]
pub use store::{PostgresOptions, PostgresStore, PostgresTransition};
