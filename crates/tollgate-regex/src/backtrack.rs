//! The engine for what automata cannot do, with a bound on its steps.
//!
//! It tries the ways to match in the order in which `java.util.regex` does, on a stack of its own.

mod boundary;
mod compile;
mod machine;
mod program;

pub use machine::{MAX_BACKTRACK_FRAMES, MAX_STEPS, STEPS_PER_BYTE};

pub(crate) use compile::compile;
pub(crate) use machine::Machine;
pub(crate) use program::Program;
