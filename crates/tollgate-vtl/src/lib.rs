#![doc = include_str!("../README.md")]

mod compile;
mod error;
#[cfg(feature = "json")]
mod json;
mod limits;
mod methods;
mod operators;
mod parse;
mod profile;
mod program;
mod render;
mod template;
mod value;

pub use error::{CallError, ParseError, ParseErrorKind, RenderError, RenderErrorKind};
#[cfg(feature = "json")]
pub use json::JsonError;
pub use limits::{LimitExceeded, Limits};
pub use profile::{Profile, SpaceGobbling};
pub use template::{Globals, Template};
pub use value::{Entry, Int, List, ListStyle, Map, Object, Str, Value};
