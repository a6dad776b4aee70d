//! HTTP integrations over real sockets.

mod calls;
mod endpoint;
mod faults;
mod support;
mod tls;
