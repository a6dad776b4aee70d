//! What stands below the paths of custom domain names.

use serde_json::Value;
use tollgate_core::ApiId;
use tollgate_gateway::address::BasePath;
use tollgate_model::BasePathMapping;
use tollgate_store::{Change, Entity, EntityKey};

use super::domain_name;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, optional, required};
use crate::texts::NO_STAGE;
use crate::view::wire;

const ALL: &str = "/domainnames/{domain_name}/basepathmappings";
const ONE: &str = "/domainnames/{domain_name}/basepathmappings/{base_path}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateBasePathMapping", ALL, MEMBERS, create),
    get("GetBasePathMappings", ALL, list_all),
    get("GetBasePathMapping", ONE, read),
    patch("UpdateBasePathMapping", ONE, update),
    delete("DeleteBasePathMapping", ONE, remove),
];

const MEMBERS: &[Member] = &[
    optional("basePath", Shape::Text),
    required("restApiId", Shape::Text),
    optional("stage", Shape::Text),
];

const TABLE: Table<BasePathMapping> = Table {
    style: Style::Loose,
    rows: ROWS,
};

/// The service spells two of them in two ways.
const ROWS: &[Row<BasePathMapping>] = &[
    row("/basePath", REPLACE, Edit::With(set_base_path)),
    row("/basepath", REPLACE, Edit::With(set_base_path)),
    row("/restapiId", REPLACE, Edit::With(set_api)),
    row("/restApiId", REPLACE, Edit::With(set_api)),
    row("/stage", REPLACE, Edit::With(set_stage)),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    let domain = &domain_name::named(call)?.domain_name;
    let input = call.input();
    let path = read_path(input.text("basePath").unwrap_or_default())?;
    let api = input.text("restApiId").unwrap_or_default();
    let mut mapping = BasePathMapping::new(path, ApiId::new(api));
    let stage = input.text("stage").unwrap_or_default();
    mapping.stage = read_stage(stage)?;
    check(call, &mapping)?;
    check_is_free(call, domain, &mapping.base_path)?;
    let reply = show(&mapping);
    let entity = Entity::BasePathMapping(domain.as_str().into(), mapping);
    Ok(Outcome::put(entity, reply))
}

fn read_path(text: &str) -> Result<String> {
    if text.is_empty() || text == BasePathMapping::REST {
        return Ok(BasePathMapping::REST.to_owned());
    }
    let path = text.parse::<BasePath>();
    path.map(|_| text.to_owned())
        .map_err(|error| ControlError::bad_request(error.to_string()))
}

fn read_stage(text: &str) -> Result<Option<tollgate_core::StageName>> {
    let stage = (!text.is_empty()).then(|| text.parse());
    stage.transpose().map_err(|_| no_stage())
}

fn no_stage() -> ControlError {
    ControlError::bad_request(NO_STAGE)
}

/// Whether it leads anywhere.
fn check(call: &Call<'_>, mapping: &BasePathMapping) -> Result<()> {
    let api = call.state.api(&mapping.rest_api_id);
    if !api.is_some_and(|api| call.is_here(api.home.as_ref())) {
        return Err(ControlError::bad_request(
            "Invalid REST API identifier specified",
        ));
    }
    let is_there = |stage| call.state.stage(&mapping.rest_api_id, stage).is_some();
    if !mapping.stage.as_ref().is_none_or(is_there) {
        return Err(no_stage());
    }
    Ok(())
}

fn check_is_free(call: &Call<'_>, domain: &str, path: &str) -> Result<()> {
    if call.state.base_path_mapping(domain, path).is_some() {
        return Err(ControlError::conflict(
            "Base path already exists for this domain name",
        ));
    }
    Ok(())
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let domain = &domain_name::named(call)?.domain_name;
    list(
        call,
        call.state.base_path_mappings(domain),
        |mapping| mapping.base_path.clone(),
        |mapping| show(mapping),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(named(call)?.1)))
}

/// A mapping whose path changes is another record.
fn update(call: &Call<'_>) -> Result<Outcome> {
    let (domain, before) = named(call)?;
    let mut mapping = before.clone();
    TABLE.apply(call, &mut mapping)?;
    check(call, &mapping)?;
    let mut changes = Vec::new();
    if mapping.base_path != before.base_path {
        check_is_free(call, domain, &mapping.base_path)?;
        changes.push(Change::Remove(key(domain, before)));
    }
    let reply = show(&mapping);
    let entity = Entity::BasePathMapping(domain.into(), mapping);
    changes.push(Change::Put(entity));
    Ok(Outcome::changing(changes, reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let (domain, mapping) = named(call)?;
    Ok(Outcome::remove(key(domain, mapping)))
}

fn key(domain: &str, mapping: &BasePathMapping) -> EntityKey {
    EntityKey::BasePathMapping(domain.into(), mapping.base_path.as_str().into())
}

/// The mapping that the path names, with its domain name.
fn named<'a>(call: &Call<'a>) -> Result<(&'a str, &'a BasePathMapping)> {
    let domain = domain_name::named(call)?.domain_name.as_str();
    let mapping = call
        .state
        .base_path_mapping(domain, call.label("base_path"));
    let mapping = mapping
        .ok_or_else(|| ControlError::not_found("Invalid base path mapping identifier specified"))?;
    Ok((domain, mapping))
}

fn show(mapping: &BasePathMapping) -> Value {
    Value::Object(wire(mapping))
}

fn set_base_path(mapping: &mut BasePathMapping, target: &Target<'_>) -> Result<()> {
    mapping.base_path = read_path(target.value())?;
    Ok(())
}

fn set_api(mapping: &mut BasePathMapping, target: &Target<'_>) -> Result<()> {
    mapping.rest_api_id = ApiId::new(target.value());
    Ok(())
}

fn set_stage(mapping: &mut BasePathMapping, target: &Target<'_>) -> Result<()> {
    mapping.stage = read_stage(target.value())?;
    Ok(())
}
