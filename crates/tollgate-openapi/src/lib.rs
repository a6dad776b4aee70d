#![doc = include_str!("../README.md")]

mod aws_variables;
mod base_path;
mod bodies;
mod gateway_responses;
mod ids;
mod import;
mod integration;
pub mod limits;
mod members;
mod models;
mod node;
mod options;
mod parameters;
mod paths;
mod reader;
mod remarks;
mod resources;
mod security;
mod settings;
mod source;
mod validators;
mod version;

pub use import::import;
pub use options::{AwsVariables, BasePathMode, ImportOptions};
