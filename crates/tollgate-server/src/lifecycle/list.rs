//! `tollgate stages` and `tollgate deployments`.

use std::process::ExitCode;

use tollgate::core::{ApiId, DeploymentId};
use tollgate::deploy::Lifecycle;
use tollgate::model::Timestamp;

use super::LifecycleError;
use super::edit::lifecycle;
use super::table::table;
use crate::Outcome;
use crate::cli::{Format, List};
use crate::printable::printable_json;

/// `tollgate stages`.
pub(crate) fn stages(options: &List) -> Outcome {
    let all = load(options)?;
    if options.format == Format::Json {
        let stages = all.iter().flat_map(|(api, all)| {
            let stages = all.stages.values();
            stages.map(move |stage| serde_json::json!({ "apiId": api, "stage": stage }))
        });
        return say_json(stages.collect());
    }
    let rows: Vec<_> = all
        .iter()
        .flat_map(|(api, all)| all.stages.values().map(move |stage| (api, stage)))
        .map(|(api, stage)| {
            let canary = stage.canary_settings.as_ref();
            let canary = canary.map_or_else(String::new, |canary| {
                let id = canary
                    .deployment_id
                    .as_ref()
                    .or(stage.deployment_id.as_ref());
                format!(
                    "{} {} %",
                    id.map_or("", DeploymentId::as_str),
                    canary.percent_traffic
                )
            });
            let variables = stage.variables.iter();
            let variables: Vec<_> = variables
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let deployment = stage.deployment_id.as_ref();
            [
                api.to_string(),
                stage.stage_name.to_string(),
                deployment.map_or_else(String::new, ToString::to_string),
                canary,
                stage.last_updated_date.map_or_else(String::new, time),
                variables.join(" "),
            ]
        })
        .collect();
    let headings = [
        "API",
        "STAGE",
        "DEPLOYMENT",
        "CANARY",
        "UPDATED",
        "VARIABLES",
    ];
    super::say(&table(headings, &rows))?;
    Ok(ExitCode::SUCCESS)
}

/// `tollgate deployments`.
pub(crate) fn deployments(options: &List) -> Outcome {
    let all = load(options)?;
    let serving = |all: &Lifecycle, id: &DeploymentId| -> Vec<String> {
        all.stages_serving(id).map(ToString::to_string).collect()
    };
    if options.format == Format::Json {
        let deployments = all.iter().flat_map(|(api, all)| {
            let deployments = all.deployments.values();
            deployments.map(move |deployment| {
                let stages = serving(all, &deployment.id);
                serde_json::json!({ "apiId": api, "deployment": deployment, "stages": stages })
            })
        });
        return say_json(deployments.collect());
    }
    let rows: Vec<_> = all
        .iter()
        .flat_map(|(api, all)| all.deployments.values().map(move |one| (api, all, one)))
        .map(|(api, all, deployment)| {
            let document: String = deployment
                .content_hash
                .to_string()
                .chars()
                .take(12)
                .collect();
            [
                api.to_string(),
                deployment.id.to_string(),
                time(deployment.created_date),
                document,
                serving(all, &deployment.id).join(" "),
                deployment.description.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let headings = [
        "API",
        "DEPLOYMENT",
        "MADE",
        "DOCUMENT",
        "STAGES",
        "DESCRIPTION",
    ];
    super::say(&table(headings, &rows))?;
    Ok(ExitCode::SUCCESS)
}

/// What is deployed of the API that is asked for, or of all.
fn load(options: &List) -> Result<Vec<(ApiId, Lifecycle)>, LifecycleError> {
    let state = super::load(&options.store)?;
    let of_all = || state.apis().filter_map(|api| api.id.clone()).collect();
    let apis: Vec<ApiId> = options
        .api
        .as_ref()
        .map_or_else(of_all, |api| vec![api.clone()]);
    apis.into_iter()
        .map(|api| lifecycle(&state, &api).map(|all| (api, all)))
        .collect()
}

fn say_json(items: Vec<serde_json::Value>) -> Outcome {
    let items = serde_json::Value::Array(items);
    super::say(&printable_json(&format!("{items:#}")))?;
    Ok(ExitCode::SUCCESS)
}

/// A time for people, in UTC.
fn time(time: Timestamp) -> String {
    let seconds = i64::try_from(time.seconds()).unwrap_or(i64::MAX);
    let read = jiff::Timestamp::from_second(seconds);
    read.map_or_else(|_| time.seconds().to_string(), |time| time.to_string())
}
