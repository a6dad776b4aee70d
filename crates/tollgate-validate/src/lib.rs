#![doc = include_str!("../README.md")]

mod automaton;
mod by_media_type;
mod check;
mod compile;
mod document;
mod ecma;
mod judge;
#[cfg(feature = "tower")]
mod layer;
pub mod limits;
mod models;
mod pattern;
mod program;
mod report;
mod request_validator;
mod unique;

#[cfg(feature = "tower")]
pub use layer::{ValidateFuture, ValidateLayer, Validated};
pub use models::{InvalidModel, Mismatch, Model, Models};
pub use request_validator::RequestValidator;
