#![doc = include_str!("../README.md")]

mod add_cors;
mod aws_variables;
mod base_path;
mod bodies;
mod cors;
mod documentation;
mod error;
mod export;
mod gateway_responses;
mod ids;
mod import;
mod integration;
pub mod limits;
mod members;
mod model_schema;
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
mod write;

pub use add_cors::{WithCors, add_cors};
pub use error::ImportError;
pub use export::{ExportError, ExportFormat, ExportOptions, Exported, Extensions, export};
pub use import::{Imported, import};
pub use model_schema::{
    FlattenError, ModelFault, check_model_name, check_model_schema, flatten_model, refers_to_model,
    sample_template,
};
pub use options::{AwsVariables, BasePathMode, ImportOptions, PutMode};
pub use places::{Places, SourcePlace};
pub use put::{ImportedDocumentation, put, put_documentation};
pub use write::Notation;
