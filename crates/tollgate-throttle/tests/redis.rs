//! Limits that several nodes share over a real server, which hangs, ends and forgets.

#[path = "redis/journal.rs"]
mod journal;
#[path = "redis/node.rs"]
mod node;
#[path = "../../tollgate-redis/tests/support/mod.rs"]
mod support;

#[path = "redis/away.rs"]
mod away;
#[path = "redis/durable.rs"]
mod durable;
#[path = "redis/shared.rs"]
mod shared;
#[path = "redis/usage.rs"]
mod usage;
