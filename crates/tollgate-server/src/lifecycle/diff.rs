//! `tollgate diff`.

use std::process::ExitCode;

use tollgate::deploy::DeployError;

use super::LifecycleError;
use super::edit::lifecycle;
use crate::cli::{Diff, Format};
use crate::printable::{printable, printable_json};
use crate::report::Look;
use crate::{Outcome, check};

/// Says what a deployment would change of what a stage serves.
pub(crate) fn run(options: &Diff) -> Outcome {
    let api = &options.place.api;
    let state = super::load(&options.store)?;
    let all = lifecycle(&state, api)?;
    let stage = all
        .stage(&options.place.stage)
        .map_err(LifecycleError::from)?;
    let id = stage.deployment_id.clone().unwrap_or_else(|| "".into());
    let deployment = all.deployment(&id).map_err(LifecycleError::from)?;
    let served = state.document(deployment.content_hash);
    let served = served.ok_or_else(|| LifecycleError::from(DeployError::NoSuchDeployment(id)))?;
    let wanted = match &options.file {
        Some(file) => {
            check::imported(file, api).map_err(|report| Look::of_server().whole(&report))?
        }
        None => state.draft(api).unwrap_or_default(),
    };
    let diff = tollgate::deploy::diff(served.document(), &wanted);
    let said = match options.format {
        Format::Json => {
            let json = serde_json::to_value(&diff)?;
            printable_json(&format!("{json:#}"))
        }
        Format::Text => diff
            .to_string()
            .lines()
            .map(|line| format!("{}\n", printable(line)))
            .collect(),
    };
    super::say(&said)?;
    Ok(if diff.is_breaking() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
