#![doc = include_str!("../README.md")]

mod addresses;
mod check;
mod client_certificates;
mod node;
mod observer;
mod options;
mod plans;
mod publisher;
mod status;
mod usage_plans;

pub use check::check;
pub use node::Node;
pub use observer::StateObserver;
pub use options::NodeOptions;
pub use status::{StageStatus, Status, Version};
