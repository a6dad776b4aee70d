//! Method responses.

use indexmap::IndexMap;
use serde_json::Value;
use tollgate_model::{Method, MethodResponse};

use super::method::{self, check_models};
use super::parameters::{check_content_types, check_parameter_name, is_response_header};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, put};
use crate::outcome::Outcome;
use crate::patch::{ALL, Edit, Row, Style, Table, row};
use crate::shape::{FLAG_MAP, Member, TEXT_MAP, optional};
use crate::texts::{NO_CONTENT_TYPE, NO_PARAMETER, NO_RESPONSE, invalid_mapping};
use crate::view::wire;

const ONE: &str = "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/\
                   {status_code}";

pub(super) const OPERATIONS: &[Operation] = &[
    put("PutMethodResponse", ONE, MEMBERS, create),
    get("GetMethodResponse", ONE, read),
    patch("UpdateMethodResponse", ONE, update).answering(201),
    delete("DeleteMethodResponse", ONE, remove).answering(204),
];

const MEMBERS: &[Member] = &[
    optional("responseParameters", FLAG_MAP),
    optional("responseModels", TEXT_MAP),
];

const TABLE: Table<MethodResponse> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<MethodResponse>] = &[
    row(
        "/responseParameters/{name}",
        ALL,
        Edit::Flags(
            |one| one.response_parameters.get_or_insert_default(),
            NO_PARAMETER,
        ),
    ),
    row(
        "/responseModels/{type}",
        ALL,
        Edit::Map(
            |one| one.response_models.get_or_insert_default(),
            NO_CONTENT_TYPE,
        ),
    ),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    method::edit(call, |_, method| {
        let status = call.label("status_code");
        if method.method_responses.contains_key(status) {
            return Err(ControlError::conflict(
                "Response already exists for this resource",
            ));
        }
        let input = call.input().clone();
        let one: MethodResponse = input.with("statusCode", status).read()?;
        check(call, &one)?;
        let reply = show(&one);
        method.method_responses.insert(status.to_owned(), one);
        Ok(reply)
    })
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let (_, method) = method::find(call)?;
    let one = method.method_responses.get(call.label("status_code"));
    let one = one.ok_or_else(|| ControlError::not_found(NO_RESPONSE))?;
    Ok(Outcome::reply(show(one)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    method::edit(call, |_, method| {
        let one = find_mut(call, method)?;
        let before = one.clone();
        TABLE.apply(call, one)?;
        settle(&before.response_parameters, &mut one.response_parameters);
        settle(&before.response_models, &mut one.response_models);
        check(call, one)?;
        Ok(show(one))
    })
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let outcome = method::edit(call, |_, method| {
        find_mut(call, method)?;
        let status = call.label("status_code");
        method.method_responses.shift_remove(status);
        Ok(Value::Null)
    })?;
    Ok(outcome.unanswered())
}

fn find_mut<'m>(call: &Call<'_>, method: &'m mut Method) -> Result<&'m mut MethodResponse> {
    let one = method.method_responses.get_mut(call.label("status_code"));
    one.ok_or_else(|| ControlError::not_found(NO_RESPONSE))
}

/// A map that lost its last entry goes; one that was given without any stays (both recorded).
pub(super) fn settle<V>(
    before: &Option<IndexMap<String, V>>,
    after: &mut Option<IndexMap<String, V>>,
) {
    let was_empty = before.as_ref().is_some_and(IndexMap::is_empty);
    after.take_if(|map| map.is_empty() && !was_empty);
}

fn check(call: &Call<'_>, one: &MethodResponse) -> Result<()> {
    for (name, is_required) in one.response_parameters.iter().flatten() {
        if !is_response_header(name) {
            return Err(invalid_mapping(&is_required.to_string()));
        }
        check_parameter_name(name)?;
    }
    for (media_type, model) in one.response_models.iter().flatten() {
        check_content_types([media_type])?;
        check_models(call, [model])?;
    }
    Ok(())
}

fn show(one: &MethodResponse) -> Value {
    Value::Object(wire(one))
}
