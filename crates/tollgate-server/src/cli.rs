//! The command line.

mod store;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use http::uri::PathAndQuery;
use tollgate::core::{RateLimit, StageName};
use tollgate::openapi::{ExportFormat, Extensions};
use tollgate::vtl::SpaceGobbling;

pub(crate) use self::store::{
    Canary, DatabaseArgument, Deploy, Diff, List, Promote, Rollback, StageArguments, StoreArguments,
};
use crate::invoke::argument::{self, BodyArgument, HeaderArgument};
use crate::policy::MethodArn;

/// An API gateway that serves Amazon API Gateway documents.
#[derive(Debug, Parser)]
#[command(name = "tollgate", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve OpenAPI documents
    Serve(Serve),
    /// Deploy a document to a stage of a store
    #[command(after_help = STORE_STATUS)]
    Deploy(Deploy),
    /// List the stages of a store
    Stages(List),
    /// List the deployments of a store
    Deployments(List),
    /// Serve the canary's deployment to all requests of a stage
    #[command(after_help = STORE_STATUS)]
    Promote(Promote),
    /// Serve an earlier deployment again
    #[command(after_help = STORE_STATUS)]
    Rollback(Rollback),
    /// Give a part of a stage's requests to another deployment
    #[command(after_help = STORE_STATUS)]
    Canary(Canary),
    /// Say what a deployment would change of what a stage serves
    #[command(after_help = DIFF_STATUS)]
    Diff(Diff),
    /// Say what is wrong or odd about OpenAPI documents
    #[command(after_help = CHECK_STATUS)]
    Check(Check),
    /// Send one request through a document's gateway, and show every step that it takes
    #[command(after_help = INVOKE_STATUS)]
    Invoke(Invoke),
    /// Write a document with what pages of other origins need to call its API
    #[command(after_help = CORS_STATUS)]
    Cors(Cors),
    /// Write a document as Swagger 2.0 or OpenAPI 3.0, in JSON or YAML
    #[command(after_help = EXPORT_STATUS)]
    Export(Export),
    /// Send a recorded request once more, without its endpoints, and compare every step
    #[command(after_help = REPLAY_STATUS)]
    Replay(Replay),
    /// Render a Velocity template, or each line of a file of cases
    #[command(after_help = RENDER_STATUS)]
    Render(Render),
    /// Try policies before they are enforced
    #[command(subcommand)]
    Policy(Policy),
    /// Try limits before they are enforced
    #[command(subcommand)]
    Throttle(Throttle),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Say whether a call would be allowed, and by which statement
    #[command(after_help = EVALUATE_STATUS)]
    Eval(Evaluate),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Throttle {
    /// Run an access log through usage plans, and say who would be refused, when, and by which limit
    #[command(after_help = SIMULATE_STATUS)]
    Simulate(Simulate),
}

const STORE_STATUS: &str = "Exit status: 0 if it is done, 1 if it is refused or the store cannot be \
                            used, 2 for a wrong command line.";

const DIFF_STATUS: &str = "Exit status: 0 if no client is broken, 1 if one is or something cannot be \
                           read, 2 for a wrong command line.";

const CHECK_STATUS: &str = "Exit status: 0 without errors, 1 with errors or unreadable files, \
                            2 for a wrong command line.";

const INVOKE_STATUS: &str = "Exit status: 0 if the method answered, 1 if the gateway refused the \
                             request or the document cannot be served, 2 for a wrong command line.";

const CORS_STATUS: &str = "Exit status: 0 if the document is written, 1 if it cannot be read, 2 for \
                           a wrong command line.";

const EXPORT_STATUS: &str = "Exit status: 0 if the document is written, 1 if it cannot be read or \
                             written, 2 for a wrong command line.";

const REPLAY_STATUS: &str = "Exit status: 0 if all is equal, 1 if something differs or cannot be \
                             replayed, 2 for a wrong command line.";

const RENDER_STATUS: &str = "Exit status: 0 if the template was rendered or every case has its \
                             answer, be it an error; 1 if not; 2 for a wrong command line.";

const SIMULATE_STATUS: &str = "Exit status: 0 if nobody would be refused, 1 if somebody would, or if \
                               a line or file cannot be read; 2 for a wrong command line.";

const EVALUATE_STATUS: &str = "Exit status: 0 if the call is allowed, 1 if it is denied or a policy \
                               cannot be read, 2 for a wrong command line.";

/// How output is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Serve {
    /// Documents: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML
    #[arg(
        value_name = "DOCUMENT",
        required_unless_present_any = ["config", "data", "database"],
        conflicts_with_all = ["data", "database"]
    )]
    pub(crate) files: Vec<PathBuf>,

    /// Serve the stages of a store instead, which `tollgate deploy` writes to: a folder that one process
    /// at a time uses
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    pub(crate) data: Option<PathBuf>,

    /// Serve the stages of a PostgreSQL database, such as postgres://user@host/tollgate, which many
    /// servers share, or of that whose URL a file holds
    #[arg(long, value_name = "URL|@FILE")]
    pub(crate) database: Option<DatabaseArgument>,

    /// A folder that remembers the database, so that the server starts while that is away
    // A requirement does not count where something else excludes what is required.
    #[arg(long, value_name = "DIR", requires = "database", conflicts_with_all = ["files", "data"])]
    pub(crate) cache: Option<PathBuf>,

    /// What documents cannot say [default: tollgate.toml beside the first document, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Where to listen, instead of where the configuration says; port 0 takes a free one. May be
    /// given several times [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Vec<SocketAddr>,

    /// Where the control plane of a store listens, which AWS clients call; an address of --listen has
    /// both [default: 127.0.0.1:8081, where no other listener is named]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "files")]
    pub(crate) control: Option<SocketAddr>,

    /// Let the control plane remove all there is: POST /_tollgate/reset. For tests
    #[arg(long, conflicts_with = "files")]
    pub(crate) dev: bool,

    /// The stage of documents for which the configuration names none, as templates see it
    #[arg(long, value_name = "NAME", default_value = tollgate::DEFAULT_STAGE)]
    pub(crate) stage: StageName,

    /// Write no line for each request
    #[arg(long)]
    pub(crate) no_request_log: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Check {
    /// Documents: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML [default: those that --config names]
    #[arg(value_name = "DOCUMENT", required_unless_present = "config")]
    pub(crate) files: Vec<PathBuf>,

    /// What documents cannot say [default: tollgate.toml beside each document, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// The stage of documents for which the configuration names none
    #[arg(long, value_name = "NAME", default_value = tollgate::DEFAULT_STAGE)]
    pub(crate) stage: StageName,

    /// Show notes, which are only counted otherwise; JSON has them always
    #[arg(long)]
    pub(crate) notes: bool,

    /// Count warnings as errors for the exit status
    #[arg(long)]
    pub(crate) deny_warnings: bool,

    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Invoke {
    /// The document: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML
    #[arg(value_name = "DOCUMENT")]
    pub(crate) file: PathBuf,

    /// The verb, in upper or lower case
    #[arg(value_parser = argument::verb)]
    pub(crate) method: http::Method,

    /// Path and query, without the stage in front, such as '/pets/7?verbose=true'
    #[arg(value_parser = argument::target)]
    pub(crate) path: PathAndQuery,

    /// A header; may be given several times. There is a Host without it: localhost
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<HeaderArgument>,

    /// The body: a text, a file after @, or - for standard input
    #[arg(long, value_name = "TEXT|@FILE|-")]
    pub(crate) body: Option<BodyArgument>,

    /// The stage [default: the only one of the configuration, else `default`]
    #[arg(long, value_name = "NAME")]
    pub(crate) stage: Option<StageName>,

    /// What the document cannot say [default: tollgate.toml beside it, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// How to write the steps
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// Show bodies and header values whole, however long; JSON has them so always
    #[arg(long)]
    pub(crate) full: bool,

    /// Show the values of Authorization, x-api-key, cookies and the like, and record them
    #[arg(long)]
    pub(crate) show_secrets: bool,

    /// Write the exchange to a file that `tollgate replay` reads, with the document in it. Secrets
    /// stand in it only with --show-secrets
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Replay {
    /// What `tollgate invoke --record` has written
    #[arg(value_name = "TRACE")]
    pub(crate) trace: PathBuf,

    /// Another document in the place of the recorded one, to see what it changes
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: Option<PathBuf>,

    /// Show secrets where they differ
    #[arg(long)]
    pub(crate) show_secrets: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Cors {
    /// The document: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML
    #[arg(value_name = "DOCUMENT")]
    pub(crate) file: PathBuf,

    /// The origin whose pages may call the API, such as https://www.example.com [default: *]
    #[arg(long)]
    pub(crate) origin: Vec<String>,

    /// Headers that requests may have, * for all [default: those that clients of AWS send]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) header: Vec<String>,

    /// Verbs that requests may have, * for all [default: those of each resource]
    #[arg(long, value_name = "VERB", value_delimiter = ',')]
    pub(crate) method: Vec<String>,

    /// Headers of responses that pages may read, * for all [default: none but the simplest]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) expose_header: Vec<String>,

    /// Seconds for which browsers may remember the answer to a preflight
    #[arg(long, value_name = "SECONDS")]
    pub(crate) max_age: Option<u32>,

    /// Let requests bring cookies and the like, for which all that is allowed must be named
    #[arg(long)]
    pub(crate) credentials: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Export {
    /// The document: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML
    #[arg(value_name = "DOCUMENT")]
    pub(crate) file: PathBuf,

    /// The version to write: swagger for Swagger 2.0, oas30 for OpenAPI 3.0
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "oas30",
        value_parser = PossibleValuesParser::new(["swagger", "oas30"])
            .try_map(|format| format.parse::<ExportFormat>())
    )]
    pub(crate) format: ExportFormat,

    /// Write JSON [default: what the document is written in]
    #[arg(long, conflicts_with = "yaml")]
    pub(crate) json: bool,

    /// Write YAML [default: what the document is written in]
    #[arg(long)]
    pub(crate) yaml: bool,

    /// What to write besides of plain OpenAPI, comma-separated, as the service names it:
    /// integrations, authorizers, documentation, apigateway, postman; or all; or nothing, ''
    #[arg(long, value_name = "LIST", default_value = "all")]
    pub(crate) extensions: Extensions,

    /// The stage that the document names as the beginning of every path [default: none]
    #[arg(long, value_name = "NAME")]
    pub(crate) stage: Option<StageName>,

    /// Where to write it [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Which Velocity templates are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Flavour {
    /// Apache Velocity 2.x
    Velocity2,
    /// Apache Velocity 1.7
    Velocity17,
    /// Mapping templates of Amazon API Gateway, without $input, $util and $context
    ApiGateway,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Render {
    /// The template
    #[arg(
        value_name = "TEMPLATE",
        required_unless_present = "cases",
        conflicts_with = "cases"
    )]
    pub(crate) template: Option<PathBuf>,

    /// A JSON object with a member for each variable
    #[arg(long, value_name = "FILE", conflicts_with = "cases")]
    pub(crate) context: Option<PathBuf>,

    /// Which Velocity the template is written for
    #[arg(long, value_enum, default_value_t = Flavour::Velocity2)]
    pub(crate) profile: Flavour,

    /// What becomes of blanks and line ends around directives; only Velocity 2.x has a choice
    #[arg(
        long,
        value_name = "MODE",
        value_parser = PossibleValuesParser::new(["none", "bc", "lines", "structured"])
            .try_map(|mode| mode.parse::<SpaceGobbling>())
    )]
    pub(crate) space_gobbling: Option<SpaceGobbling>,

    /// Where #parse and #include find files, and nowhere else [default: the template's folder]
    #[arg(long, value_name = "DIR", conflicts_with = "cases")]
    pub(crate) root: Option<PathBuf>,

    /// Answer each line of JSON in a file, or in standard input for -, by a line of JSON
    #[arg(long, value_name = "FILE|-")]
    pub(crate) cases: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Simulate {
    /// The plans: a TOML file with tables [usage_plans.ID], such as a tollgate.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: PathBuf,

    /// The access log, one request a line, in JSON or in the common log format; - for standard input
    #[arg(value_name = "LOG")]
    pub(crate) log: PathBuf,

    /// A rate a second and a burst for each client without an API key, such as 10:20
    #[arg(long, value_name = "RATE:BURST")]
    pub(crate) per_client: Option<RateArgument>,

    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Evaluate {
    /// Policies: an API's resource policy, whose statements have principals, and those of the caller
    #[arg(value_name = "POLICY", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// What is called: arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/PATH
    #[arg(long, value_name = "ARN")]
    pub(crate) request: MethodArn,

    /// Who calls, as signatures tell; without it, a caller who is not asked for one
    #[arg(long, value_name = "ARN")]
    pub(crate) caller: Option<String>,

    /// What else is known of the request, such as aws:SourceIp=203.0.113.7. May be given several times
    #[arg(long = "condition", value_name = "KEY=VALUE")]
    pub(crate) conditions: Vec<ConditionArgument>,

    /// What is done
    #[arg(long, value_name = "ACTION", default_value = "execute-api:Invoke")]
    pub(crate) action: String,

    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// A condition key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConditionArgument {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl FromStr for ConditionArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
        Ok(Self {
            key: key.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// A rate and a burst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RateArgument(pub(crate) RateLimit);

impl FromStr for RateArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once(':')
            .and_then(|(rate, burst)| Some((rate.parse().ok()?, burst.parse().ok()?)));
        let (rate, burst) = numbers.ok_or("expected a rate and a burst, such as 10:20")?;
        let limit = RateLimit::new(rate, burst);
        limit.map(Self).map_err(|error| error.to_string())
    }
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
        let Command::Serve(serve) = Cli::parse_from(["tollgate", "serve", "a.yaml"]).command else {
            panic!("it is another command");
        };
        assert_eq!(serve.files, [PathBuf::from("a.yaml")]);
        assert!(serve.listen.is_empty());
        assert_eq!(serve.stage.as_str(), "default");
        assert!(!serve.no_request_log);
    }
    #[test]
    fn a_configuration_may_name_the_documents() {
        assert!(Cli::try_parse_from(["tollgate", "serve"]).is_err());
        assert!(Cli::try_parse_from(["tollgate", "serve", "--config", "a.toml"]).is_ok());
    }
}
