#![doc = include_str!("../README.md")]

mod cli;
mod config;
mod connection;
mod console;
mod deployments;
mod document;
mod hash;
mod listener;
mod reload;
mod request_log;
mod serve;
mod shutdown;
mod site;
mod summary;
mod tls;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command};

/// A proxied request makes some sixty small allocations: with this allocator it takes a tenth less
/// time outside of the kernel.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(
                clippy::print_stderr,
                reason = "a command tells its user why it failed"
            )]
            {
                eprintln!("{error}");
            }
            ExitCode::FAILURE
        }
    }
}
