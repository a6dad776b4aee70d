#![doc = include_str!("../README.md")]

mod builder;
mod error;
#[cfg(feature = "tower")]
mod future;
#[cfg(feature = "tower")]
mod layer;
mod matched;
mod request_path;
mod resource_path;
#[cfg(feature = "tower")]
mod route_match;
#[cfg(feature = "tower")]
mod router;
mod search;
mod segment;
mod spans;
mod table;
mod tree;
mod verb;

pub use builder::{MAX_ROUTES, RouteTableBuilder};
pub use error::{InsertError, MethodKeyError, PathError, PathPartFault, ResourcePathError};
#[cfg(feature = "tower")]
pub use future::RouterFuture;
#[cfg(feature = "tower")]
pub use layer::{Annotate, RouteLayer};
pub use matched::Match;
pub use request_path::{MAX_REQUEST_PATH_LEN, check_path};
pub use resource_path::{MAX_PATH_PARTS, MAX_RESOURCE_PATH_LEN, PathPart, ResourcePath};
#[cfg(feature = "tower")]
pub use route_match::RouteMatch;
#[cfg(feature = "tower")]
pub use router::Router;
pub use spans::{MAX_PARAMETERS, Spans};
pub use table::{Route, RouteTable};
pub use verb::{MethodKey, Verb};
