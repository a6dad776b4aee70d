//! `tollgate deploy`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use serde_json::json;
use tollgate::core::{Clock as _, DeploymentId, SystemClock, SystemRandom};
use tollgate::deploy::{Frozen, NewCanary, NewDeployment};
use tollgate::model::{ApiDocument, Stage};

use super::LifecycleError;
use crate::Outcome;
use crate::check;
use crate::cli::{Deploy, Format};
use crate::data;
use crate::printable::{printable, printable_json};
use crate::report::Look;

/// Deploys a document, or an API's draft.
pub(crate) fn run(options: &Deploy) -> Outcome {
    let document = match &options.file {
        Some(file) => {
            let (document, report) = check::deployable(file, options)
                .map_err(|report| Look::of_server().whole(&report))?;
            if report.is_remarkable() {
                let said = Look::of_server().whole(&report);
                io::stderr().write_all(format!("{said}\n\n").as_bytes())?;
            }
            Some(document)
        }
        None => None,
    };
    let (state, (api, id)) = super::block_on(async {
        let store = data::open(&options.store).await?;
        data::change(&*store, |state| {
            let document: ApiDocument = match (&document, &options.api) {
                (Some(document), _) => document.clone(),
                (None, Some(api)) => {
                    let draft = state.draft(api);
                    draft.ok_or_else(|| LifecycleError::unknown_api(api, state))?
                }
                (None, None) => ApiDocument::default(),
            };
            let api = document.rest_api.id.clone().unwrap_or_else(|| "".into());
            let mut changes = state.replace_draft(&document);
            let frozen = Frozen::new(document)?;
            let all = state.lifecycle(&api).unwrap_or_default();
            let now = SystemClock::new().now().into();
            let deployed = all.deploy(frozen, &new(options), now, &SystemRandom)?;
            let of_lifecycle = deployed.changes.into_iter();
            changes.extend(of_lifecycle.map(|change| (api.clone(), change).into()));
            Ok::<_, LifecycleError>((changes, (api, deployed.id)))
        })
        .await
    })??;
    let (stage, revision) = (&options.stage, state.revision().number());
    let said = match options.format {
        Format::Json => {
            let said = json!({
                "apiId": api, "deploymentId": id, "stageName": stage, "revision": revision,
            });
            printable_json(&format!("{said:#}"))
        }
        Format::Text => {
            let serves = serves(state.stage(&api, stage), &id);
            let said = format!("{api}, stage {stage}: {serves} (revision {revision})");
            format!("{}\n", printable(&said))
        }
    };
    super::say(&said)?;
    Ok(ExitCode::SUCCESS)
}

/// Who gets a deployment that was made for a stage: all, or its canary, which a stage may have had before.
fn serves(stage: Option<&Stage>, id: &DeploymentId) -> String {
    let canary = stage.and_then(|stage| stage.canary_settings.as_ref());
    match canary.filter(|canary| canary.deployment_id.as_ref() == Some(id)) {
        Some(canary) => {
            let percent = canary.percent_traffic;
            format!("serves deployment {id} to {percent} % of the requests")
        }
        None => format!("serves deployment {id}"),
    }
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

#[cfg(test)]
mod tests {
    use tollgate::model::CanarySettings;

    use super::*;

    #[test]
    fn a_canary_that_is_there_gets_what_is_deployed() {
        let mut stage = Stage::new("prod".parse().expect("it is a stage name"));
        stage.deployment_id = Some("one".into());
        assert_eq!(serves(Some(&stage), &"one".into()), "serves deployment one");
        let mut canary = CanarySettings::default();
        canary.deployment_id = Some("two".into());
        stage.canary_settings = Some(canary);
        let said = serves(Some(&stage), &"two".into());
        assert_eq!(said, "serves deployment two to 0 % of the requests");
    }
}
