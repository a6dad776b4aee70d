#![doc = include_str!("../README.md")]

mod collect;
mod compile;
mod exchange;
mod future;
mod gateway;
mod pipeline;
mod plan;
mod seams;

pub use collect::MAX_BODY_BYTES;
pub use compile::{DEFAULT_ACCOUNT_ID, DEFAULT_API_ID, DEFAULT_DEPLOYMENT_ID};
pub use future::ResponseFuture;
pub use gateway::Gateway;
pub use plan::{Method, Plan};
