//! What is known of the service's data plane, as rows of tables: `tests/data/facts`, one file a
//! section, and the worked examples of the developer guide, `tests/data/guide`.
//!
//! `TOLLGATE_FACTS` names a part of a row's name: only rows with it run. `row.rs` says how a row is
//! written.

#![expect(
    clippy::print_stdout,
    reason = "the tests say how many rows ran, and what differs"
)]

mod document;
mod endpoint;
mod exchange;
mod harness;
mod row;

/// Facts that concern what happens between method request and method response.
#[test]
fn facts() {
    harness::run("facts");
}

/// Examples whose result the developer guide shows.
#[test]
fn guide() {
    harness::run("guide");
}
