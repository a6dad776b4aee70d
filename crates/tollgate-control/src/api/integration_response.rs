//! Integration responses.

use serde_json::Value;
use tollgate_model::{Integration, IntegrationResponse, Method};

use super::integration::{self, CONTENT_HANDLING};
use super::method;
use super::method_response::settle;
use super::parameters::{check_content_types, check_response_parameters};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, put};
use crate::outcome::Outcome;
use crate::patch::{ALL, Edit, REPLACE, Row, Style, Table, Target, edit_map, row};
use crate::shape::{Member, Shape, TEXT_MAP, optional};
use crate::texts::{
    NO_CONTENT_TYPE, NO_INTEGRATION, NO_METHOD, NO_PARAMETER, NO_RESPONSE, mapping_error,
};
use crate::view::wire;

const ONE: &str = "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/\
                   responses/{status_code}";

pub(super) const OPERATIONS: &[Operation] = &[
    put("PutIntegrationResponse", ONE, MEMBERS, create),
    get("GetIntegrationResponse", ONE, read),
    patch("UpdateIntegrationResponse", ONE, update),
    delete("DeleteIntegrationResponse", ONE, remove).answering(204),
];

const MEMBERS: &[Member] = &[
    optional("selectionPattern", Shape::Text),
    optional("responseParameters", TEXT_MAP),
    optional("responseTemplates", TEXT_MAP),
    optional("contentHandling", CONTENT_HANDLING),
];

const TABLE: Table<IntegrationResponse> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<IntegrationResponse>] = &[
    row(
        "/contentHandling",
        REPLACE,
        Edit::With(set_content_handling),
    ),
    row("/selectionPattern", REPLACE, Edit::With(set_pattern)),
    row(
        "/responseParameters/{name}",
        ALL,
        Edit::Map(
            |one| one.response_parameters.get_or_insert_default(),
            NO_PARAMETER,
        ),
    ),
    row("/responseTemplates/{type}", ALL, Edit::With(edit_template)),
];

/// Whatever was there for the status goes (recorded).
fn create(call: &Call<'_>) -> Result<Outcome> {
    edit(call, |method| {
        let status = call.label("status_code");
        let input = call.input().clone();
        let mut one: IntegrationResponse = input.with("statusCode", status).read()?;
        for template in one
            .response_templates
            .iter_mut()
            .flat_map(|map| map.values_mut())
        {
            template.take_if(|text| text.is_empty());
        }
        check(&one)?;
        check_declared(&one, method)?;
        let reply = show(&one);
        let integration = integration_of(method)?;
        integration
            .integration_responses
            .insert(status.to_owned(), one);
        Ok(reply)
    })
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let (_, method) = method::find(call)?;
    let responses = &integration::find(method)?.integration_responses;
    let one = responses.get(call.label("status_code"));
    let one = one.ok_or_else(|| ControlError::not_found(NO_RESPONSE))?;
    Ok(Outcome::reply(show(one)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    edit(call, |method| {
        let before = find_mut(call, method)?.clone();
        let mut one = before.clone();
        TABLE.apply(call, &mut one)?;
        settle(&before.response_parameters, &mut one.response_parameters);
        settle(&before.response_templates, &mut one.response_templates);
        check(&one)?;
        if one.response_parameters != before.response_parameters {
            check_declared(&one, method)?;
        }
        let reply = show(&one);
        *find_mut(call, method)? = one;
        Ok(reply)
    })
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let outcome = edit(call, |method| {
        find_mut(call, method)?;
        let responses = &mut integration_of(method)?.integration_responses;
        responses.shift_remove(call.label("status_code"));
        Ok(Value::Null)
    });
    match outcome {
        // The service says so of a missing method too, here alone (recorded).
        Err(error) if error.message() == NO_METHOD => Err(ControlError::not_found(NO_INTEGRATION)),
        outcome => outcome.map(Outcome::unanswered),
    }
}

fn edit(call: &Call<'_>, change: impl FnOnce(&mut Method) -> Result<Value>) -> Result<Outcome> {
    method::edit(call, |_, method| {
        integration::find(method)?;
        change(method)
    })
}

fn integration_of(method: &mut Method) -> Result<&mut Integration> {
    let integration = method.method_integration.as_mut();
    integration.ok_or_else(|| ControlError::not_found(NO_INTEGRATION))
}

fn find_mut<'m>(call: &Call<'_>, method: &'m mut Method) -> Result<&'m mut IntegrationResponse> {
    let responses = &mut integration_of(method)?.integration_responses;
    let one = responses.get_mut(call.label("status_code"));
    one.ok_or_else(|| ControlError::not_found(NO_RESPONSE))
}

fn check(one: &IntegrationResponse) -> Result<()> {
    if let Some(parameters) = &one.response_parameters {
        check_response_parameters(parameters)?;
    }
    check_content_types(one.response_templates.iter().flat_map(|map| map.keys()))
}

/// That the method response of its status declares the parameters. Without any, none is needed
/// (recorded).
fn check_declared(one: &IntegrationResponse, method: &Method) -> Result<()> {
    let Some(parameters) = one
        .response_parameters
        .as_ref()
        .filter(|map| !map.is_empty())
    else {
        return Ok(());
    };
    let Some(response) = method.method_responses.get(&one.status_code) else {
        return Err(mapping_error("No method response exists for method."));
    };
    let declared = response.response_parameters.as_ref();
    for name in parameters.keys() {
        if !declared.is_some_and(|declared| declared.contains_key(name)) {
            return Err(mapping_error(&format!(
                "Invalid mapping expression parameter specified: {name}"
            )));
        }
    }
    Ok(())
}

fn show(one: &IntegrationResponse) -> Value {
    Value::Object(wire(one))
}

fn set_content_handling(one: &mut IntegrationResponse, target: &Target<'_>) -> Result<()> {
    one.content_handling = target.parsed()?;
    Ok(())
}

/// An empty pattern is one: it matches what is empty.
fn set_pattern(one: &mut IntegrationResponse, target: &Target<'_>) -> Result<()> {
    one.selection_pattern.clone_from(&target.operation.value);
    Ok(())
}

/// An empty template is none, and shown as such (recorded).
fn edit_template(one: &mut IntegrationResponse, target: &Target<'_>) -> Result<()> {
    let templates = one.response_templates.get_or_insert_default();
    edit_map(templates, target, target.some_value(), NO_CONTENT_TYPE)
}
