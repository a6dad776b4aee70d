//! Nodes over a store in memory.

mod away;
mod follow;
mod random;
mod world;
