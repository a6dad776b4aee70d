#![doc = include_str!("../README.md")]

mod error;
mod matched;
mod node;
mod request_path;
mod resource_path;
mod search;
mod spans;
mod table;
mod verb;

pub use error::{InsertError, MethodKeyError, PathError, PathPartFault, ResourcePathError};
pub use matched::Match;
pub use request_path::{MAX_REQUEST_PATH_LEN, check_path};
pub use resource_path::{MAX_PATH_PARTS, MAX_RESOURCE_PATH_LEN, PathPart, ResourcePath};
pub use spans::{MAX_PARAMETERS, Spans};
pub use table::{MAX_ROUTES, Route, RouteTable};
pub use verb::{MethodKey, Verb};
