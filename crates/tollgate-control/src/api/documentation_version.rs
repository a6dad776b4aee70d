//! Versions of an API's documentation.

use serde_json::Value;
use tollgate_core::StageName;
use tollgate_model::{DocumentationVersion, Stage};
use tollgate_store::{Change, Entity, EntityKey};

use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, row};
use crate::shape::{Member, Shape, optional, required};
use crate::texts::NO_STAGE;
use crate::view::wire;

const ALL: &str = "/restapis/{restapi_id}/documentation/versions";
const ONE: &str = "/restapis/{restapi_id}/documentation/versions/{doc_version}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateDocumentationVersion", ALL, MEMBERS, create),
    get("GetDocumentationVersions", ALL, list_all),
    get("GetDocumentationVersion", ONE, read),
    patch("UpdateDocumentationVersion", ONE, update),
    delete("DeleteDocumentationVersion", ONE, remove),
];

const MEMBERS: &[Member] = &[
    required("documentationVersion", Shape::Text),
    optional("stageName", Shape::Text),
    optional("description", Shape::Text),
];

const TABLE: Table<DocumentationVersion> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<DocumentationVersion>] = &[row(
    "/description",
    REPLACE,
    Edit::Text(|one| &mut one.description),
)];

/// Keeps all parts as they are now, and lets a stage export them.
fn create(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let (api, input) = (call.api_id(), call.input());
    let name = input.text("documentationVersion").unwrap_or_default();
    if name.trim().is_empty() {
        return Err(ControlError::bad_request(
            "documentationVersion: expected one that is not blank",
        ));
    }
    if call.state.documentation_version(&api, name).is_some() {
        return Err(ControlError::conflict(format!(
            "Documentation version {name} already exists for this REST API"
        )));
    }
    let parts = call.state.documentation_parts(&api).cloned().collect();
    let mut one = DocumentationVersion::new(name, call.now, parts);
    one.description = input.some_text("description");
    let reply = show(&one);
    let mut changes = Vec::new();
    if let Some(stage) = input.some_text("stageName") {
        let mut stage = stage_of(call, &stage)?.clone();
        stage.documentation_version = Some(name.to_owned());
        stage.last_updated_date = Some(call.now);
        changes.push(Change::Put(Entity::Stage(api.clone(), stage)));
    }
    changes.push(Change::Put(Entity::DocumentationVersion(api, one)));
    Ok(Outcome::changing(changes, reply))
}

fn stage_of<'a>(call: &Call<'a>, name: &str) -> Result<&'a Stage> {
    let name = name.parse::<StageName>().ok();
    let stage = name.and_then(|name| call.state.stage(&call.api_id(), &name));
    stage.ok_or_else(|| ControlError::not_found(NO_STAGE))
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let api = call.api_id();
    let all = call.state.documentation_versions(&api);
    list(call, all, |one| one.version.clone(), |one| show(one))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(find(call)?)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut one = find(call)?.clone();
    TABLE.apply(call, &mut one)?;
    let reply = show(&one);
    let entity = Entity::DocumentationVersion(call.api_id(), one);
    Ok(Outcome::put(entity, reply))
}

/// Stages that export it export none then.
fn remove(call: &Call<'_>) -> Result<Outcome> {
    let (api, name) = (call.api_id(), &find(call)?.version);
    let stages = call.state.stages(&api);
    let stages = stages.filter(|stage| stage.documentation_version.as_ref() == Some(name));
    let mut changes: Vec<_> = stages
        .map(|stage| {
            let mut stage = stage.clone();
            stage.documentation_version = None;
            stage.last_updated_date = Some(call.now);
            Change::Put(Entity::Stage(api.clone(), stage))
        })
        .collect();
    let key = EntityKey::DocumentationVersion(api.clone(), name.as_str().into());
    changes.push(Change::Remove(key));
    Ok(Outcome::silent(changes))
}

fn find<'a>(call: &Call<'a>) -> Result<&'a DocumentationVersion> {
    let name = call.label("doc_version");
    let api = call.find_api();
    let one = api.and_then(|_| call.state.documentation_version(&call.api_id(), name));
    one.ok_or_else(|| ControlError::not_found("Invalid Documentation version specified"))
}

/// A version without its parts, which the service does not show.
fn show(one: &DocumentationVersion) -> Value {
    let mut members = wire(one);
    members.remove("parts");
    Value::Object(members)
}
