#![doc = include_str!("../README.md")]

mod api;
mod arn;
mod ask;
mod call;
mod caller;
mod error;
mod id;
mod input;
mod operation;
mod operations;
mod options;
mod outcome;
mod page;
mod patch;
mod service;
mod shape;
mod tags;
mod texts;
mod view;

pub use options::ControlOptions;
pub use service::{ControlPlane, MAX_BODY_BYTES};
