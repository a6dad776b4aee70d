//! Resources.

use std::collections::HashMap;

use serde_json::{Value, json};
use tollgate_core::ResourceId;
use tollgate_model::Resource;
use tollgate_store::{Change, Entity, EntityKey};

use super::method;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, required};
use crate::view::wire;

const ONE: &str = "/restapis/{restapi_id}/resources/{resource_id}";

pub(super) const OPERATIONS: &[Operation] = &[
    get("GetResources", "/restapis/{restapi_id}/resources", list_all),
    post("CreateResource", ONE, MEMBERS, create),
    get("GetResource", ONE, read).at_length(),
    patch("UpdateResource", ONE, update),
    delete("DeleteResource", ONE, remove),
];

const MEMBERS: &[Member] = &[required("pathPart", Shape::Text)];

const TABLE: Table<Resource> = Table {
    style: Style::Strict,
    rows: ROWS,
};

const ROWS: &[Row<Resource>] = &[
    row("/parentId", REPLACE, Edit::With(set_parent)),
    row("/pathPart", REPLACE, Edit::With(set_path_part)),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    let parent = call.resource()?;
    let api = call.api_id();
    let part = call.input().text("pathPart").unwrap_or_default();
    check_child(call, parent, part, None)?;
    let id = call.new_id(6, |id| {
        call.state.resource(&api, &ResourceId::new(id)).is_some()
    });
    let resource = parent.child(ResourceId::new(id), part);
    let reply = show(&resource, false);
    Ok(Outcome::put(Entity::Resource(api, resource), reply))
}

/// What must be so of a part below a parent, besides what moves there itself.
fn check_child(
    call: &Call<'_>,
    parent: &Resource,
    part: &str,
    moving: Option<&ResourceId>,
) -> Result<()> {
    if !is_part(part) {
        return Err(ControlError::bad_request(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly \
             braces at the beginning and the end and an optional plus sign before the closing brace.",
        ));
    }
    if let Some(greedy) = parent
        .path_part
        .as_deref()
        .filter(|part| part.ends_with("+}"))
    {
        return Err(ControlError::bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {greedy}"
        )));
    }
    let api = call.api_id();
    let siblings = call
        .state
        .resources(&api)
        .filter(|one| one.parent_id.as_ref() == Some(&parent.id) && Some(&one.id) != moving);
    for sibling in siblings.filter_map(|one| one.path_part.as_deref()) {
        if sibling == part {
            return Err(ControlError::conflict(format!(
                "Another resource with the same parent already has this name: {part}"
            )));
        }
        if is_variable(sibling) && is_variable(part) {
            return Err(ControlError::bad_request(format!(
                "A sibling ({sibling}) of this resource already has a variable path part -- only one \
                 is allowed"
            )));
        }
    }
    Ok(())
}

fn is_variable(part: &str) -> bool {
    part.starts_with('{')
}

fn is_part(part: &str) -> bool {
    let inner = part
        .strip_prefix('{')
        .and_then(|part| part.strip_suffix('}'));
    let name = inner.map_or(part, |inner| inner.strip_suffix('+').unwrap_or(inner));
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.,:".contains(&byte);
    !name.is_empty() && name.bytes().all(is_letter)
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let api = call.find_api().and_then(|api| api.id.clone());
    let api = api.ok_or_else(|| call.no_api())?;
    // By path each stands after its parent; pages need the order of one key.
    let mut resources: Vec<_> = call.state.resources(&api).collect();
    resources.sort_by(|one, other| one.id.cmp(&other.id));
    let embeds = call.embeds("methods");
    list(
        call,
        resources.into_iter(),
        |one| one.id.to_string(),
        |one| show(one, embeds),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(
        call.resource()?,
        call.embeds("methods"),
    )))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let before = call.resource()?;
    let mut resource = before.clone();
    TABLE.apply(call, &mut resource)?;
    let moved = moved(call, before, resource)?;
    let reply = show(&moved[0], false);
    let api = call.api_id();
    let changes = moved.into_iter();
    let changes = changes.map(|one| Change::Put(Entity::Resource(api.clone(), one)));
    Ok(Outcome::changing(changes.collect(), reply))
}

/// A resource in its new place, and all that is below it.
fn moved(call: &Call<'_>, before: &Resource, mut resource: Resource) -> Result<Vec<Resource>> {
    let (Some(parent), Some(part)) = (resource.parent_id.clone(), resource.path_part.clone())
    else {
        // The root, of which nothing can be changed.
        return Ok(vec![resource]);
    };
    let parent = call.resource_of(parent.as_str())?;
    check_child(call, parent, &part, Some(&resource.id))?;
    if is_below(&parent.path, &before.path) {
        return Err(ControlError::bad_request("Resources cannot be cyclical."));
    }
    let has_children = below(call, before).next().is_some();
    if has_children && part.ends_with("+}") {
        return Err(ControlError::bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {part}"
        )));
    }
    resource.path = parent.child(resource.id.clone(), &part).path;
    let mut paths = HashMap::from([(resource.id.clone(), resource.path.clone())]);
    let mut all = vec![resource];
    // By path: each after its parent.
    for child in below(call, before) {
        let mut child = child.clone();
        let above = child
            .parent_id
            .as_ref()
            .and_then(|parent| paths.get(parent));
        if let (Some(above), Some(part)) = (above, &child.path_part) {
            child.path = format!("{above}/{part}");
        }
        paths.insert(child.id.clone(), child.path.clone());
        all.push(child);
    }
    Ok(all)
}

fn below<'a>(call: &Call<'a>, top: &'a Resource) -> impl Iterator<Item = &'a Resource> {
    let all: Vec<_> = call.state.resources(&call.api_id()).collect();
    let below = move |one: &&Resource| one.id != top.id && is_below(&one.path, &top.path);
    all.into_iter().filter(below)
}

/// Whether a path is another one, or below it.
fn is_below(path: &str, top: &str) -> bool {
    let rest = path.strip_prefix(top);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let resource = call.resource()?;
    if resource.parent_id.is_none() {
        return Err(ControlError::bad_request(
            "Root resource cannot be deleted.",
        ));
    }
    let key = EntityKey::Resource(call.api_id(), resource.id.clone());
    Ok(Outcome::remove(key))
}

fn set_parent(resource: &mut Resource, target: &Target<'_>) -> Result<()> {
    if resource.parent_id.is_none() {
        return Err(ControlError::bad_request(
            "Root resource cannot update its parentId.",
        ));
    }
    resource.parent_id = Some(target.call.resource_of(target.value())?.id.clone());
    Ok(())
}

fn set_path_part(resource: &mut Resource, target: &Target<'_>) -> Result<()> {
    if resource.parent_id.is_none() {
        return Err(ControlError::bad_request(
            "Root resource cannot update its pathPart.",
        ));
    }
    resource.path_part = Some(target.value().to_owned());
    Ok(())
}

/// A resource, as answers show it: with its methods whole, or their verbs alone.
fn show(resource: &Resource, embeds: bool) -> Value {
    let mut members = wire(resource);
    if !resource.resource_methods.is_empty() {
        let methods = resource.resource_methods.values().map(|one| {
            let shown = if embeds {
                method::show(one, &resource.id)
            } else {
                json!({})
            };
            (one.http_method.to_string(), shown)
        });
        members.insert(
            "resourceMethods".to_owned(),
            Value::Object(methods.collect()),
        );
    }
    Value::Object(members)
}
