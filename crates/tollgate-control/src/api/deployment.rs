//! Deployments.

use serde_json::{Map, Value, json};
use tollgate_core::DeploymentId;
use tollgate_deploy::{Frozen, Lifecycle, NewDeployment, check_deployable};
use tollgate_model::{ApiDocument, Deployment};
use tollgate_router::{MethodKey, ResourcePath, RouteTable};
use tollgate_store::Change;

use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Style, Table, row};
use crate::shape::{Member, Shape, TEXT_MAP, optional};
use crate::view::wire;

const ALL: &str = "/restapis/{restapi_id}/deployments";
const ONE: &str = "/restapis/{restapi_id}/deployments/{deployment_id}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateDeployment", ALL, MEMBERS, create),
    get("GetDeployments", ALL, list_all),
    get("GetDeployment", ONE, read).at_length(),
    patch("UpdateDeployment", ONE, update),
    delete("DeleteDeployment", ONE, remove),
];

/// Sizes of caches, in the order of the service's model.
pub(super) const CACHE_SIZES: Shape =
    Shape::OneOf(&["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]);

const MEMBERS: &[Member] = &[
    optional("stageName", Shape::Text),
    optional("stageDescription", Shape::Text),
    optional("description", Shape::Text),
    optional("cacheClusterEnabled", Shape::Flag),
    optional("cacheClusterSize", CACHE_SIZES),
    optional("variables", TEXT_MAP),
    optional("tracingEnabled", Shape::Flag),
    optional(
        "canarySettings",
        Shape::Object(&[
            optional("percentTraffic", Shape::Number),
            optional("stageVariableOverrides", TEXT_MAP),
            optional("useStageCache", Shape::Flag),
        ]),
    ),
];

/// The description is all of a deployment that can change.
const TABLE: Table<Option<String>> = Table {
    style: Style::Strict,
    rows: &[row("/description", REPLACE, Edit::Text(|text| text))],
};

/// Reasons that the refusal of a document tells.
const TOLD_REASONS: usize = 3;

fn create(call: &Call<'_>) -> Result<Outcome> {
    let lifecycle = lifecycle(call)?;
    let draft = call.state.draft(&call.api_id());
    let draft = draft.ok_or_else(|| call.no_api())?;
    check_deployable(&draft)?;
    check_servable(&draft)?;
    let frozen =
        Frozen::new(draft).map_err(|error| ControlError::bad_request(error.to_string()))?;
    let new: NewDeployment = call.input().read()?;
    let deployed = lifecycle.deploy(frozen, &new, call.now, call.random)?;
    let made = deployed.changes.iter().find_map(|change| match change {
        tollgate_deploy::Change::PutDeployment(one) => Some(show(one)),
        _ => None,
    });
    let changes = changes(call, deployed.changes);
    Ok(Outcome::changing(changes, made.unwrap_or_default()))
}

/// That the data plane can serve a document at all.
///
/// A part that cannot work is answered with 500 there, as by the service. But a document whose methods
/// cannot be told apart would leave a stage with what it served before.
///
/// # Errors
///
/// 400 with the first reasons.
fn check_servable(document: &ApiDocument) -> Result<()> {
    let mut routes = RouteTable::builder();
    let mut reasons = Vec::new();
    for resource in &document.resources {
        let path: ResourcePath = match resource.path.parse() {
            Ok(path) => path,
            Err(error) => {
                reasons.push(format!("resource {:?}: {error}", resource.path));
                continue;
            }
        };
        for verb in resource.resource_methods.keys() {
            let key: std::result::Result<MethodKey, _> = verb.as_str().parse();
            let routed = key.map_err(|error| error.to_string()).and_then(|key| {
                let inserted = routes.insert(&path, key, ());
                inserted.map_err(|error| error.to_string())
            });
            if let Err(error) = routed {
                reasons.push(format!("method {verb} {}: {error}", resource.path));
            }
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    reasons.truncate(TOLD_REASONS);
    let reasons = reasons.join("; ");
    Err(ControlError::bad_request(format!(
        "The REST API cannot be served: {reasons}"
    )))
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let api = call.api_id();
    let deployments = call.state.deployments(&api);
    list(
        call,
        deployments,
        |one| one.id.to_string(),
        |one| shown(call, one),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let lifecycle = lifecycle(call)?;
    let deployment = lifecycle.deployment(&id(call))?;
    Ok(Outcome::reply(shown(call, deployment)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let lifecycle = lifecycle(call)?;
    let mut deployment = lifecycle.deployment(&id(call))?.clone();
    TABLE.apply(call, &mut deployment.description)?;
    let description = deployment.description.as_deref();
    let changes = changes(call, lifecycle.describe_deployment(&id(call), description)?);
    Ok(Outcome::changing(changes, show(&deployment)))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let changes = changes(call, lifecycle(call)?.delete_deployment(&id(call))?);
    Ok(Outcome::silent(changes))
}

fn id(call: &Call<'_>) -> DeploymentId {
    DeploymentId::new(call.label("deployment_id"))
}

/// The deployments and stages of the API that the path names.
///
/// # Errors
///
/// 404.
pub(super) fn lifecycle(call: &Call<'_>) -> Result<Lifecycle> {
    call.api()?;
    let lifecycle = call.state.lifecycle(&call.api_id());
    lifecycle.ok_or_else(|| call.no_api())
}

/// What a transition of the API's lifecycle changes.
pub(super) fn changes(call: &Call<'_>, changes: Vec<tollgate_deploy::Change>) -> Vec<Change> {
    let of_api = |change| Change::from((call.api_id(), change));
    changes.into_iter().map(of_api).collect()
}

/// A deployment, with what is embedded where the call asks for it.
fn shown(call: &Call<'_>, deployment: &Deployment) -> Value {
    let mut members = show(deployment);
    let document = call.state.document(deployment.content_hash);
    if let Some(frozen) = document.filter(|_| call.embeds("apisummary")) {
        members["apiSummary"] = summary(frozen.document());
    }
    members
}

fn show(deployment: &Deployment) -> Value {
    let mut members = wire(deployment);
    // This is ours alone.
    members.remove("contentHash");
    Value::Object(members)
}

/// The methods of a document, by path and verb.
fn summary(document: &ApiDocument) -> Value {
    let mut paths = Map::new();
    for resource in &document.resources {
        let methods = resource.resource_methods.values().map(|one| {
            let summary = json!({
                "authorizationType": one.authorization_type.as_str(),
                "apiKeyRequired": one.api_key_required,
            });
            (one.http_method.to_string(), summary)
        });
        let methods: Map<_, _> = methods.collect();
        if !methods.is_empty() {
            paths.insert(resource.path.clone(), Value::Object(methods));
        }
    }
    Value::Object(paths)
}
