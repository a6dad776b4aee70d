//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use tollgate::core::StageName;

/// An API gateway that serves Amazon API Gateway documents.
#[derive(Debug, Parser)]
#[command(name = "tollgate", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve an OpenAPI document
    Serve(Serve),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The document: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML
    pub(crate) file: PathBuf,

    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// The stage, as templates see it
    #[arg(long, value_name = "NAME", default_value = tollgate::DEFAULT_STAGE)]
    pub(crate) stage: StageName,

    /// Write no line for each request
    #[arg(long)]
    pub(crate) no_request_log: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_file_is_all_it_takes() {
        let Command::Serve(serve) = Cli::parse_from(["tollgate", "serve", "a.yaml"]).command;
        assert_eq!(serve.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(serve.stage.as_str(), "default");
        assert!(!serve.no_request_log);
    }
}
