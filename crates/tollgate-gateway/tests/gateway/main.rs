//! The gateway as its callers see it.

mod addressing;
mod cors;
mod execution;
mod publishing;
mod refusals;
mod support;
mod tracing;
mod validation;
