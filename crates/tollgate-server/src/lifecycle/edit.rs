//! Changes of a stage that need no document.

use std::process::ExitCode;

use serde_json::json;
use tollgate::core::{ApiId, Clock as _, DeploymentId, StageName, SystemClock};
use tollgate::deploy::{Change, DeployError, Lifecycle, StageEdit};
use tollgate::model::{Stage, Timestamp};
use tollgate::store::State;

use super::LifecycleError;
use crate::Outcome;
use crate::cli::{Format, Promote, Rollback, StageArguments, StoreArguments};
use crate::data;
use crate::printable::{printable, printable_json};

/// `tollgate promote`.
pub(crate) fn promote(options: &Promote) -> Outcome {
    let stage = &options.place.stage;
    edit(
        &options.place,
        &options.store,
        options.format,
        |all, now| Ok(all.promote(stage, now)?),
    )
}

/// `tollgate rollback`.
pub(crate) fn rollback(options: &Rollback) -> Outcome {
    let name = &options.place.stage;
    edit(
        &options.place,
        &options.store,
        options.format,
        |all, now| {
            if let Some(time) = options.at {
                // Before 1970 nothing was deployed.
                let seconds = u64::try_from(time.as_second()).unwrap_or_default();
                let back = all.roll_back(name, Timestamp::from_seconds(seconds), now);
                return back.map_err(|error| match error {
                    DeployError::NoDeploymentBy(_) => LifecycleError::NothingBy(time),
                    error => error.into(),
                });
            }
            let to = match &options.to {
                Some(id) => id.clone(),
                None => before(all, name)?,
            };
            Ok(all.update_stage(name, &[StageEdit::Deployment(to)], now)?)
        },
    )
}

/// The deployment that was made before the one that a stage serves.
fn before(all: &Lifecycle, name: &StageName) -> Result<DeploymentId, LifecycleError> {
    let served = all.stage(name)?.deployment_id.as_ref();
    let made = all.deployments.keys();
    let earlier: Vec<_> = made.take_while(|id| Some(*id) != served).collect();
    let last = earlier.last().copied().cloned();
    last.ok_or_else(|| LifecycleError::NothingBefore(name.clone()))
}

/// Changes a stage, and says what it is now.
pub(super) fn edit(
    place: &StageArguments,
    store: &StoreArguments,
    format: Format,
    decide: impl Fn(&Lifecycle, Timestamp) -> Result<Vec<Change>, LifecycleError>,
) -> Outcome {
    let (state, ()) = super::block_on(async {
        let store = data::open_known(store).await?;
        data::change(&*store, |state| {
            let changes = decide(
                &lifecycle(state, &place.api)?,
                SystemClock::new().now().into(),
            )?;
            let changes = changes
                .into_iter()
                .map(|change| (place.api.clone(), change).into());
            Ok::<_, LifecycleError>((changes.collect(), ()))
        })
        .await
    })??;
    let said = match format {
        Format::Json => {
            let stage = found(&state, &place.api, &place.stage)?;
            let revision = state.revision().number();
            let said = json!({ "apiId": place.api, "revision": revision, "stage": stage });
            printable_json(&format!("{said:#}"))
        }
        Format::Text => of_stage(&state, &place.api, &place.stage)?,
    };
    super::say(&said)?;
    Ok(ExitCode::SUCCESS)
}

/// What is deployed of an API.
pub(super) fn lifecycle(state: &State, api: &ApiId) -> Result<Lifecycle, LifecycleError> {
    let known = state.lifecycle(api);
    known.ok_or_else(|| LifecycleError::unknown_api(api, state))
}

fn found<'s>(state: &'s State, api: &ApiId, name: &StageName) -> Result<&'s Stage, LifecycleError> {
    let unknown = || LifecycleError::from(DeployError::UnknownStage(name.clone()));
    state.stage(api, name).ok_or_else(unknown)
}

/// What a stage serves, and to whom, for people.
pub(super) fn of_stage(
    state: &State,
    api: &ApiId,
    name: &StageName,
) -> Result<String, LifecycleError> {
    let stage = found(state, api, name)?;
    let none = || "nothing".to_owned();
    let serves = stage.deployment_id.as_ref();
    let serves = serves.map_or_else(none, ToString::to_string);
    let mut said = format!("{api}, stage {name}: serves deployment {serves}");
    if let Some(canary) = &stage.canary_settings {
        let id = canary.deployment_id.as_ref();
        let id = id.map_or_else(|| serves.clone(), ToString::to_string);
        let percent = canary.percent_traffic;
        said.push_str(&format!(", and {id} to {percent} % of the requests"));
    }
    let revision = state.revision();
    Ok(format!("{} (revision {revision})\n", printable(&said)))
}
