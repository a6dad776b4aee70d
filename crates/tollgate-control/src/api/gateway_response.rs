//! Gateway responses.

use serde_json::{Value, json};
use tollgate_core::GatewayResponseType;
use tollgate_model::GatewayResponse;
use tollgate_store::{Entity, EntityKey};

use super::parameters::{check_content_types, check_gateway_parameters};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, put};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{ALL as ALL_OPS, ANY, Edit, Op, Row, Style, Table, Target, edit_map, row};
use crate::shape::{Member, TEXT_MAP, optional};
use crate::texts::{NO_CONTENT_TYPE, NO_PARAMETER, STATUS, is_status};
use crate::view::{fill, wire};

const ALL: &str = "/restapis/{restapi_id}/gatewayresponses";
const ONE: &str = "/restapis/{restapi_id}/gatewayresponses/{response_type}";

pub(super) const OPERATIONS: &[Operation] = &[
    put("PutGatewayResponse", ONE, MEMBERS, create),
    get("GetGatewayResponses", ALL, list_all),
    get("GetGatewayResponse", ONE, read),
    patch("UpdateGatewayResponse", ONE, update),
    delete("DeleteGatewayResponse", ONE, remove),
];

const MEMBERS: &[Member] = &[
    optional("statusCode", STATUS),
    optional("responseParameters", TEXT_MAP),
    optional("responseTemplates", TEXT_MAP),
];

const TABLE: Table<GatewayResponse> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<GatewayResponse>] = &[
    row("/statusCode", ANY, Edit::With(set_status)),
    row(
        "/responseParameters/{name}",
        ALL_OPS,
        Edit::With(edit_parameter),
    ),
    row(
        "/responseTemplates/{type}",
        ALL_OPS,
        Edit::With(edit_template),
    ),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let input = call.input();
    let mut one = GatewayResponse::new(response_type(call)?);
    one.status_code = input.some_text("statusCode");
    one.response_parameters = input.map("responseParameters");
    one.response_templates = input.map("responseTemplates");
    check(&one)?;
    let reply = show(&whole(one.clone()), false);
    Ok(Outcome::put(
        Entity::GatewayResponse(call.api_id(), one),
        reply,
    ))
}

fn check(one: &GatewayResponse) -> Result<()> {
    check_gateway_parameters(&one.response_parameters)?;
    check_content_types(one.response_templates.keys())
}

/// All types, also those of which the API has no idea of its own (recorded).
fn list_all(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let mut types = GatewayResponseType::ALL;
    types.sort_unstable_by_key(|one| one.as_str());
    list(
        call,
        types.into_iter(),
        |one| one.as_str().to_owned(),
        |one| shown(call, *one),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    Ok(Outcome::reply(shown(call, response_type(call)?)))
}

/// One that is not the API's own becomes so, beginning with what its type has by default (recorded).
fn update(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let (api, of) = (call.api_id(), response_type(call)?);
    let own = call.state.gateway_response(&api, of).cloned();
    let mut one = whole(own.unwrap_or_else(|| GatewayResponse::new(of)));
    TABLE.apply(call, &mut one)?;
    check(&one)?;
    let reply = show(&whole(one.clone()), false);
    Ok(Outcome::put(Entity::GatewayResponse(api, one), reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let (api, of) = (call.api_id(), response_type(call)?);
    if call.state.gateway_response(&api, of).is_none() {
        return Err(ControlError::not_found(
            "Gateway response type not defined on api",
        ));
    }
    Ok(Outcome::remove(EntityKey::GatewayResponse(api, of)))
}

/// The type that the path names, which was held against its shape.
fn response_type(call: &Call<'_>) -> Result<GatewayResponseType> {
    let name = call.label("response_type").parse();
    name.map_err(|error| ControlError::bad_request(format!("{error}")))
}

/// What a type answers: the API's own idea, that of the default of its class, or the service's.
fn shown(call: &Call<'_>, of: GatewayResponseType) -> Value {
    let api = call.api_id();
    if let Some(own) = call.state.gateway_response(&api, of) {
        return show(&whole(own.clone()), false);
    }
    let default = of.fallback();
    let default = default.and_then(|default| call.state.gateway_response(&api, default));
    let mut one = default.map_or_else(|| GatewayResponse::new(of), Clone::clone);
    one.response_type = of;
    show(&whole(one), true)
}

/// With what the type has where nothing was said.
fn whole(mut one: GatewayResponse) -> GatewayResponse {
    let of = one.response_type;
    let is_default = matches!(
        of,
        GatewayResponseType::Default4xx | GatewayResponseType::Default5xx
    );
    if !is_default {
        let status = || of.default_status().as_str().to_owned();
        one.status_code.get_or_insert_with(status);
    }
    if one.response_templates.is_empty() {
        let template = GatewayResponseType::DEFAULT_TEMPLATE.to_owned();
        let json = "application/json".to_owned();
        one.response_templates.insert(json, template);
    }
    one
}

fn show(one: &GatewayResponse, is_default: bool) -> Value {
    let mut members = wire(one);
    fill(&mut members, "responseParameters", json!({}));
    fill(&mut members, "responseTemplates", json!({}));
    members.insert("defaultResponse".to_owned(), is_default.into());
    Value::Object(members)
}

fn set_status(one: &mut GatewayResponse, target: &Target<'_>) -> Result<()> {
    if target.op() != Op::Replace {
        // As of a path that is not known (recorded).
        let message = format!("Invalid patch path {}", target.path());
        return Err(ControlError::bad_request(message));
    }
    if !is_status(target.value()) {
        let value = target.value();
        return Err(ControlError::bad_request(format!(
            "statusCode {value:?}: expected three digits, of which the first is 1 to 5"
        )));
    }
    one.status_code = Some(target.value().to_owned());
    Ok(())
}

fn edit_parameter(one: &mut GatewayResponse, target: &Target<'_>) -> Result<()> {
    let value = some(target, "responseParameters")?;
    edit_map(&mut one.response_parameters, target, value, NO_PARAMETER)
}

fn edit_template(one: &mut GatewayResponse, target: &Target<'_>) -> Result<()> {
    let value = some(target, "responseTemplates")?;
    edit_map(&mut one.response_templates, target, value, NO_CONTENT_TYPE)
}

/// The value, which must be there unless something goes (recorded for templates).
fn some(target: &Target<'_>, map: &str) -> Result<String> {
    if target.op() != Op::Remove && target.value().is_empty() {
        return Err(ControlError::bad_request(format!(
            "Invalid null or empty value in {map}"
        )));
    }
    Ok(target.value().to_owned())
}
