#![doc = include_str!("../README.md")]

mod canonical;
mod change;
mod frozen;
mod lifecycle;

pub use change::Change;
pub use frozen::{FreezeError, Frozen, MAX_DOCUMENT_BYTES};
pub use lifecycle::Lifecycle;
