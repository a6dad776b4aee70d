#![doc = include_str!("../README.md")]

mod callers;
mod certificate;
mod check;
mod cli;
mod clients;
mod config;
mod connection;
mod console;
mod control;
mod cors;
mod data;
mod deployments;
mod der;
mod document;
mod domains;
mod environment;
mod export;
mod forwarded;
mod functions;
mod guard;
mod hash;
mod invoke;
mod lifecycle;
mod limits;
mod listener;
mod node_log;
mod paint;
mod plane;
mod policy;
mod printable;
mod reload;
mod render;
mod replay;
mod report;
mod request_log;
mod serve;
mod shared;
mod shutdown;
mod site;
mod site_changes;
mod snippet;
mod stored_domains;
mod summary;
mod text_file;
mod throttle;
mod tls;
mod truststore;
mod truststore_folder;
mod usage;
mod watch;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command, Policy, Throttle};

/// What a command ends with.
type Outcome = Result<ExitCode, Box<dyn Error>>;

/// A proxied request makes some sixty small allocations: with this allocator it takes a tenth less
/// time outside of the kernel.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve::run(&options).map_err(Box::from),
        Command::Deploy(options) => lifecycle::deploy(&options),
        Command::Stages(options) => lifecycle::stages(&options),
        Command::Deployments(options) => lifecycle::deployments(&options),
        Command::Promote(options) => lifecycle::promote(&options),
        Command::Rollback(options) => lifecycle::rollback(&options),
        Command::Canary(options) => lifecycle::canary(&options),
        Command::Diff(options) => lifecycle::diff(&options),
        Command::Check(options) => check::run(&options),
        Command::Invoke(options) => invoke::run(&options).map_err(Box::from),
        Command::Cors(options) => cors::run(&options),
        Command::Export(options) => export::run(&options),
        Command::Replay(options) => replay::run(&options).map_err(Box::from),
        Command::Render(options) => render::run(&options).map_err(Box::from),
        Command::Policy(Policy::Eval(options)) => policy::evaluate(&options).map_err(Box::from),
        Command::Throttle(Throttle::Simulate(options)) => {
            throttle::simulate(&options).map_err(Box::from)
        }
    };
    match outcome {
        Ok(code) => code,
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
