#![doc = include_str!("../README.md")]

mod breaker;
mod command;
mod connection;
mod connector;
mod error;
mod link;
mod reply;
mod script;

pub use command::Command;
pub use connection::Connection;
pub use connector::{CALL_TIMEOUT, CONNECT_TIMEOUT, Connector};
pub use error::{Error, InvalidAddress, NoRuntime};
pub use link::{NODE_EXPIRY, NODE_REFRESH, PROBE_EVERY, Transition};
pub use reply::Reply;
pub use script::Script;
