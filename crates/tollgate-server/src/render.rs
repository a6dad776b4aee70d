//! `tollgate render`.

mod answer;
mod case;
mod cases;
mod root;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use thiserror::Error;
use tollgate::vtl::{JsonError, ListStyle, Map, Profile, Template, Value};

use crate::cli::{Flavour, Render};
use crate::printable::printable;
use crate::text_file;

use root::Root;

/// Bytes that a template, its variables or what it reads may have.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Why nothing could be rendered.
#[derive(Debug, Error)]
pub(crate) enum RenderFailure {
    #[error("error: cannot read {what} {}: {source}", shown(.file))]
    Unreadable {
        what: &'static str,
        file: PathBuf,
        source: io::Error,
    },
    #[error("{}:{line}:{column}: {}", shown(.file), printable(.message))]
    Template {
        file: PathBuf,
        line: usize,
        column: usize,
        message: String,
    },
    #[error("{}: {source}", shown(.file))]
    Json { file: PathBuf, source: JsonError },
    #[error("{}: expected an object with a member for each variable", shown(.0))]
    NoObject(PathBuf),
    #[error("error: cannot write: {0}")]
    Write(io::Error),
}

/// Renders one template, or answers many cases.
pub(crate) fn run(options: &Render) -> Result<ExitCode, RenderFailure> {
    let profile = profile(options);
    match (&options.template, &options.cases) {
        (Some(template), _) => {
            let text = one(template, options, &profile)?;
            let written = io::stdout().write_all(text.as_bytes());
            written.map_err(RenderFailure::Write)?;
        }
        (None, Some(cases)) => cases::run(cases, &profile)?,
        // The command line has one of them.
        (None, None) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn profile(options: &Render) -> Profile {
    let profile = match options.profile {
        Flavour::Velocity2 => Profile::velocity2(),
        Flavour::Velocity17 => Profile::velocity17(),
        Flavour::ApiGateway => Profile::api_gateway(),
    };
    match options.space_gobbling {
        Some(gobbling) => profile.with_space_gobbling(gobbling),
        None => profile,
    }
}

/// Renders a file.
fn one(file: &Path, options: &Render, profile: &Profile) -> Result<String, RenderFailure> {
    let source = read("the template", file)?;
    let beside = file.parent().filter(|folder| *folder != Path::new(""));
    let folder = options.root.as_deref().or(beside);
    let folder = folder.unwrap_or(Path::new("."));
    let root = Root::new(folder).map_err(unreadable("the folder", folder))?;
    let fails = |line, column, message| RenderFailure::Template {
        file: file.to_owned(),
        line,
        column,
        message,
    };
    let template = Template::parse(&source, profile)
        .map_err(|error| fails(error.line(), error.column(), error.kind().to_string()))?;
    let json = match &options.context {
        Some(file) => read("the variables in", file)?,
        None => String::new(),
    };
    let variables = match &options.context {
        Some(file) => variables(&json, file)?,
        None => Map::new(),
    };
    template
        .render_with(&variables, &root)
        .map_err(|error| fails(error.line(), error.column(), error.kind().to_string()))
}

fn variables<'a>(json: &'a str, file: &Path) -> Result<Map<'a>, RenderFailure> {
    let value = Value::from_json_str_with(json, ListStyle::Java);
    let value = value.map_err(|source| RenderFailure::Json {
        file: file.to_owned(),
        source,
    })?;
    let object = value.as_map().cloned();
    object.ok_or_else(|| RenderFailure::NoObject(file.to_owned()))
}

fn read(what: &'static str, file: &Path) -> Result<String, RenderFailure> {
    text_file::read(file, MOST_BYTES).map_err(unreadable(what, file))
}

fn unreadable(what: &'static str, file: &Path) -> impl FnOnce(io::Error) -> RenderFailure {
    let file = file.to_owned();
    move |source| RenderFailure::Unreadable { what, file, source }
}

fn shown(file: &Path) -> String {
    printable(&file.display().to_string()).into_owned()
}
