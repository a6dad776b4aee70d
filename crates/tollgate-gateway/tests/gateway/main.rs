//! The gateway as its callers see it.

mod addressing;
mod canary;
mod cors;
mod execution;
mod lambda;
mod limits;
mod publishing;
mod recording;
mod refusals;
mod services;
mod steps;
mod streaming;
mod support;
mod test_invoke;
mod tracing;
mod validation;
