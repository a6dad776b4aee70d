//! API keys.

use serde_json::Value;
use tollgate_deploy::check_tags;
use tollgate_model::ApiKey;
use tollgate_store::{Entity, EntityKey};
use tollgate_throttle::{self as throttle, KEY_VALUE_CHARACTERS, MOST_NAME_CHARACTERS};

use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, row};
use crate::secret::secret;
use crate::shape::{Member, Shape, TEXT_MAP, optional};

use crate::texts::NO_API_KEY;
use crate::view::{Shown, show_tags, wire};

const ALL: &str = "/apikeys";
const ONE: &str = "/apikeys/{api_Key}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateApiKey", ALL, MEMBERS, create),
    get("GetApiKeys", ALL, list_all),
    get("GetApiKey", ONE, read),
    patch("UpdateApiKey", ONE, update),
    delete("DeleteApiKey", ONE, remove),
];

/// `generateDistinctId` is taken and changes nothing: ids are other than values always.
const MEMBERS: &[Member] = &[
    optional("name", Shape::Text),
    optional("description", Shape::Text),
    optional("enabled", Shape::Flag),
    optional("generateDistinctId", Shape::Flag),
    optional("value", Shape::Text),
    optional(
        "stageKeys",
        Shape::List(&Shape::Object(&[
            optional("restApiId", Shape::Text),
            optional("stageName", Shape::Text),
        ])),
    ),
    optional("customerId", Shape::Text),
    optional("tags", TEXT_MAP),
];

/// Letters and digits of a value that the client did not choose.
const GENERATED_VALUE_LENGTH: usize = 40;

/// Characters that a description may have (a decision: the service's limit is not known).
const MAX_DESCRIPTION_CHARACTERS: usize = 1_024;

/// In the order in which the service tells the paths.
const TABLE: Table<ApiKey> = Table {
    style: Style::Strict,
    rows: ROWS,
};

const ROWS: &[Row<ApiKey>] = &[
    row(
        "/description",
        REPLACE,
        Edit::Text(|key| &mut key.description),
    ),
    row("/enabled", REPLACE, Edit::Flag(|key| &mut key.enabled)),
    row("/name", REPLACE, Edit::Text(|key| &mut key.name)),
    row(
        "/customerId",
        REPLACE,
        Edit::Text(|key| &mut key.customer_id),
    ),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    let input = call.input();
    let mut key = new(call, |id| call.state.api_key(id).is_some());
    key.name = input.some_text("name");
    key.description = input.some_text("description");
    key.customer_id = input.some_text("customerId");
    key.enabled = input.flag("enabled").unwrap_or_default();
    let value = input.some_text("value");
    let value = value.unwrap_or_else(|| secret(call.random, GENERATED_VALUE_LENGTH));
    check_value(&value)?;
    // Requests show values alone, so that one is one key's, in all accounts and regions.
    let mut keys = call.state.api_keys();
    if keys.any(|known| known.value.as_ref() == Some(&value)) {
        return Err(already_exists());
    }
    key.value = Some(value);
    let stages = input.objects("stageKeys");
    let stage_key = |stage: &crate::input::Input| {
        let text = |name| stage.text(name).unwrap_or_default();
        format!("{}/{}", text("restApiId"), text("stageName"))
    };
    key.stage_keys = stages.iter().map(stage_key).collect();
    key.tags = input.map("tags");
    check_tags(&key.tags)?;
    check(&key)?;
    let reply = show(&key, Shown::Created, true);
    Ok(Outcome::put(Entity::ApiKey(key), reply))
}

/// A key that is made now, without a value.
pub(super) fn new(call: &Call<'_>, is_taken: impl Fn(&str) -> bool) -> ApiKey {
    let mut key = ApiKey::new(call.new_id(10, is_taken));
    key.home = Some(call.home.clone());
    (key.created_date, key.last_updated_date) = (call.now, call.now);
    key
}

pub(super) fn already_exists() -> ControlError {
    ControlError::conflict("API Key already exists")
}

fn check_value(value: &str) -> Result<()> {
    let characters = value.chars().count();
    if characters < *KEY_VALUE_CHARACTERS.start() {
        return Err(ControlError::bad_request(
            "API Key value should be at least 20 characters",
        ));
    }
    if characters > *KEY_VALUE_CHARACTERS.end() {
        return Err(ControlError::bad_request(
            "API Key value exceeds maximum size of 128 characters",
        ));
    }
    let key = throttle::ApiKey::new("", value);
    key.map(drop)
        .map_err(|error| ControlError::bad_request(error.to_string()))
}

/// What must be so of any key, in the service's words.
pub(super) fn check(key: &ApiKey) -> Result<()> {
    let characters = |text: &Option<String>| text.as_ref().map_or(0, |text| text.chars().count());
    if characters(&key.name) > MOST_NAME_CHARACTERS {
        return Err(ControlError::bad_request(
            "Invalid API Key name, can be at most 1024 characters.",
        ));
    }
    if characters(&key.description) > MAX_DESCRIPTION_CHARACTERS {
        return Err(ControlError::bad_request(
            "Invalid API Key description specified.",
        ));
    }
    Ok(())
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let (name, customer) = (call.query("name"), call.query("customerId"));
    let is_meant = |key: &&ApiKey| {
        call.is_here(key.home.as_ref())
            && begins_with(key, name)
            && customer.is_none_or(|customer| key.customer_id.as_deref() == Some(customer))
    };
    let with_value = call.is_asked("includeValues");
    list(
        call,
        call.state.api_keys().filter(is_meant),
        |key| key.id.clone(),
        |key| show(key, Shown::Listed, with_value),
    )
}

/// Whether a key's name begins so; without regard to anything else (recorded).
pub(super) fn begins_with(key: &ApiKey, name: Option<&str>) -> bool {
    name.is_none_or(|name| key.name.as_deref().unwrap_or_default().starts_with(name))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    let key = named(call)?;
    let with_value = call.is_asked("includeValue");
    Ok(Outcome::reply(show(key, Shown::Alone, with_value)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut key = named(call)?.clone();
    TABLE.apply(call, &mut key)?;
    check(&key)?;
    key.last_updated_date = call.now;
    let reply = show(&key, Shown::Alone, false);
    Ok(Outcome::put(Entity::ApiKey(key), reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let key = named(call)?;
    Ok(Outcome::remove(EntityKey::ApiKey(key.id.as_str().into())))
}

fn named<'a>(call: &Call<'a>) -> Result<&'a ApiKey> {
    find(call, call.label("api_Key"))
}

/// The key of an id, if it is here.
///
/// # Errors
///
/// 404.
pub(super) fn find<'a>(call: &Call<'a>, id: &str) -> Result<&'a ApiKey> {
    let key = call.state.api_key(id);
    let here = key.filter(|key| call.is_here(key.home.as_ref()));
    here.ok_or_else(|| ControlError::not_found(NO_API_KEY))
}

/// A key, as answers show it.
fn show(key: &ApiKey, shown: Shown, with_value: bool) -> Value {
    let mut members = wire(key);
    members.remove("home");
    if !with_value {
        members.remove("value");
    }
    show_tags(&mut members, &key.tags, shown);
    Value::Object(members)
}
