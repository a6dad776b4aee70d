//! Documentation parts.

use serde_json::{Map, Value, json};
use tollgate_model::{
    DocumentationPart, DocumentationPartLocation, DocumentationPartType as Type, HttpMethod,
};
use tollgate_openapi::put_documentation;
use tollgate_store::{Entity, EntityKey};

use super::import::{mode, options, refused};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, patch, post, put};
use crate::outcome::Outcome;
use crate::page::list;
use crate::patch::{Edit, REPLACE, Row, Style, Table, Target, row};
use crate::shape::{Member, Shape, Violations, optional, required};
use crate::texts::is_status;
use crate::view::wire;

const ALL: &str = "/restapis/{restapi_id}/documentation/parts";
const ONE: &str = "/restapis/{restapi_id}/documentation/parts/{part_id}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateDocumentationPart", ALL, MEMBERS, create),
    get("GetDocumentationParts", ALL, list_all),
    put("ImportDocumentationParts", ALL, &[], import)
        .raw()
        .answering(200),
    get("GetDocumentationPart", ONE, read),
    patch("UpdateDocumentationPart", ONE, update),
    delete("DeleteDocumentationPart", ONE, remove),
];

const MEMBERS: &[Member] = &[
    required(
        "location",
        Shape::Object(&[
            required("type", TYPE),
            optional("path", Shape::Text),
            optional("method", Shape::Text),
            optional("statusCode", STATUS),
            optional("name", Shape::Text),
        ]),
    ),
    required("properties", Shape::Text),
];

/// Kinds of what is described, in the order of the service's model.
const TYPE: Shape = Shape::OneOf(&[
    "API",
    "AUTHORIZER",
    "MODEL",
    "RESOURCE",
    "METHOD",
    "PATH_PARAMETER",
    "QUERY_PARAMETER",
    "REQUEST_HEADER",
    "REQUEST_BODY",
    "RESPONSE",
    "RESPONSE_HEADER",
    "RESPONSE_BODY",
]);

/// The status codes that locations may have: also any, and none.
const STATUS: Shape = Shape::Like("^([1-5]\\d\\d|\\*|\\s*)$", |text| {
    is_status(text) || text == "*" || text.trim().is_empty()
});

/// Documentation parts that an API may have (AWS documentation).
const MAX_PARTS: usize = 2_000;

const TABLE: Table<DocumentationPart> = Table {
    style: Style::Strict,
    rows: ROWS,
};

const ROWS: &[Row<DocumentationPart>] = &[row("/properties", REPLACE, Edit::With(set_properties))];

const NO_PART: &str = "Invalid Documentation part identifier specified";

fn create(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let (api, input) = (call.api_id(), call.input());
    let location: Option<DocumentationPartLocation> = input.read_member("location")?;
    // Its shape says that it is there.
    let mut location = location.unwrap_or_else(|| DocumentationPartLocation::new(Type::Api));
    check_location(&mut location)?;
    let properties = input.text("properties").unwrap_or_default();
    check_properties(properties)?;
    check_is_new(call, &location)?;
    check_count(call.state.documentation_parts(&api).count() + 1)?;
    let id = call.new_id(6, |id| call.state.documentation_part(&api, id).is_some());
    let part = DocumentationPart::new(id, location, properties);
    let reply = show(&part);
    Ok(Outcome::put(Entity::DocumentationPart(api, part), reply))
}

fn check_is_new(call: &Call<'_>, location: &DocumentationPartLocation) -> Result<()> {
    let (api, new) = (call.api_id(), described(location));
    let mut others = call.state.documentation_parts(&api);
    if others.any(|other| described(&other.location) == new) {
        return Err(ControlError::conflict(format!(
            "Documentation part already exists for the specified location: {}.",
            told(location)
        )));
    }
    Ok(())
}

/// That an API may have so many parts.
///
/// # Errors
///
/// 429.
pub(super) fn check_count(count: usize) -> Result<()> {
    if count <= MAX_PARTS {
        return Ok(());
    }
    Err(ControlError::limit_exceeded(format!(
        "{count} documentation parts, of {MAX_PARTS} that an API may have"
    )))
}

/// What must be so of any location; members that are empty are as absent.
fn check_location(location: &mut DocumentationPartLocation) -> Result<()> {
    let kind = location.kind;
    let known = members_of(kind);
    for (member, value) in [
        ("path", &mut location.path),
        ("method", &mut location.method),
        ("statusCode", &mut location.status_code),
        ("name", &mut location.name),
    ] {
        value.take_if(|text| text.trim().is_empty());
        let is_known = known.contains(&member);
        let wrong = match value.as_deref() {
            None if member == "name" && is_known => "needs one",
            Some(_) if !is_known => "has none",
            Some(path) if member == "path" && !path.starts_with('/') => {
                "has one that begins with a slash"
            }
            Some(method) if member == "method" && !is_method(method) => {
                "has * or the verb of a method"
            }
            _ => continue,
        };
        return Err(ControlError::bad_request(format!(
            "location.{member}: a documentation part of type {kind} {wrong}"
        )));
    }
    Ok(())
}

fn is_method(text: &str) -> bool {
    text == "*" || HttpMethod::ALL.iter().any(|verb| verb.as_str() == text)
}

/// Members of a location of this type (control-plane reference, §9).
const fn members_of(kind: Type) -> &'static [&'static str] {
    match kind {
        Type::Api => &[],
        Type::Authorizer | Type::Model => &["name"],
        Type::Resource => &["path"],
        Type::Method | Type::RequestBody => &["path", "method"],
        Type::PathParameter | Type::QueryParameter | Type::RequestHeader => {
            &["path", "method", "name"]
        }
        Type::Response | Type::ResponseBody => &["path", "method", "statusCode"],
        Type::ResponseHeader => &["path", "method", "statusCode", "name"],
    }
}

/// What a location is about, with what it is where it says nothing.
fn described<'l>(location: &'l DocumentationPartLocation) -> (Type, [&'l str; 4]) {
    let known = members_of(location.kind);
    let of = |member: &str, value: &'l Option<String>, default: &'static str| {
        let default = if known.contains(&member) { default } else { "" };
        value.as_deref().unwrap_or(default)
    };
    let members = [
        of("path", &location.path, "/"),
        of("method", &location.method, "*"),
        of("statusCode", &location.status_code, "*"),
        of("name", &location.name, ""),
    ];
    (location.kind, members)
}

/// A location as errors tell it: `type 'METHOD', path '/pets'`.
fn told(location: &DocumentationPartLocation) -> String {
    let mut told = format!("type '{}'", location.kind);
    for (member, value) in [
        ("path", &location.path),
        ("method", &location.method),
        ("statusCode", &location.status_code),
        ("name", &location.name),
    ] {
        if let Some(value) = value {
            told.push_str(&format!(", {member} '{value}'"));
        }
    }
    told
}

fn check_properties(text: &str) -> Result<()> {
    let object: serde_json::Result<Map<String, Value>> = serde_json::from_str(text);
    object.map(drop).map_err(|error| {
        ControlError::bad_request(format!(
            "properties: expected the text of a JSON object: {error}"
        ))
    })
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let wanted = |name| call.query(name).filter(|value| !value.is_empty());
    let (kind, status) = (wanted("type"), wanted("locationStatus"));
    let mut violations = Violations::default();
    if let Some(kind) = kind {
        violations.check_text(kind, TYPE, "getDocumentationPartsInput.type");
    }
    if let Some(status) = status {
        let at = "getDocumentationPartsInput.locationStatus";
        violations.check_text(status, Shape::OneOf(&["DOCUMENTED", "UNDOCUMENTED"]), at);
    }
    violations.finish()?;
    call.api()?;
    let api = call.api_id();
    let (name, path) = (wanted("name"), wanted("path"));
    let is_asked = |part: &&DocumentationPart| {
        let location = &part.location;
        let (_, [own_path, _, _, own_name]) = described(location);
        let is_told = || has_content(&part.properties);
        kind.is_none_or(|kind| location.kind.as_str() == kind)
            && name.is_none_or(|name| own_name == name)
            && path.is_none_or(|path| own_path == path)
            && status.is_none_or(|status| is_told() == (status == "DOCUMENTED"))
    };
    let parts = call.state.documentation_parts(&api).filter(is_asked);
    list(call, parts, |part| part.id.clone(), |part| show(part))
}

/// Whether a part tells anything.
fn has_content(properties: &str) -> bool {
    let object: serde_json::Result<Map<String, Value>> = serde_json::from_str(properties);
    object.is_ok_and(|object| !object.is_empty())
}

/// Reads the parts of a document, and nothing else of it.
fn import(call: &Call<'_>) -> Result<Outcome> {
    let mode = mode(call, "importDocumentationPartsInput.mode")?;
    call.api()?;
    let draft = call.state.draft(&call.api_id());
    let draft = draft.ok_or_else(|| call.no_api())?;
    let text = std::str::from_utf8(call.body())
        .map_err(|_| ControlError::bad_request("Unable to build importer with provided input."))?;
    let imported = put_documentation(&draft, text, mode, &options(call)?);
    let imported = imported.map_err(|error| refused(&error))?;
    check_count(imported.document.documentation_parts.len())?;
    let reply = json!({ "ids": imported.ids, "warnings": imported.warnings });
    let changes = call.state.replace_draft(&imported.document);
    Ok(Outcome::changing(changes, reply))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(find(call)?)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut part = find(call)?.clone();
    TABLE.apply(call, &mut part)?;
    let reply = show(&part);
    let entity = Entity::DocumentationPart(call.api_id(), part);
    Ok(Outcome::put(entity, reply))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    call.api()?;
    let id = find(call)?.id.as_str().into();
    let key = EntityKey::DocumentationPart(call.api_id(), id);
    Ok(Outcome::remove(key))
}

fn find<'a>(call: &Call<'a>) -> Result<&'a DocumentationPart> {
    let id = call.label("part_id");
    let api = call.find_api();
    let part = api.and_then(|_| call.state.documentation_part(&call.api_id(), id));
    part.ok_or_else(|| ControlError::not_found(NO_PART))
}

fn show(part: &DocumentationPart) -> Value {
    Value::Object(wire(part))
}

fn set_properties(part: &mut DocumentationPart, target: &Target<'_>) -> Result<()> {
    check_properties(target.value())?;
    target.value().clone_into(&mut part.properties);
    Ok(())
}
