//! Deployments and stages through their transitions.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod api;
mod method_settings;
mod model;
mod transitions;
