//! `tollgate throttle`.

mod access_log;
mod entry;
mod said;

use std::fs::File;
use std::io::{self, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Deserialize;
use thiserror::Error;
use tollgate::throttle::{InvalidPlan, Simulation, UsagePlan};

use crate::cli;
use crate::config::{self, UsagePlans};
use crate::document;
use crate::printable::printable;
use crate::report::{Look, Report};
use access_log::AccessLog;
use said::Said;

/// Why nothing could be simulated.
#[derive(Debug, Error)]
pub(crate) enum SimulateError {
    #[error("error: cannot read the log {}: {source}", printable(&.file.display().to_string()))]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("{}", Look::of_server().whole(.0))]
    Reported(Box<Report>),
    #[error("error: {}", printable(&all(.0)))]
    Invalid(Vec<InvalidPlan>),
    #[error("error: cannot write: {0}")]
    Write(io::Error),
}

impl From<Report> for SimulateError {
    fn from(report: Report) -> Self {
        Self::Reported(Box::new(report))
    }
}

fn all(errors: &[InvalidPlan]) -> String {
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    errors.join("; ")
}

/// A file with plans; all else that a configuration has may stand in it, too.
#[derive(Deserialize)]
struct PlanFile {
    #[serde(default)]
    usage_plans: UsagePlans,
}

/// Runs a log through plans, and says who would be refused.
pub(crate) fn simulate(options: &cli::Simulate) -> Result<ExitCode, SimulateError> {
    let plans = read_plans(&options.plan)?;
    let stage = only_stage(&plans);
    let mut simulation = Simulation::new(&plans).map_err(SimulateError::Invalid)?;
    if let Some(limit) = options.per_client {
        simulation = simulation.with_client_limit(limit.0);
    }
    let mut said = Said::default();
    let unreadable = |source| SimulateError::Unreadable {
        file: options.log.clone(),
        source,
    };
    let mut log = AccessLog::new(open(&options.log).map_err(unreadable)?);
    while let Some(line) = log.next_line().map_err(unreadable)? {
        match line.and_then(|line| entry::parse(line, stage)) {
            Ok(entry) => {
                said.note(entry.at);
                // Refusals are in the report.
                let _ = simulation.run(&entry.request());
            }
            Err(reason) => said.unread(log.number(), reason),
        }
    }
    let text = match options.format {
        cli::Format::Text => said.text(simulation.report()),
        cli::Format::Json => said.json(simulation.report()),
    };
    let written = io::stdout().lock().write_all(text.as_bytes());
    written.map_err(SimulateError::Write)?;
    let is_fine = simulation.report().total.refused() == 0 && said.is_whole();
    Ok(if is_fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn open(log: &Path) -> io::Result<BufReader<Box<dyn Read>>> {
    let input: Box<dyn Read> = if log == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(log)?)
    };
    Ok(BufReader::new(input))
}

fn read_plans(file: &Path) -> Result<Vec<UsagePlan>, Report> {
    let text = document::read(file)?;
    let plans: PlanFile =
        toml::from_str(&text).map_err(|problem| config::syntax(file, text.clone(), &problem))?;
    let plans = plans.usage_plans.iter();
    Ok(plans.map(|(id, plan)| plan.to_plan(id)).collect())
}

/// The API and stage of lines that name none, where the plans are about no other.
fn only_stage(plans: &[UsagePlan]) -> Option<(&str, &str)> {
    let stages = plans.iter().flat_map(|plan| &plan.stages);
    let mut stages = stages.map(|stage| (&*stage.api_id, &*stage.stage));
    let first = stages.next()?;
    stages.all(|stage| stage == first).then_some(first)
}
