//! Functions in processes: the Runtime API as its clients see it.
#![cfg(unix)]
#![expect(
    clippy::exit,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::zombie_processes,
    reason = "functions of tests write, leave and end as they are told, and helpers fail the test"
)]

mod answers;
mod asynchronous;
mod client;
mod failures;
#[cfg(target_os = "linux")]
mod leaks;
mod official;
mod processes;
mod streams;
mod support;
