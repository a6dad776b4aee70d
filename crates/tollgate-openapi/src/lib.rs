#![doc = include_str!("../README.md")]

mod aws_variables;
mod base_path;
mod bodies;
mod cors;
mod documentation;
mod error;
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
mod place;
mod places;
mod put;
mod reader;
mod remarks;
mod resources;
mod root;
mod security;
mod settings;
mod source;
mod suggestions;
mod validators;
mod version;

pub use error::ImportError;
pub use import::{Imported, import};
pub use options::{AwsVariables, BasePathMode, ImportOptions, PutMode};
pub use places::{Places, SourcePlace};
pub use put::{ImportedDocumentation, put, put_documentation};
