//! The command `tollgate serve` as its user sees it: a process, its output, and sockets.

mod addresses;
mod hello_mock;
mod lifecycle;
mod process;
