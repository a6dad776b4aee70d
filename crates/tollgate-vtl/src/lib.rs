#![doc = include_str!("../README.md")]

mod compile;
mod error;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "tower")]
mod layer;
mod limits;
mod loader;
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
#[cfg(feature = "tower")]
pub use layer::{MAX_BODY_BYTES, Message, TemplateFuture, TemplateLayer, Templated};
pub use limits::{LimitExceeded, Limits};
pub use loader::Loader;
pub use profile::{Profile, PropertyError, SpaceGobbling};
pub use render::Budget;
pub use template::{Globals, Template};
pub use value::{Decimal, Entry, Int, List, ListStyle, Map, Object, Str, Value};
