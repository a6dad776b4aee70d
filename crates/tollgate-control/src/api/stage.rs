//! Stages.

use serde_json::{Value, json};
use tollgate_core::{DeploymentId, StageName};
use tollgate_deploy::NewStage;
use tollgate_model::{ClientCertificate, Stage};

use super::deployment::{CACHE_SIZES, changes, lifecycle};
use super::naming::forget;
use super::stage_patch::TABLE;
use super::stage_settings;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::shape::{Member, Shape, TEXT_MAP, optional, required};
use crate::texts::{NO_CLIENT_CERTIFICATE, NO_STAGE};
use crate::view::{fill, wire};

const ALL: &str = "/restapis/{restapi_id}/stages";
const ONE: &str = "/restapis/{restapi_id}/stages/{stage_name}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateStage", ALL, MEMBERS, create),
    get("GetStages", ALL, list_all),
    get("GetStage", ONE, read),
    patch("UpdateStage", ONE, update),
    delete("DeleteStage", ONE, remove),
];

const MEMBERS: &[Member] = &[
    required("stageName", Shape::Text),
    required("deploymentId", Shape::Text),
    optional("description", Shape::Text),
    optional("cacheClusterEnabled", Shape::Flag),
    optional("cacheClusterSize", CACHE_SIZES),
    optional("variables", TEXT_MAP),
    optional("documentationVersion", Shape::Text),
    optional(
        "canarySettings",
        Shape::Object(&[
            optional("percentTraffic", Shape::Number),
            optional("deploymentId", Shape::Text),
            optional("stageVariableOverrides", TEXT_MAP),
            optional("useStageCache", Shape::Flag),
        ]),
    ),
    optional("tracingEnabled", Shape::Flag),
    optional("tags", TEXT_MAP),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    let lifecycle = lifecycle(call)?;
    let input = call.input();
    let name = input.text("stageName").unwrap_or_default();
    let name = name.parse().map_err(tollgate_deploy::DeployError::from)?;
    let deployment = input.text("deploymentId").unwrap_or_default();
    let mut new = NewStage::new(name, DeploymentId::new(deployment));
    new.description = input.some_text("description");
    new.variables = input.read_member("variables")?.unwrap_or_default();
    new.cache_cluster_enabled = input.flag("cacheClusterEnabled").unwrap_or_default();
    new.cache_cluster_size = input.some_text("cacheClusterSize");
    new.documentation_version = input.some_text("documentationVersion");
    new.canary_settings = input.read_member("canarySettings")?;
    new.tracing_enabled = input.flag("tracingEnabled").unwrap_or_default();
    new.tags = input.read_member("tags")?.unwrap_or_default();
    put(call, lifecycle.create_stage(new, call.now)?)
}

/// All of them: this list has no pages.
fn list_all(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let deployment = call.query("deploymentId").filter(|id| !id.is_empty());
    let serves = |stage: &&Stage| {
        let served = stage.deployment_id.as_ref().map(DeploymentId::as_str);
        deployment.is_none() || served == deployment
    };
    let api = call.api_id();
    let stages = call.state.stages(&api).filter(serves);
    let items: Vec<_> = stages.map(show).collect();
    Ok(Outcome::reply(json!({ "item": items })))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(find(call)?)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let stage = find(call)?;
    let mut edits = Vec::new();
    TABLE.apply(call, &mut edits)?;
    if edits.is_empty() {
        return Ok(Outcome::reply(show(stage)));
    }
    let changes = lifecycle(call)?.update_stage(&stage.stage_name, &edits, call.now)?;
    put(call, changes)
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let name = &find(call)?.stage_name;
    let mut changes = changes(call, lifecycle(call)?.delete_stage(name)?);
    changes.extend(forget(call, &call.api_id(), Some(name)));
    Ok(Outcome::silent(changes))
}

/// The stage that the path names.
///
/// # Errors
///
/// 404.
pub(super) fn find<'a>(call: &Call<'a>) -> Result<&'a Stage> {
    call.api()?;
    let name: Option<StageName> = call.label("stage_name").parse().ok();
    let stage = name.and_then(|name| call.state.stage(&call.api_id(), &name));
    stage.ok_or_else(|| ControlError::not_found(NO_STAGE))
}

/// Writes a stage, where what it names is there, and shows it.
fn put(call: &Call<'_>, made: Vec<tollgate_deploy::Change>) -> Result<Outcome> {
    let mut reply = Value::Null;
    for change in &made {
        if let tollgate_deploy::Change::PutStage(stage) = change {
            check(call, stage)?;
            reply = show(stage);
        }
    }
    Ok(Outcome::changing(changes(call, made), reply))
}

/// That what a stage names outside of its API's deployments is there, where it did not name it before.
///
/// What the service answers otherwise is not recorded: these are the words that it has for what is
/// asked for itself, with the status of what is only named.
fn check(call: &Call<'_>, stage: &Stage) -> Result<()> {
    let api = call.api_id();
    let before = call.state.stage(&api, &stage.stage_name);
    let version = stage.documentation_version.as_deref();
    let known = before.and_then(|stage| stage.documentation_version.as_deref());
    let is_there = |version| call.state.documentation_version(&api, version).is_some();
    if version != known && !version.is_none_or(is_there) {
        return Err(ControlError::bad_request(
            "Invalid Documentation version specified",
        ));
    }
    let certificate = stage.client_certificate_id.as_deref();
    let known = before.and_then(|stage| stage.client_certificate_id.as_deref());
    if certificate != known
        && let Some(id) = certificate
    {
        client_certificate(call, id)?;
    }
    Ok(())
}

/// The client certificate of an id that something names.
///
/// # Errors
///
/// 400.
pub(super) fn client_certificate<'a>(call: &Call<'a>, id: &str) -> Result<&'a ClientCertificate> {
    let found = call.state.client_certificate(id);
    let found = found.filter(|one| call.is_here(one.home.as_ref()));
    found.ok_or_else(|| ControlError::bad_request(NO_CLIENT_CERTIFICATE))
}

/// A stage, as answers show it: of all, without tags where it has none (recorded).
fn show(stage: &Stage) -> Value {
    let mut members = wire(stage);
    let status = if stage.cache_cluster_enabled {
        "AVAILABLE"
    } else {
        "NOT_AVAILABLE"
    };
    fill(&mut members, "cacheClusterStatus", status);
    let settings = stage.method_settings.iter();
    let settings = settings.map(|(key, one)| (key.clone(), stage_settings::show(one)));
    let settings = Value::Object(settings.collect());
    members.insert("methodSettings".to_owned(), settings);
    Value::Object(members)
}
