//! AWS services over real sockets.

mod assume_role;
#[expect(dead_code, reason = "the tests of HTTP need more of it")]
#[path = "../http/endpoint.rs"]
mod endpoint;
mod signed;
