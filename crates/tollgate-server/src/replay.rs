//! `tollgate replay`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use futures::executor::block_on;
use thiserror::Error;
use tollgate::Plan;
use tollgate::core::Diagnostics;
use tollgate::gateway::{DEFAULT_API_ID, InvalidRecording, Recording, Replay, Secrets, Subject};

use crate::cli;
use crate::document;
use crate::printable::printable;
use crate::report::{Look, Report};
use crate::text_file;

/// Places of hidden values that are named.
const MOST_PLACES: usize = 10;
const ANY_TEXT: &str = "a string takes any text";

/// Why nothing could be replayed.
#[derive(Debug, Error)]
pub(crate) enum ReplayError {
    #[error("error: cannot read the recording {}: {source}", shown(.file))]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("error: {}: {}", shown(.file), printable(&.source.to_string()))]
    Invalid {
        file: PathBuf,
        source: InvalidRecording,
    },
    #[error("{}", Look::of_server().whole(.0))]
    Reported(Box<Report>),
    #[error("error: cannot write: {0}")]
    Write(io::Error),
}

impl From<Report> for ReplayError {
    fn from(report: Report) -> Self {
        Self::Reported(Box::new(report))
    }
}

/// Replays a recording, and says whether all is equal.
pub(crate) fn run(options: &cli::Replay) -> Result<ExitCode, ReplayError> {
    let file = &options.trace;
    let text = text_file::read(file, Recording::MAX_BYTES as u64);
    let text = text.map_err(|source| ReplayError::Unreadable {
        file: file.clone(),
        source,
    })?;
    let recording = Recording::from_json(text.as_bytes());
    let recording = recording.map_err(|source| ReplayError::Invalid {
        file: file.clone(),
        source,
    })?;
    let plan = match &options.document {
        Some(document) => compile(document, recording.subject())?,
        None => {
            let report = |said: Diagnostics| Report::new(file, Arc::from(""), said);
            recording.subject().compile().map_err(report)?
        }
    };
    // Nothing is called, so nothing is waited for.
    let replay = block_on(recording.replay_on(plan));
    let said = said(&replay, options.show_secrets);
    let written = io::stdout().lock().write_all(said.as_bytes());
    written.map_err(ReplayError::Write)?;
    Ok(if replay.is_equal() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Compiles a document in the place of a recorded one.
fn compile(file: &Path, subject: &Subject) -> Result<Plan, Report> {
    let text = document::read(file)?;
    let report = |said| Report::new(file, text.clone(), said);
    let options = subject.compile_options();
    let id = subject.document.rest_api.id.clone();
    let id = id.unwrap_or_else(|| DEFAULT_API_ID.into());
    let document = document::import(&text, &id, &options).map_err(report)?;
    document.compile(&subject.stage, &options).map_err(report)
}

fn said(replay: &Replay, shows_secrets: bool) -> String {
    let secrets = if shows_secrets {
        Secrets::shown()
    } else {
        replay.secrets.clone()
    };
    let (steps, status, length) = (replay.steps, replay.status, replay.length);
    let mut said = if replay.is_equal() {
        let calls = match replay.calls {
            0 => "",
            _ => "request to the endpoint equal, ",
        };
        format!("replayed: {calls}{steps} steps equal, response equal ({status}, {length} bytes)\n")
    } else {
        format!("replayed with differences: {steps} steps, response {status}, {length} bytes\n")
    };
    for difference in &replay.differences {
        let difference = difference.hide(&secrets).to_string();
        writeln!(said, "  {}", printable(&difference)).expect(ANY_TEXT);
    }
    if !replay.hidden.is_empty() {
        said.push_str("the recording hides secrets; of these values only the rest was compared:\n");
        for place in replay.hidden.iter().take(MOST_PLACES) {
            writeln!(said, "  {}", printable(place)).expect(ANY_TEXT);
        }
        let more = replay.hidden.len().saturating_sub(MOST_PLACES);
        if more > 0 {
            writeln!(said, "  and {more} more").expect(ANY_TEXT);
        }
    }
    said
}

fn shown(file: &Path) -> String {
    printable(&file.display().to_string()).into_owned()
}
