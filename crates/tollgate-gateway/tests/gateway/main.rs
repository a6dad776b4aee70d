//! The gateway as its callers see it.

mod execution;
mod publishing;
mod refusals;
mod support;
