//! Nodes over a store in memory.

mod away;
mod follow;
mod homes;
mod observer;
mod random;
mod world;
