//! Request validators.

use serde_json::Value;
use tollgate_model::RequestValidator;
use tollgate_store::{Entity, EntityKey};

use super::method::each_method;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, optional};
use crate::texts::NO_VALIDATOR;
use crate::view::wire;

const ALL: &str = "/restapis/{restapi_id}/requestvalidators";
const ONE: &str = "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateRequestValidator", ALL, MEMBERS, create),
    get("GetRequestValidators", ALL, list_all),
    get("GetRequestValidator", ONE, read),
    patch("UpdateRequestValidator", ONE, update),
    delete("DeleteRequestValidator", ONE, remove),
];

const MEMBERS: &[Member] = &[
    optional("name", Shape::Text),
    optional("validateRequestBody", Shape::Flag),
    optional("validateRequestParameters", Shape::Flag),
];

const TABLE: Table<RequestValidator> = Table {
    style: Style::Strict,
    rows: ROWS,
};

const ROWS: &[Row<RequestValidator>] = &[
    row("/name", REPLACE, Edit::With(set_name)),
    row(
        "/validateRequestParameters",
        REPLACE,
        Edit::Flag(|one| &mut one.validate_request_parameters),
    ),
    row(
        "/validateRequestBody",
        REPLACE,
        Edit::Flag(|one| &mut one.validate_request_body),
    ),
];

const NO_NAME: &str = "Request Validator name cannot be blank";

fn create(call: &Call<'_>) -> Result<Outcome> {
    if call.find_api().is_none() {
        // Of this operation alone (recorded).
        return Err(ControlError::bad_request(
            "Invalid REST API identifier specified",
        ));
    }
    let (api, input) = (call.api_id(), call.input());
    let name = input.text("name");
    if name.is_some_and(|name| name.trim().is_empty()) {
        return Err(ControlError::bad_request(NO_NAME));
    }
    let id = call.new_id(6, |id| call.state.request_validator(&api, id).is_some());
    let mut one = RequestValidator::new(id, name.unwrap_or_default());
    one.validate_request_body = input.flag("validateRequestBody").unwrap_or_default();
    one.validate_request_parameters = input.flag("validateRequestParameters").unwrap_or_default();
    let reply = show(&one);
    Ok(Outcome::put(Entity::RequestValidator(api, one), reply))
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let api = call.api_id();
    let all = call.state.request_validators(&api);
    list(call, all, |one| one.id.clone(), |one| show(one))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(find(call)?)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut one = find(call)?.clone();
    TABLE.apply(call, &mut one)?;
    let reply = show(&one);
    let entity = Entity::RequestValidator(call.api_id(), one);
    Ok(Outcome::put(entity, reply))
}

/// One that a method needs stays: without it the method's requests would no longer be checked.
fn remove(call: &Call<'_>) -> Result<Outcome> {
    let id = &find(call)?.id;
    let mut users = each_method(call);
    let user = users.find(|(_, method)| method.request_validator_id.as_ref() == Some(id));
    if let Some((resource, method)) = user {
        let (path, verb) = (&resource.path, method.http_method);
        return Err(ControlError::conflict(format!(
            "Cannot delete request validator '{id}', is referenced in method request: {path}/{verb}"
        )));
    }
    let key = EntityKey::RequestValidator(call.api_id(), id.as_str().into());
    Ok(Outcome::remove(key))
}

fn find<'a>(call: &Call<'a>) -> Result<&'a RequestValidator> {
    let id = call.label("requestvalidator_id");
    let api = call.find_api();
    let one = api.and_then(|_| call.state.request_validator(&call.api_id(), id));
    one.ok_or_else(|| ControlError::not_found(NO_VALIDATOR))
}

fn show(one: &RequestValidator) -> Value {
    let mut members = wire(one);
    if one.name.is_empty() {
        members.remove("name");
    }
    Value::Object(members)
}

fn set_name(one: &mut RequestValidator, target: &Target<'_>) -> Result<()> {
    if target.value().trim().is_empty() {
        return Err(ControlError::bad_request(NO_NAME));
    }
    target.value().clone_into(&mut one.name);
    Ok(())
}
