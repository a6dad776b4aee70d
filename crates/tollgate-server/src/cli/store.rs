//! Arguments of the commands that work on a store.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Args};
use jiff::Timestamp;
use tollgate::core::{ApiId, DeploymentId, StageName};

use super::Format;
use crate::config::ApiName;

/// Where deployments and stages are kept.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct StoreArguments {
    /// A folder that one process at a time uses; `deploy` and `serve` make it if it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// A PostgreSQL database that many processes share, such as postgres://user@host/tollgate, or a file
    /// that holds its URL
    #[arg(long, value_name = "URL|@FILE")]
    pub(crate) database: Option<DatabaseArgument>,
}

/// The URL of a database, or where it stands.
#[derive(Clone)]
#[cfg_attr(
    not(feature = "postgres"),
    expect(dead_code, reason = "it is for builds with PostgreSQL")
)]
pub(crate) enum DatabaseArgument {
    Url(String),
    File(PathBuf),
}

impl FromStr for DatabaseArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.strip_prefix('@') {
            Some(file) => Self::File(file.into()),
            None => Self::Url(text.to_owned()),
        })
    }
}

/// A URL may hold a password.
impl fmt::Debug for DatabaseArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(_) => f.write_str("Url(..)"),
            Self::File(file) => f.debug_tuple("File").field(file).finish(),
        }
    }
}

/// A stage of an API.
#[derive(Clone, Debug, Args)]
pub(crate) struct StageArguments {
    /// The API's id
    #[arg(value_name = "API")]
    pub(crate) api: ApiId,

    /// The stage's name
    #[arg(value_name = "STAGE")]
    pub(crate) stage: StageName,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Deploy {
    /// The document: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML. It becomes the API's draft [default:
    /// the draft as it is]
    #[arg(value_name = "DOCUMENT", required_unless_present = "api")]
    pub(crate) file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// The API's id [default: that which `tollgate serve` gives the document]
    #[arg(long, value_name = "ID", value_parser = api_id)]
    pub(crate) api: Option<ApiId>,

    /// The stage that serves the deployment; it is made if it is not there
    #[arg(long, value_name = "NAME", default_value = tollgate::DEFAULT_STAGE)]
    pub(crate) stage: StageName,

    /// What the deployment is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// Gives a stage variable a value, the canary's with --canary; may be given several times
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<Variable>,

    /// Give it to so many requests of a hundred, as the stage's canary, and the rest what they had
    #[arg(long, value_name = "PERCENT")]
    pub(crate) canary: Option<f64>,

    /// What the document cannot say [default: tollgate.toml beside it, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// How to write what is done
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct List {
    /// Those of one API alone
    #[arg(value_name = "API")]
    pub(crate) api: Option<ApiId>,

    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Promote {
    #[command(flatten)]
    pub(crate) place: StageArguments,

    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// How to write what is done
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Rollback {
    #[command(flatten)]
    pub(crate) place: StageArguments,

    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// The deployment to serve [default: the one before that which is served]
    #[arg(long, value_name = "DEPLOYMENT", conflicts_with = "at")]
    pub(crate) to: Option<DeploymentId>,

    /// The deployment that was the newest then, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// How to write what is done
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Debug, Args)]
#[group(skip)]
#[command(group = ArgGroup::new("change")
    .args(["percent", "deployment", "variables", "off"])
    .required(true)
    .multiple(true))]
pub(crate) struct Canary {
    #[command(flatten)]
    pub(crate) place: StageArguments,

    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// Requests of a hundred that it gets
    #[arg(long, value_name = "PERCENT")]
    pub(crate) percent: Option<f64>,

    /// The deployment that it gets
    #[arg(long, value_name = "DEPLOYMENT")]
    pub(crate) deployment: Option<DeploymentId>,

    /// Gives a stage variable another value for its requests; may be given several times
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<Variable>,

    /// End it
    #[arg(long, conflicts_with_all = ["percent", "deployment", "variables"])]
    pub(crate) off: bool,

    /// How to write what is done
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Diff {
    #[command(flatten)]
    pub(crate) place: StageArguments,

    /// What would be deployed [default: the API's draft]
    #[arg(value_name = "DOCUMENT")]
    pub(crate) file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// How to write what differs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// The id of an API that may be new: it is a part of paths and host names.
fn api_id(text: &str) -> Result<ApiId, &'static str> {
    let name: Result<ApiName, _> = text.parse();
    name.map(|name| name.0)
        .map_err(|_| "expected 1 to 63 lower-case letters and digits")
}

/// A stage variable and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for Variable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('=');
        let (name, value) = parts.ok_or("expected a name and a value, such as color=green")?;
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}
