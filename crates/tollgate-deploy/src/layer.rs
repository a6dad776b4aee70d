//! Stages and canaries of any HTTP service.

mod canary;
mod future;
mod service;
mod share;
mod stage;

pub use canary::CanaryLayer;
pub use future::{CanaryFuture, StagedFuture};
pub use service::{Canary, Staged};
pub use share::CanaryShare;
pub use stage::StageLayer;
