//! The commands `tollgate check` and `tollgate invoke` as their users see them.

mod check;
#[path = "../support/command.rs"]
mod command;
mod endpoint;
mod golden;
mod invoke;
