//! REST APIs.

use serde_json::{Map, Value, json};
use tollgate_core::{ApiId, ResourceId};
use tollgate_model::{
    ApiDocument, EndpointAccessMode, EndpointConfiguration, EndpointType, Model, Resource, RestApi,
};
use tollgate_store::{Change, Entity, EntityKey};

use super::clone_from::cloned;
use super::rest_api_policy::{escaped, stored};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::input::Input;
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{ADD_REMOVE, ALL, ANY, Edit, Op, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, TEXT_MAP, TEXTS, optional, required};
use crate::tags::check_tags;
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

const TABLE: Table<RestApi> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<RestApi>] = &[
    row("/name", REPLACE, Edit::With(set_name)),
    row("/description", ALL, Edit::Text(|api| &mut api.description)),
    row(
        "/binaryMediaTypes/{type}",
        ALL,
        Edit::With(edit_binary_media_type),
    ),
    row(
        "/minimumCompressionSize",
        REPLACE,
        Edit::With(set_compression),
    ),
    row("/apiKeySource", REPLACE, Edit::With(set_key_source)),
    row(
        "/disableExecuteApiEndpoint",
        REPLACE,
        Edit::Flag(|api| &mut api.disable_execute_api_endpoint),
    ),
    row("/policy", REPLACE, Edit::With(set_policy)),
    row(
        "/securityPolicy",
        REPLACE,
        Edit::Text(|api| &mut api.security_policy),
    ),
    row("/endpointAccessMode", REPLACE, Edit::With(set_access_mode)),
    row(
        "/endpointConfiguration/ipAddressType",
        REPLACE,
        Edit::With(set_ip_address_type),
    ),
    row(
        "/endpointConfiguration/types/{type}",
        ANY,
        Edit::With(edit_endpoint_type),
    ),
    row(
        "/endpointConfiguration/vpcEndpointIds",
        ADD_REMOVE,
        Edit::Texts(|api| &mut endpoint(api).vpc_endpoint_ids),
    ),
];

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
const UNKNOWN_ENDPOINT: &str =
    "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE";
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

/// The type of endpoints of this name.
///
/// # Errors
///
/// 400.
pub(super) fn endpoint_type(name: &str) -> Result<EndpointType> {
    let mut all = EndpointType::ALL.iter().copied();
    let found = all.find(|known| known.as_str() == name);
    found.ok_or_else(|| ControlError::bad_request(UNKNOWN_ENDPOINT))
}

/// The endpoint of an API; where nothing was said of it, what it is then.
fn endpoint(api: &mut RestApi) -> &mut EndpointConfiguration {
    let endpoint = api.endpoint_configuration.get_or_insert_default();
    if endpoint.types.is_empty() {
        endpoint.types.push(EndpointType::Edge);
    }
    endpoint
}

fn set_name(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.name = target.value().to_owned();
    Ok(())
}

/// `add` ignores its value; `replace` puts the new type to the end (recorded).
fn edit_binary_media_type(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    let types = &mut api.binary_media_types;
    match target.op() {
        Op::Add => {
            if !types.iter().any(|known| known == target.name()) {
                types.push(target.name().to_owned());
            }
        }
        op => {
            types.retain(|known| known != target.name());
            if op == Op::Replace {
                types.push(target.value().to_owned());
            }
        }
    }
    Ok(())
}

fn set_compression(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.minimum_compression_size = match target.value() {
        "" => None,
        value => {
            let size = value.parse();
            Some(size.map_err(|_| ControlError::bad_request(INVALID_COMPRESSION))?)
        }
    };
    Ok(())
}

fn set_key_source(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    let source = target.value().parse();
    let source = source.map_err(|error| ControlError::bad_request(format!("{error}")))?;
    api.api_key_source = source;
    Ok(())
}

fn set_policy(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.policy = stored(target.call, api, target.value())?;
    Ok(())
}

fn set_access_mode(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    api.endpoint_access_mode = match target.value() {
        "" => None,
        value => {
            let mode: std::result::Result<EndpointAccessMode, _> = value.parse();
            Some(mode.map_err(|error| ControlError::bad_request(format!("{error}")))?)
        }
    };
    Ok(())
}

fn set_ip_address_type(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    if !matches!(target.value(), "ipv4" | "dualstack") {
        return Err(ControlError::bad_request(
            "ipAddressType must be either ipv4 or dualstack.",
        ));
    }
    endpoint(api).ip_address_type = Some(target.value().to_owned());
    Ok(())
}

fn edit_endpoint_type(api: &mut RestApi, target: &Target<'_>) -> Result<()> {
    let types = &mut endpoint(api).types;
    // The path names what is there by its place or by itself.
    let named = endpoint_type(target.name()).ok();
    let named = named.or_else(|| types.get(target.name().parse::<usize>().ok()?).copied());
    let invalid = || ControlError::bad_request(UNKNOWN_ENDPOINT);
    match target.op() {
        Op::Add => types.push(endpoint_type(target.value()).or_else(|error| named.ok_or(error))?),
        Op::Remove => {
            let named = named.ok_or_else(invalid)?;
            types.retain(|known| *known != named);
        }
        Op::Replace => {
            let wanted = endpoint_type(target.value())?;
            types.retain(|known| Some(*known) != named);
            types.push(wanted);
            if let Some(endpoint) = &mut api.endpoint_configuration {
                endpoint.ip_address_type = None;
            }
        }
        Op::Copy | Op::Move | Op::Test => {
            return Err(ControlError::bad_request(
                "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
            ));
        }
    }
    Ok(())
}
