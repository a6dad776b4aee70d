//! `tollgate deploy`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use serde_json::json;
use tollgate::core::{Clock as _, SystemClock, SystemRandom};
use tollgate::deploy::{Change, Deployed, Frozen, NewCanary, NewDeployment};
use tollgate::gateway::CompileOptions;
use tollgate::model::{ApiDocument, Stage};
use tollgate::node;

use super::{LifecycleError, edit};
use crate::Outcome;
use crate::check;
use crate::cli::{Deploy, Format};
use crate::data;
use crate::printable::printable_json;
use crate::report::{Look, Report};

/// Deploys a document, or an API's draft.
pub(crate) fn run(options: &Deploy) -> Outcome {
    let reported = |report: Report| LifecycleError::Reported(Look::of_server().whole(&report));
    let file = options.file.as_ref();
    let document = file.map(|file| check::deployable(file, options));
    let document = document.transpose().map_err(reported)?;
    let (state, (api, id, remarks)) = super::block_on(async {
        let store = data::open(&options.store).await?;
        data::change(&*store, |state| {
            let api = match (&document, &options.api) {
                (Some(document), _) => document.api().clone(),
                (None, Some(api)) => {
                    let draft = state.draft(api);
                    draft.ok_or_else(|| LifecycleError::unknown_api(api, state))?
                }
                (None, None) => ApiDocument::default(),
            };
            let id = api.rest_api.id.clone().unwrap_or_else(|| "".into());
            let mut changes = state.replace_draft(&api);
            let frozen = Frozen::new(api.clone())?;
            let all = state.lifecycle(&id).unwrap_or_default();
            let now = SystemClock::new().now().into();
            let deployed = all.deploy(frozen, &new(options), now, &SystemRandom)?;
            let stage = serving(&deployed).unwrap_or_else(|| Stage::new(options.stage.clone()));
            let remarks = match &document {
                Some(document) => Some(document.check(&stage).map_err(reported)?),
                None => {
                    // What a configuration says about functions and endpoints breaks nothing.
                    let checked = node::check(&api, &stage, &CompileOptions::default());
                    checked.map_err(|said| LifecycleError::broken_draft(&id, &said))?;
                    None
                }
            };
            let of_lifecycle = deployed.changes.into_iter();
            changes.extend(of_lifecycle.map(|change| (id.clone(), change).into()));
            Ok::<_, LifecycleError>((changes, (id, deployed.id, remarks)))
        })
        .await
    })??;
    if let Some(report) = remarks.filter(Report::is_remarkable) {
        let said = Look::of_server().whole(&report);
        io::stderr().write_all(format!("{said}\n\n").as_bytes())?;
    }
    let (stage, revision) = (&options.stage, state.revision().number());
    let said = match options.format {
        Format::Json => {
            let said = json!({
                "apiId": api, "deploymentId": id, "stageName": stage, "revision": revision,
            });
            printable_json(&format!("{said:#}"))
        }
        Format::Text => edit::of_stage(&state, &api, stage)?,
    };
    super::say(&said)?;
    Ok(ExitCode::SUCCESS)
}

/// The stage as the requests see it that get a deployment.
fn serving(deployed: &Deployed) -> Option<Stage> {
    let mut changes = deployed.changes.iter();
    let stage = changes.find_map(|change| match change {
        Change::PutStage(stage) => Some(stage),
        _ => None,
    })?;
    Some(stage.of_canary().unwrap_or_else(|| stage.clone()))
}

fn new(options: &Deploy) -> NewDeployment {
    let mut new = NewDeployment::to_stage(options.stage.as_str());
    new.description.clone_from(&options.description);
    let variables = options.variables.iter();
    let variables = variables.map(|one| (one.name.clone(), one.value.clone()));
    match options.canary {
        Some(percent) => {
            let mut canary = NewCanary::default();
            canary.percent_traffic = percent;
            canary.stage_variable_overrides = variables.collect();
            new.canary_settings = Some(canary);
        }
        None => new.variables = variables.collect(),
    }
    new
}
