//! Commands that end by themselves, as their users see them.

mod check;
#[path = "../support/command.rs"]
mod command;
mod golden;
