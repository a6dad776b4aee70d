//! REST APIs.

mod clone_from;
mod edit;
mod policy;

use serde_json::{Map, Value, json};
use tollgate_core::{ApiId, ResourceId};
use tollgate_deploy::check_tags;
use tollgate_model::{ApiDocument, EndpointType, Model, Resource, RestApi};
use tollgate_store::{Change, Entity, EntityKey};

use self::clone_from::cloned;
use self::edit::TABLE;
pub(super) use self::edit::endpoint_type;
use self::policy::escaped;
pub(super) use self::policy::stored;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::input::Input;
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::shape::{Member, Shape, TEXT_MAP, TEXTS, optional, required};

use crate::texts::INVALID_COMPRESSION;
use crate::view::{Shown, fill, show_tags, wire};

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateRestApi", "/restapis", MEMBERS, create),
    get("GetRestApis", "/restapis", list_all),
    get("GetRestApi", "/restapis/{restapi_id}", read),
    patch("UpdateRestApi", "/restapis/{restapi_id}", update),
    delete("DeleteRestApi", "/restapis/{restapi_id}", remove),
];

/// Endpoint types, in the order in which the service tells them.
pub(super) const ENDPOINT_TYPES: Shape =
    Shape::List(&Shape::OneOf(&["PRIVATE", "EDGE", "REGIONAL"]));

pub(super) const ENDPOINT_CONFIGURATION: Shape = Shape::Object(&[
    optional("types", ENDPOINT_TYPES),
    optional("ipAddressType", Shape::OneOf(&["ipv4", "dualstack"])),
    optional("vpcEndpointIds", TEXTS),
]);

const MEMBERS: &[Member] = &[
    required("name", Shape::Text),
    optional("description", Shape::Text),
    optional("version", Shape::Text),
    optional("cloneFrom", Shape::Text),
    optional("binaryMediaTypes", TEXTS),
    optional("minimumCompressionSize", Shape::Integer),
    optional("apiKeySource", Shape::OneOf(&["HEADER", "AUTHORIZER"])),
    optional("endpointConfiguration", ENDPOINT_CONFIGURATION),
    optional("policy", Shape::Text),
    optional("tags", TEXT_MAP),
    optional("disableExecuteApiEndpoint", Shape::Flag),
    optional("securityPolicy", Shape::Text),
    optional("endpointAccessMode", Shape::OneOf(&["BASIC", "STRICT"])),
];

/// Characters that a name may have, and a description (decisions).
const MAX_NAME_CHARACTERS: usize = 1_024;
const MAX_DESCRIPTION_CHARACTERS: usize = 8_192;

/// Binary media types that an API may have (a decision).
const MAX_BINARY_MEDIA_TYPES: usize = 1_000;

/// The largest size from which answers are compressed, in bytes.
const MAX_COMPRESSION_SIZE: u32 = 10 << 20;

fn create(call: &Call<'_>) -> Result<Outcome> {
    let input = call.input();
    let id = ApiId::new(call.new_id(10, |id| call.state.api(&ApiId::new(id)).is_some()));
    let mut document = match input.text("cloneFrom") {
        None => with_default_models(call),
        Some(other) => cloned(call, other, &id)?,
    };
    let api = &mut document.rest_api;
    api.id = Some(id);
    api.home = Some(call.home.clone());
    api.created_date = Some(call.now);
    read_into(api, input)?;
    if let Some(policy) = input.text("policy") {
        api.policy = stored(call, api, policy)?;
    }
    check(api)?;
    if document.resources.is_empty() {
        let root = ResourceId::new(call.new_id(10, |_| false));
        document.rest_api.root_resource_id = Some(root.clone());
        document.resources.push(Resource::root(root));
    }
    let reply = show(&document.rest_api, Shown::Created);
    Ok(Outcome::changing(
        call.state.replace_draft(&document),
        reply,
    ))
}

/// An API that was made by hand has two models (recorded).
fn with_default_models(call: &Call<'_>) -> ApiDocument {
    let mut document = ApiDocument::default();
    let mut add = |name: &str, description: &str, schema: &Value| {
        let schema = serde_json::to_string_pretty(schema).unwrap_or_default();
        let mut model = Model::new(name, schema);
        model.id = Some(call.new_id(6, |_| false));
        model.description = Some(description.to_owned());
        document.models.push(model);
    };
    let draft = "http://json-schema.org/draft-04/schema#";
    add(
        "Empty",
        "This is a default empty schema model",
        &json!({ "$schema": draft, "title": "Empty Schema", "type": "object" }),
    );
    add(
        "Error",
        "This is a default error schema model",
        &json!({
            "$schema": draft,
            "title": "Error Schema",
            "type": "object",
            "properties": { "message": { "type": "string" } },
        }),
    );
    document
}

fn read_into(api: &mut RestApi, input: &Input) -> Result<()> {
    api.name = input.text("name").unwrap_or_default().to_owned();
    if input.text("description") == Some("") {
        return Err(ControlError::bad_request(
            "Description cannot be an empty string",
        ));
    }
    if let Some(description) = input.some_text("description") {
        api.description = Some(description);
    }
    if let Some(version) = input.some_text("version") {
        api.version = Some(version);
    }
    if input.has("binaryMediaTypes") {
        api.binary_media_types = input.texts("binaryMediaTypes");
    }
    if let Some(size) = input.integer("minimumCompressionSize") {
        let size =
            u32::try_from(size).map_err(|_| ControlError::bad_request(INVALID_COMPRESSION))?;
        api.minimum_compression_size = Some(size);
    }
    if let Some(source) = input.read_member("apiKeySource")? {
        api.api_key_source = source;
    }
    if input.has("endpointConfiguration") {
        api.endpoint_configuration = input.read_member("endpointConfiguration")?;
        let types = input.object("endpointConfiguration");
        let types = types.filter(|configuration| configuration.has("types"));
        let is_none = types.is_some_and(|configuration| configuration.texts("types").is_empty());
        if is_none {
            return Err(ControlError::bad_request(NO_ENDPOINT));
        }
    }
    if input.has("tags") {
        api.tags = input.map("tags");
        check_tags(&api.tags)?;
    }
    if let Some(disabled) = input.flag("disableExecuteApiEndpoint") {
        api.disable_execute_api_endpoint = disabled;
    }
    if let Some(policy) = input.some_text("securityPolicy") {
        api.security_policy = Some(policy);
    }
    if let Some(mode) = input.read_member("endpointAccessMode")? {
        api.endpoint_access_mode = Some(mode);
    }
    Ok(())
}

/// More endpoints than one.
pub(super) const MANY_ENDPOINTS: &str = "Cannot create an api with multiple Endpoint Types.";
/// No type of endpoints.
const NO_ENDPOINT: &str = "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.";

/// What must be so of any API, in the service's words where they are recorded.
fn check(api: &RestApi) -> Result<()> {
    if api.name.is_empty() {
        return Err(ControlError::bad_request("API Name Cannot be blank"));
    }
    for (what, text, most) in [
        ("name", Some(&api.name), MAX_NAME_CHARACTERS),
        (
            "description",
            api.description.as_ref(),
            MAX_DESCRIPTION_CHARACTERS,
        ),
        ("version", api.version.as_ref(), MAX_NAME_CHARACTERS),
        (
            "securityPolicy",
            api.security_policy.as_ref(),
            MAX_NAME_CHARACTERS,
        ),
    ] {
        let characters = text.map_or(0, |text| text.chars().count());
        if characters > most {
            return Err(ControlError::bad_request(format!(
                "{what}: {characters} characters, of {most} that it may have"
            )));
        }
    }
    let types = api.binary_media_types.len();
    if types > MAX_BINARY_MEDIA_TYPES {
        return Err(ControlError::bad_request(format!(
            "{types} binary media types, of {MAX_BINARY_MEDIA_TYPES} that an API may have"
        )));
    }
    if api
        .minimum_compression_size
        .is_some_and(|size| size > MAX_COMPRESSION_SIZE)
    {
        return Err(ControlError::bad_request(INVALID_COMPRESSION));
    }
    let Some(endpoint) = &api.endpoint_configuration else {
        return Ok(());
    };
    if endpoint.types.len() > 1 {
        return Err(ControlError::bad_request(MANY_ENDPOINTS));
    }
    let is_private = endpoint.types.contains(&EndpointType::Private);
    if is_private && endpoint.ip_address_type.as_deref() == Some("ipv4") {
        return Err(ControlError::bad_request(
            "Only dualstack ipAddressType is supported for Private APIs.",
        ));
    }
    if !is_private && !endpoint.vpc_endpoint_ids.is_empty() {
        return Err(ControlError::bad_request(
            "vpcEndpointIds: expected none but for a PRIVATE endpoint",
        ));
    }
    Ok(())
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let here = call
        .state
        .apis()
        .filter(|api| call.is_here(api.home.as_ref()));
    list(
        call,
        here,
        |api| id_of(api).to_owned(),
        |api| show(api, Shown::Listed),
    )
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(call.api()?, Shown::Alone)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut api = call.api()?.clone();
    TABLE.apply(call, &mut api)?;
    let types = api.endpoint_configuration.as_ref();
    if types.is_some_and(|configuration| configuration.types.is_empty()) {
        return Err(ControlError::bad_request(NO_ENDPOINT));
    }
    check(&api)?;
    let reply = show(&api, Shown::Alone);
    Ok(Outcome::put(Entity::RestApi(api), reply))
}

/// What names the API goes with it.
fn remove(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let mut changes = super::naming::forget(call, &call.api_id(), None);
    changes.push(Change::Remove(EntityKey::RestApi(call.api_id())));
    Ok(Outcome::silent(changes))
}

fn id_of(api: &RestApi) -> &str {
    api.id.as_ref().map_or("", ApiId::as_str)
}

/// An API, as answers show it.
pub(super) fn show(api: &RestApi, shown: Shown) -> Value {
    let mut members = wire(api);
    // These are ours alone.
    members.remove("home");
    members.remove("corsConfiguration");
    if let Some(policy) = &api.policy {
        members.insert("policy".to_owned(), escaped(policy).into());
    }
    let endpoint = members
        .entry("endpointConfiguration")
        .or_insert_with(|| json!({}));
    if let Value::Object(endpoint) = endpoint {
        fill_endpoint(endpoint);
    }
    show_tags(&mut members, &api.tags, shown);
    Value::Object(members)
}

/// What an endpoint has that was not said.
pub(super) fn fill_endpoint(endpoint: &mut Map<String, Value>) {
    fill(endpoint, "types", json!(["EDGE"]));
    let is_private = endpoint["types"] == json!(["PRIVATE"]);
    fill(
        endpoint,
        "ipAddressType",
        if is_private { "dualstack" } else { "ipv4" },
    );
}
