//! The commands `tollgate check`, `invoke`, `deploy` and the like as their users see them.

mod check;
#[path = "../support/command.rs"]
mod command;
mod cors;
mod endpoint;
mod export;
mod functions;
mod golden;
mod invoke;
mod lifecycle;
mod policy;
mod render;
mod render_files;
mod replay;
mod throttle;
