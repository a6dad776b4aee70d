#![doc = include_str!("../README.md")]

mod decimal;
mod error;
mod evaluate;
mod filter;
mod found;
mod function;
mod java_text;
mod lenient;
mod limits;
mod node;
mod parse;
mod path;
mod step;

pub use error::{ErrorKind, FindError, PathError, ReadError};
pub use found::Found;
#[cfg(feature = "serde_json")]
pub use lenient::read_lenient;
pub use lenient::{Build, read_lenient_with};
pub use limits::{
    Allowance, MAX_BYTES, MAX_DEPTH, MAX_DOCUMENT_LEN, MAX_NESTING, MAX_PATH_LEN, MAX_RESULTS,
    MAX_STEPS, MAX_VISITS,
};
pub use node::{Node, Number, View};
pub use path::JsonPath;
