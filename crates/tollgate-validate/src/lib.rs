#![doc = include_str!("../README.md")]

mod by_media_type;
mod check;
mod compile;
mod document;
mod judge;
#[cfg(feature = "tower")]
mod layer;
pub mod limits;
mod models;
mod program;
mod report;
mod request_validator;

#[cfg(feature = "tower")]
pub use layer::{ValidateFuture, ValidateLayer, Validated};
pub use models::{InvalidModel, Mismatch, Model, Models};
pub use request_validator::RequestValidator;
