#![doc = include_str!("../README.md")]

mod chunked;
mod field;
mod framing;
mod head;
mod host;
mod limits;
mod request_line;
mod violation;

pub use framing::{Event, Framing, Progress};
pub use head::Head;
pub use limits::Limits;
pub use violation::Violation;
