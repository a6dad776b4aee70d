//! Methods.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Value;
use tollgate_core::ResourceId;
use tollgate_model::{AuthorizationType, HttpMethod, Method, Resource};
use tollgate_store::{Change, Entity};

use super::integration;
use super::parameters::check_parameter_name;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, put};
use crate::outcome::Outcome;
use crate::patch::{ADD_REMOVE, ALL, Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{FLAG_MAP, Member, Shape, TEXT_MAP, TEXTS, optional, required};
use crate::texts::{NO_CONTENT_TYPE, NO_METHOD, NO_PARAMETER, NO_VALIDATOR, invalid_mapping};
use crate::view::wire;

const ONE: &str = "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}";

pub(super) const OPERATIONS: &[Operation] = &[
    put("PutMethod", ONE, MEMBERS, create),
    get("GetMethod", ONE, read),
    patch("UpdateMethod", ONE, update),
    delete("DeleteMethod", ONE, remove).answering(204),
];

const MEMBERS: &[Member] = &[
    required("authorizationType", Shape::Text),
    optional("authorizerId", Shape::Text),
    optional("apiKeyRequired", Shape::Flag),
    optional("operationName", Shape::Text),
    optional("requestParameters", FLAG_MAP),
    optional("requestModels", TEXT_MAP),
    optional("requestValidatorId", Shape::Text),
    optional("authorizationScopes", TEXTS),
];

const TABLE: Table<Method> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<Method>] = &[
    row(
        "/authorizationType",
        REPLACE,
        Edit::With(set_authorization_type),
    ),
    row("/authorizerId", REPLACE, Edit::With(set_authorizer)),
    row(
        "/apiKeyRequired",
        REPLACE,
        Edit::Flag(|method| &mut method.api_key_required),
    ),
    row(
        "/operationName",
        REPLACE,
        Edit::Text(|method| &mut method.operation_name),
    ),
    row(
        "/requestValidatorId",
        REPLACE,
        Edit::Text(|method| &mut method.request_validator_id),
    ),
    row(
        "/authorizationScopes",
        ADD_REMOVE,
        Edit::Texts(|method| &mut method.authorization_scopes),
    ),
    row(
        "/requestParameters/{name}",
        ALL,
        Edit::Flags(|method| &mut method.request_parameters, NO_PARAMETER),
    ),
    row(
        "/requestModels/{type}",
        ALL,
        Edit::Map(|method| &mut method.request_models, NO_CONTENT_TYPE),
    ),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    let mut resource = call.resource()?.clone();
    let verb = verb(call.label("http_method")).ok_or_else(|| {
        ControlError::bad_request(
            "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
        )
    })?;
    if resource.resource_methods.contains_key(&verb) {
        return Err(ControlError::conflict(
            "Method already exists for this resource",
        ));
    }
    let input = call.input();
    let mut method = Method::new(verb);
    let kind = input.text("authorizationType").unwrap_or_default();
    method.authorization_type = authorization_type(kind)?;
    method.authorizer_id = input.some_text("authorizerId");
    method.api_key_required = input.flag("apiKeyRequired").unwrap_or_default();
    method.operation_name = input.some_text("operationName");
    method.request_parameters = input.read_member("requestParameters")?.unwrap_or_default();
    method.request_models = input.map("requestModels");
    method.request_validator_id = input.some_text("requestValidatorId");
    method.authorization_scopes = input.texts("authorizationScopes");
    check(call, &mut method)?;
    let reply = show(&method, &resource.id);
    resource.resource_methods.insert(verb, method);
    Ok(Outcome::put(
        Entity::Resource(call.api_id(), resource),
        reply,
    ))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let (resource, method) = find(call)?;
    Ok(Outcome::reply(show(method, &resource.id)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    edit(call, |resource, method| {
        TABLE.apply(call, method)?;
        check(call, method)?;
        Ok(show(method, resource))
    })
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let (resource, method) = find(call)?;
    let (mut resource, verb) = (resource.clone(), method.http_method);
    resource.resource_methods.shift_remove(&verb);
    Ok(Outcome::silent(vec![Change::Put(Entity::Resource(
        call.api_id(),
        resource,
    ))]))
}

/// The method that the path names, and its resource.
///
/// # Errors
///
/// 404.
pub(super) fn find<'a>(call: &Call<'a>) -> Result<(&'a Resource, &'a Method)> {
    let resource = call.resource()?;
    let verb = verb(call.label("http_method"));
    let method = verb.and_then(|verb| resource.resource_methods.get(&verb));
    let method = method.ok_or_else(|| ControlError::not_found(NO_METHOD))?;
    Ok((resource, method))
}

/// Writes the method that the path names as `change` leaves it, and answers what that says.
///
/// # Errors
///
/// 404, and those of `change`.
pub(super) fn edit(
    call: &Call<'_>,
    change: impl FnOnce(&ResourceId, &mut Method) -> Result<Value>,
) -> Result<Outcome> {
    let (found, method) = find(call)?;
    let (mut resource, verb) = (found.clone(), method.http_method);
    let method = resource.resource_methods.get_mut(&verb);
    let method = method.ok_or_else(|| ControlError::not_found(NO_METHOD))?;
    let reply = change(&found.id, method)?;
    Ok(Outcome::put(
        Entity::Resource(call.api_id(), resource),
        reply,
    ))
}

/// All methods of the API that the path names, with their resources, by path.
pub(super) fn each_method<'a>(call: &Call<'a>) -> impl Iterator<Item = (&'a Resource, &'a Method)> {
    let resources: Vec<_> = call.state.resources(&call.api_id()).collect();
    let methods = |one: &'a Resource| {
        one.resource_methods
            .values()
            .map(move |method| (one, method))
    };
    resources.into_iter().flat_map(methods)
}

pub(super) fn verb(name: &str) -> Option<HttpMethod> {
    HttpMethod::ALL
        .iter()
        .copied()
        .find(|verb| verb.as_str() == name)
}

fn authorization_type(name: &str) -> Result<AuthorizationType> {
    let mut all = AuthorizationType::ALL.iter().copied();
    let found = all.find(|kind| kind.as_str() == name);
    found.ok_or_else(|| {
        ControlError::bad_request(
            "Invalid authorization type specified. Valid options are NONE, AWS_IAM, CUSTOM, \
             COGNITO_USER_POOLS, JWT",
        )
    })
}

/// What must be so of any method, in the service's words.
fn check(call: &Call<'_>, method: &mut Method) -> Result<()> {
    if method.authorization_type.has_authorizer() {
        let id = method.authorizer_id.as_deref().unwrap_or_default();
        if call.state.authorizer(&call.api_id(), id).is_none() {
            return Err(ControlError::bad_request(match method.authorization_type {
                AuthorizationType::Jwt => {
                    "Invalid authorizer ID specified. Setting the authorization type to JWT requires \
                     a valid authorizer."
                }
                _ => {
                    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
                     COGNITO_USER_POOLS requires a valid authorizer."
                }
            }));
        }
    } else {
        // Without one of these types it is ignored (recorded).
        method.authorizer_id = None;
    }
    check_parameters(&method.request_parameters)?;
    check_models(call, method.request_models.values())?;
    let validator = method.request_validator_id.as_deref();
    let is_unknown = |id: &str| call.state.request_validator(&call.api_id(), id).is_none();
    if validator.is_some_and(is_unknown) {
        return Err(ControlError::bad_request(NO_VALIDATOR));
    }
    Ok(())
}

fn check_parameters(parameters: &IndexMap<String, bool>) -> Result<()> {
    let mut names = HashSet::new();
    for (key, is_required) in parameters {
        let place = key
            .strip_prefix("method.request.")
            .and_then(|rest| rest.split_once('.'));
        let name = match place {
            Some(("querystring" | "path" | "header", name)) if !name.is_empty() => name,
            _ => return Err(invalid_mapping(&is_required.to_string())),
        };
        check_parameter_name(key)?;
        if !names.insert(name) {
            return Err(ControlError::bad_request(
                "Parameter names must be unique across querystring, header and path",
            ));
        }
    }
    Ok(())
}

/// That models are there.
///
/// # Errors
///
/// 400 in the service's words.
pub(super) fn check_models<'m>(
    call: &Call<'_>,
    names: impl IntoIterator<Item = &'m String>,
) -> Result<()> {
    let api = call.api_id();
    for name in names {
        if call.state.model(&api, name).is_none() {
            return Err(ControlError::bad_request(format!(
                "Invalid model identifier specified: {name}"
            )));
        }
    }
    Ok(())
}

fn set_authorization_type(method: &mut Method, target: &Target<'_>) -> Result<()> {
    method.authorization_type = authorization_type(target.value())?;
    Ok(())
}

fn set_authorizer(method: &mut Method, target: &Target<'_>) -> Result<()> {
    method.authorizer_id = target.some_value();
    Ok(())
}

/// A method of this resource, as answers show it.
pub(super) fn show(method: &Method, resource: &ResourceId) -> Value {
    let mut members = wire(method);
    if let Some(one) = &method.method_integration {
        members.insert(
            "methodIntegration".to_owned(),
            integration::show(one, resource),
        );
    }
    Value::Object(members)
}
