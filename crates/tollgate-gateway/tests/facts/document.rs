//! From a row to the document of its API.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tollgate_model::ApiDocument;

use crate::row::Row;

/// The id of all APIs.
pub(crate) const API_ID: &str = "a1b2c3d4e5";

/// Makes the document; `replaced` are the words that stand for addresses.
pub(crate) fn document(
    row: &Row,
    apis: &BTreeMap<String, Value>,
    replaced: &[(&str, String)],
) -> Result<ApiDocument, String> {
    let api = match &row.api {
        Value::String(name) => apis
            .get(name)
            .ok_or_else(|| format!("the file has no API {name:?}"))?,
        api => api,
    };
    let mut document = api.as_object().ok_or("an API is an object")?.clone();
    merge(&mut document, &row.members);
    let methods = document.remove("methods");
    let mut resources: Vec<(String, Map<String, Value>)> = Vec::new();
    for (key, method) in methods
        .as_ref()
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let (verb, path) = key
            .split_once(' ')
            .ok_or("a method's key is verb and path")?;
        let method = self::method(row, verb, method)?;
        let known = resources.iter().position(|(known, _)| known == path);
        let index = known.unwrap_or_else(|| {
            resources.push((path.to_owned(), Map::new()));
            resources.len() - 1
        });
        resources[index].1.insert(verb.to_owned(), method);
    }
    let resources: Vec<Value> = resources
        .into_iter()
        .enumerate()
        .map(|(index, (path, methods))| {
            json!({ "id": format!("res{index:03}"), "path": path, "resourceMethods": methods })
        })
        .collect();
    document.insert("id".to_owned(), json!(API_ID));
    document.insert("name".to_owned(), json!("facts"));
    document.insert("resources".to_owned(), Value::Array(resources));
    let mut text = Value::Object(document).to_string();
    for (word, replacement) in replaced {
        text = text.replace(word, replacement);
    }
    serde_json::from_str(&text).map_err(|error| format!("no document: {error}"))
}

/// A method, with what the row adds to it and what is the same everywhere.
fn method(row: &Row, verb: &str, method: &Value) -> Result<Value, String> {
    let mut method = method.as_object().ok_or("a method is an object")?.clone();
    merge(&mut method, &row.method);
    method.entry("httpMethod").or_insert(json!(verb));
    let integration = method.entry("methodIntegration").or_insert(json!({}));
    let integration = integration
        .as_object_mut()
        .ok_or("an integration is an object")?;
    merge(integration, &row.integration);
    if let Some(template) = &row.template {
        set(
            integration,
            &["requestTemplates", "application/json"],
            template,
        )?;
    }
    let mut statuses = Vec::new();
    let responses = integration.get_mut("integrationResponses");
    for (key, response) in responses
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        let response = response.as_object_mut().ok_or("a response is an object")?;
        let status = response.entry("statusCode").or_insert(json!(key));
        statuses.push(status.as_str().ok_or("a status code is text")?.to_owned());
        if let Some(template) = &row.response {
            set(
                response,
                &["responseTemplates", "application/json"],
                template,
            )?;
        }
    }
    let declared = statuses
        .into_iter()
        .map(|status| (status.clone(), json!({ "statusCode": status })))
        .collect();
    method
        .entry("methodResponses")
        .or_insert(Value::Object(declared));
    Ok(Value::Object(method))
}

/// Sets the text at a path of members.
fn set(object: &mut Map<String, Value>, path: &[&str], text: &str) -> Result<(), String> {
    let [first, rest @ ..] = path else {
        return Err("a path has a member".to_owned());
    };
    if rest.is_empty() {
        object.insert((*first).to_owned(), json!(text));
        return Ok(());
    }
    let below = object.entry(*first).or_insert(json!({}));
    set(below.as_object_mut().ok_or("no object")?, rest, text)
}

/// Adds members; objects are added to objects, all else is replaced, and null takes away.
fn merge(into: &mut Map<String, Value>, added: &Map<String, Value>) {
    for (name, value) in added {
        match (into.get_mut(name), value) {
            (Some(Value::Object(below)), Value::Object(added)) => merge(below, added),
            (_, Value::Null) => drop(into.shift_remove(name)),
            _ => drop(into.insert(name.clone(), value.clone())),
        }
    }
}
