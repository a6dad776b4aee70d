//! `x-amazon-apigateway-documentation`: what the API's readers are told about its parts.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use tollgate_model::{DocumentationPart, DocumentationPartLocation, DocumentationPartType};

use crate::PutMode;
use crate::ids::{Ids, Kind};
use crate::members;
use crate::node::Node;
use crate::reader::Reader;

pub(crate) const EXTENSION: &str = "x-amazon-apigateway-documentation";

/// The parts of an API, and the ids of those that the document has.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) all: Vec<DocumentationPart>,
    pub(crate) ids: Vec<String>,
}

/// The parts of a document, after those that were there. In a merge, a part that was there keeps
/// the properties that the document's part for the same location does not have.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    ids: &mut Ids,
    existing: Vec<DocumentationPart>,
    mode: PutMode,
) -> Parts {
    let existing = existing.into_iter().map(|one| (whole(&one.location), one));
    let mut all: IndexMap<_, _> = existing.collect();
    let mut found = IndexMap::new();
    for node in list(reader) {
        let Some((location, properties)) = read_part(reader, &node) else {
            continue;
        };
        let described = whole(&location);
        if found.contains_key(&described) {
            reader.warn(
                &node,
                "an earlier part describes the same and is replaced by this one",
            );
        }
        let properties = match all.get(&described) {
            Some(old) if mode == PutMode::Merge && !found.contains_key(&described) => {
                merged(&old.properties, properties)
            }
            _ => properties,
        };
        let id = match all.get(&described) {
            Some(old) => old.id.clone(),
            None => ids.id(Kind::DocumentationPart, &name_of(&location), 6),
        };
        let properties = Value::Object(properties).to_string();
        let part = DocumentationPart::new(id.clone(), location, properties);
        let (place, _) = all.insert_full(described.clone(), part);
        reader.trace(&format!("/documentationParts/{place}"), &node);
        found.insert(described, id);
    }
    Parts {
        all: all.into_values().collect(),
        ids: found.into_values().collect(),
    }
}

fn list<'a>(reader: &mut Reader<'a>) -> Vec<Node<'a>> {
    let Some(documentation) = reader.document.get(EXTENSION) else {
        return Vec::new();
    };
    reader.object(&documentation);
    reader.review(&documentation, &members::DOCUMENTATION);
    let parts = documentation.get("documentationParts");
    parts.map_or_else(Vec::new, |parts| reader.list(&parts))
}

fn read_part<'a>(
    reader: &mut Reader<'a>,
    node: &Node<'a>,
) -> Option<(DocumentationPartLocation, Map<String, Value>)> {
    reader.object(node);
    reader.review(node, &members::DOCUMENTATION_PART);
    let (Some(location), Some(properties)) = (node.get("location"), node.get("properties")) else {
        reader.error(
            node,
            "a documentation part needs `location` and `properties`",
        );
        return None;
    };
    let location = read_location(reader, &location)?;
    let properties = read_properties(reader, &properties)?;
    Some((location, properties))
}

fn read_location(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<DocumentationPartLocation> {
    reader.object(node);
    reader.review(node, &members::DOCUMENTATION_LOCATION);
    let Some(kind) = node.get("type") else {
        reader.error(node, "the location of a documentation part needs a `type`");
        return None;
    };
    let kind = reader.name_of::<DocumentationPartType>(&kind)?;
    let mut location = DocumentationPartLocation::new(kind);
    let known = members_of(kind);
    for (member, value) in [
        ("path", &mut location.path),
        ("method", &mut location.method),
        ("statusCode", &mut location.status_code),
        ("name", &mut location.name),
    ] {
        let Some(node) = node.get(member) else {
            continue;
        };
        if known.contains(&member) {
            *value = reader.text(&node);
        } else {
            let message = format!("`{member}` is ignored: a part of type {kind} has none");
            reader.warn(&node, message);
        }
    }
    if known.contains(&"name") && location.name.is_none() {
        let message = format!("a documentation part of type {kind} needs a `name`");
        reader.error(node, message);
        return None;
    }
    // Observed on AWS: the default of the path is stored, and those of the others are not.
    if known.contains(&"path") {
        location.path.get_or_insert_with(|| "/".to_owned());
    }
    Some(location)
}

/// A location with what it is where it says nothing, by which parts for the same are found.
fn whole(location: &DocumentationPartLocation) -> DocumentationPartLocation {
    let known = members_of(location.kind);
    let mut whole = location.clone();
    for (member, value, default) in [
        ("path", &mut whole.path, "/"),
        ("method", &mut whole.method, "*"),
        ("statusCode", &mut whole.status_code, "*"),
    ] {
        if known.contains(&member) {
            value.get_or_insert_with(|| default.to_owned());
        }
    }
    whole
}

/// Members of a location of this type, as the developer guide lists them.
const fn members_of(kind: DocumentationPartType) -> &'static [&'static str] {
    match kind {
        DocumentationPartType::Api => &[],
        DocumentationPartType::Authorizer | DocumentationPartType::Model => &["name"],
        DocumentationPartType::Resource => &["path"],
        DocumentationPartType::Method | DocumentationPartType::RequestBody => &["path", "method"],
        DocumentationPartType::PathParameter
        | DocumentationPartType::QueryParameter
        | DocumentationPartType::RequestHeader => &["path", "method", "name"],
        DocumentationPartType::Response | DocumentationPartType::ResponseBody => {
            &["path", "method", "statusCode"]
        }
        DocumentationPartType::ResponseHeader => &["path", "method", "statusCode", "name"],
    }
}

/// An object in documents, and its text in the API; the text is taken too.
fn read_properties(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Map<String, Value>> {
    let object = match node.value {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    };
    if object.is_none() {
        reader.expect(node, "an object", "the properties are no object");
    }
    object
}

/// Old properties under new ones.
fn merged(old: &str, new: Map<String, Value>) -> Map<String, Value> {
    // What was no object has no properties to keep.
    let mut properties: Map<String, Value> = serde_json::from_str(old).unwrap_or_default();
    properties.extend(new);
    properties
}

/// A text that differs for locations that differ, and stays the same over releases.
pub(crate) fn name_of(location: &DocumentationPartLocation) -> String {
    let mut name = location.kind.to_string();
    for part in [
        &location.path,
        &location.method,
        &location.status_code,
        &location.name,
    ] {
        name.push('\n');
        if let Some(part) = part {
            name.push('=');
            name.push_str(part);
        }
    }
    name
}
