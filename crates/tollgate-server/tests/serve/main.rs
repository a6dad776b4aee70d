//! The command `tollgate serve` as its user sees it: a process, its output, and sockets.

mod addresses;
mod authorization;
#[path = "../support/command.rs"]
mod command;
mod encryption;
mod forwarded;
mod framing;
mod functions;
mod hello_mock;
mod http2;
mod lifecycle;
mod limits;
mod mutual_tls;
mod outbound;
mod patience;
mod petstore;
mod process;
#[cfg(feature = "redis")]
#[path = "../../../tollgate-redis/tests/support/mod.rs"]
mod redis_server;
mod reload;
mod services;
#[cfg(feature = "redis")]
mod shared_limits;
#[path = "../../../tollgate-store/tests/support/mod.rs"]
mod store_support;
mod stores;
mod tokens;
mod wire;
