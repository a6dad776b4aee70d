#![doc = include_str!("../README.md")]

mod integration;
mod mock;

pub use integration::{Integration, IntegrationRequest, IntegrationResponse};
pub use mock::Mock;
