//! What an API is, whatever its parts are called behind the scenes.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tollgate_model::ApiDocument;

type Members = Map<String, Value>;

/// An API without ids and dates, without values that are the default whether they are set or not, and
/// without what documents have no place for. One without a version has that of its export.
pub(crate) fn bare(document: &ApiDocument) -> Value {
    let text = serde_json::to_string(document).expect("its keys are texts");
    let id = document.rest_api.id.as_ref().expect("it has one");
    // Policies and models name their API.
    let text = text.replace(id.as_str(), "api-id");
    let mut api: Members = serde_json::from_str(&text).expect("it is an object");
    for name in ["rootResourceId", "createdDate", "home", "tags"] {
        api.remove(name);
    }
    api.entry("version")
        .or_insert_with(|| json!("1970-01-01T00:00:00Z"));
    if let Some(Value::Object(endpoint)) = api.get_mut("endpointConfiguration") {
        endpoint.remove("types");
        endpoint.remove("ipAddressType");
        if endpoint.is_empty() {
            api.remove("endpointConfiguration");
        }
    }
    in_one_form(&mut api, "policy");
    let mut names = HashMap::new();
    for part in [
        "authorizers",
        "requestValidators",
        "models",
        "documentationParts",
    ] {
        for one in each(&mut api, part) {
            if let (Some(id), Some(name)) = (one.remove("id"), one.get("name")) {
                names.insert(id, name.clone());
            }
            in_one_form(one, "schema");
            in_one_form(one, "properties");
        }
    }
    for resource in each(&mut api, "resources") {
        let id = resource.remove("id");
        resource.remove("parentId");
        let methods = resource.get_mut("resourceMethods");
        let methods = methods.and_then(Value::as_object_mut);
        for method in methods.into_iter().flat_map(Map::values_mut) {
            let method = method.as_object_mut().expect("it is an object");
            bare_method(method, &names, id.as_ref());
        }
    }
    for part in api.values_mut() {
        if let Value::Array(all) = part {
            all.sort_by_key(place);
        }
    }
    Value::Object(api)
}

/// What tells parts of one kind apart.
fn place(part: &Value) -> String {
    let names = ["path", "name", "location", "responseType"];
    let name = names.iter().find_map(|name| part.get(name));
    name.unwrap_or(part).to_string()
}

fn bare_method(method: &mut Members, names: &HashMap<Value, Value>, resource: Option<&Value>) {
    for name in ["authorizerId", "requestValidatorId"] {
        if let Some(id) = method.get_mut(name) {
            // A locked method has an authorizer that is not there.
            *id = names.get(id).cloned().unwrap_or_default();
        }
    }
    let responses = method.get_mut("methodResponses");
    let responses = responses.and_then(Value::as_object_mut);
    for response in responses.into_iter().flat_map(Map::values_mut) {
        let response = response.as_object_mut().expect("it is an object");
        if let Some(Value::Object(parameters)) = response.get_mut("responseParameters") {
            parameters.values_mut().for_each(|one| *one = json!(false));
        }
        response.retain(|_, member| *member != json!({}));
    }
    if let Some(Value::Object(integration)) = method.get_mut("methodIntegration") {
        integration.retain(|name, member| match name.as_str() {
            "cacheNamespace" => Some(&*member) != resource,
            "timeoutInMillis" => *member != json!(29_000),
            "connectionType" => *member != json!("INTERNET"),
            _ => true,
        });
    }
}

fn each<'a>(api: &'a mut Members, part: &str) -> impl Iterator<Item = &'a mut Members> {
    let all = api.get_mut(part).and_then(Value::as_array_mut);
    let all = all.into_iter().flatten();
    all.map(|one| one.as_object_mut().expect("it is an object"))
}

/// JSON texts that say the same are the same.
fn in_one_form(members: &mut Members, name: &str) {
    let Some(Value::String(text)) = members.get(name) else {
        return;
    };
    if let Ok(value) = serde_json::from_str(text) {
        members.insert(name.to_owned(), value);
    }
}
