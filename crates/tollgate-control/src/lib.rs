#![doc = include_str!("../README.md")]

mod api;
mod arn;
mod ask;
mod call;
mod caller;
mod error;
mod input;
mod operation;
mod operations;
mod options;
mod outcome;
mod page;
mod patch;
mod plane;
mod record;
mod response;
mod secret;
mod service;
mod shape;
mod texts;
mod view;

pub use options::{Access, ControlOptions, KeepUsage};
pub use plane::MAX_BODY_BYTES;
pub use record::CallRecord;
pub use service::ControlPlane;
