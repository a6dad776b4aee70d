//! Models.

use serde_json::{Value, json};
use tollgate_model::Model;
use tollgate_openapi::{
    ModelFault, check_model_name, check_model_schema, flatten_model, refers_to_model,
    sample_template,
};
use tollgate_store::{Entity, EntityKey};

use super::method::each_method;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, optional, required};
use crate::view::wire;

const ALL: &str = "/restapis/{restapi_id}/models";
const ONE: &str = "/restapis/{restapi_id}/models/{model_name}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateModel", ALL, MEMBERS, create),
    get("GetModels", ALL, list_all),
    get("GetModel", ONE, read).at_length(),
    patch("UpdateModel", ONE, update),
    delete("DeleteModel", ONE, remove),
    get(
        "GetModelTemplate",
        "/restapis/{restapi_id}/models/{model_name}/default_template",
        read_template,
    ),
];

const MEMBERS: &[Member] = &[
    required("name", Shape::Text),
    optional("description", Shape::Text),
    optional("schema", Shape::Text),
    required("contentType", Shape::Text),
];

const TABLE: Table<Model> = Table {
    style: Style::Strict,
    rows: ROWS,
};

const ROWS: &[Row<Model>] = &[
    row(
        "/description",
        REPLACE,
        Edit::Text(|model| &mut model.description),
    ),
    row("/schema", REPLACE, Edit::With(set_schema)),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let (api, input) = (call.api_id(), call.input());
    let name = input.text("name").unwrap_or_default();
    check_model_name(name)?;
    if call.state.model(&api, name).is_some() {
        return Err(ControlError::conflict(
            "Model name already exists for this REST API",
        ));
    }
    let schema = input.text("schema").unwrap_or_default();
    check_model_schema(schema, &api)?;
    let mut model = Model::new(name, schema);
    let ids = || call.state.models(&api).filter_map(|one| one.id.as_deref());
    model.id = Some(call.new_id(6, |id| ids().any(|known| known == id)));
    model.description = input.some_text("description");
    model.content_type = input.text("contentType").unwrap_or_default().to_owned();
    let reply = show(&model);
    Ok(Outcome::put(Entity::Model(api, model), reply))
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let api = call.api_id();
    let models = call.state.models(&api);
    list(
        call,
        models,
        |model| model.name.clone(),
        |model| show(model),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let mut model = find(call)?.clone();
    if call.is_asked("flatten") {
        let flat = flatten_model(&model, &all(call));
        model.schema = flat.map_err(|error| ControlError::bad_request(error.to_string()))?;
    }
    Ok(Outcome::reply(show(&model)))
}

fn read_template(call: &Call<'_>) -> Result<Outcome> {
    let value = sample_template(find(call)?, &all(call));
    Ok(Outcome::reply(json!({ "value": value })))
}

fn all(call: &Call<'_>) -> Vec<Model> {
    call.state.models(&call.api_id()).cloned().collect()
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut model = find(call)?.clone();
    TABLE.apply(call, &mut model)?;
    let reply = show(&model);
    Ok(Outcome::put(Entity::Model(call.api_id(), model), reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let name = &find(call)?.name;
    let mut users = each_method(call);
    let user = users.find(|(_, method)| method.request_models.values().any(|one| one == name));
    if let Some((resource, method)) = user {
        let (path, verb) = (&resource.path, method.http_method);
        return Err(ControlError::conflict(format!(
            "Cannot delete model '{name}', is referenced in method request: {path}/{verb}"
        )));
    }
    // These two are in words of ours.
    if let Some(place) = response_with(call, name) {
        return Err(ControlError::conflict(format!(
            "Cannot delete model '{name}', is referenced in method response: {place}"
        )));
    }
    let api = call.api_id();
    let mut others = call.state.models(&api).filter(|one| one.name != *name);
    if let Some(other) = others.find(|other| refers_to_model(other, name)) {
        return Err(ControlError::conflict(format!(
            "Cannot delete model '{name}', is referenced in model: {}",
            other.name
        )));
    }
    let key = EntityKey::Model(api.clone(), name.as_str().into());
    Ok(Outcome::remove(key))
}

/// The first method response with a model of this name: path, verb and status.
fn response_with(call: &Call<'_>, name: &str) -> Option<String> {
    each_method(call).find_map(|(resource, method)| {
        let mut responses = method.method_responses.values();
        let response = responses.find(|response| {
            let models = response.response_models.as_ref();
            models.is_some_and(|models| models.values().any(|one| one == name))
        })?;
        let (path, verb, status) = (&resource.path, method.http_method, &response.status_code);
        Some(format!("{path}/{verb}/{status}"))
    })
}

/// The model that the path names; the service says the same where the API is not there (recorded).
fn find<'a>(call: &Call<'a>) -> Result<&'a Model> {
    let name = call.label("model_name");
    let model = call
        .find_api()
        .and_then(|_| call.state.model(&call.api_id(), name));
    model.ok_or_else(|| ControlError::not_found(format!("Invalid model name specified: {name}")))
}

fn show(model: &Model) -> Value {
    Value::Object(wire(model))
}

fn set_schema(model: &mut Model, target: &Target<'_>) -> Result<()> {
    check_model_schema(target.value(), &target.call.api_id())?;
    target.value().clone_into(&mut model.schema);
    Ok(())
}

impl From<ModelFault> for ControlError {
    fn from(fault: ModelFault) -> Self {
        Self::bad_request(fault.to_string())
    }
}
