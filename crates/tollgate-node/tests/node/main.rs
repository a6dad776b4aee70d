//! Nodes over a store in memory.

mod away;
mod follow;
mod homes;
mod random;
mod world;
