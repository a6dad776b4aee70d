//! HTTP integrations over real sockets.

mod calls;
mod endpoint;
mod faults;
mod streaming;
mod support;
mod tls;
