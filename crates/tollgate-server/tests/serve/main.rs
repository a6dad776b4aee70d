//! The command `tollgate serve` as its user sees it: a process, its output, and sockets.

mod addresses;
#[path = "../support/command.rs"]
mod command;
mod encryption;
mod framing;
mod functions;
mod hello_mock;
mod http2;
mod lifecycle;
mod limits;
mod outbound;
mod patience;
mod petstore;
mod process;
mod reload;
mod services;
mod wire;
