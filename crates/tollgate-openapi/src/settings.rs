//! The settings of the API as a whole.

use std::collections::HashSet;

use serde_json::Value;
use tollgate_model::RestApi;

use crate::cors;
use crate::members;
use crate::node::{Node, kind};
use crate::reader::Reader;

/// AWS's bounds of `minimumCompressionSize`.
const MAX_COMPRESSION_SIZE: u32 = 10_485_760;

const ENDPOINT_CONFIGURATION: &str = "x-amazon-apigateway-endpoint-configuration";

/// Sets what the document says of the API; what it does not say stays.
pub(crate) fn read(reader: &mut Reader<'_>, api: &mut RestApi) {
    let document = reader.document.clone();
    read_info(reader, &document, api);
    if let Some(types) = document.get("x-amazon-apigateway-binary-media-types") {
        reader.trace("/binaryMediaTypes", &types);
        let mut known: HashSet<_> = api.binary_media_types.iter().cloned().collect();
        let types = reader.texts(&types).into_iter();
        api.binary_media_types
            .extend(types.filter(|one| known.insert(one.clone())));
    }
    if let Some(size) = document.get("x-amazon-apigateway-minimum-compression-size") {
        reader.trace("/minimumCompressionSize", &size);
        api.minimum_compression_size = reader.number(&size, 0, MAX_COMPRESSION_SIZE);
    }
    if let Some(source) = document.get("x-amazon-apigateway-api-key-source") {
        reader.trace("/apiKeySource", &source);
        api.api_key_source = reader.name_of(&source).unwrap_or_default();
    }
    if let Some(policy) = document.get_even_null("x-amazon-apigateway-policy") {
        reader.trace("/policy", &policy);
        api.policy = policy_text(reader, &policy);
    }
    if let Some(policy) = document.get("x-amazon-apigateway-security-policy") {
        reader.trace("/securityPolicy", &policy);
        api.security_policy = reader.text(&policy);
    }
    if let Some(mode) = document.get("x-amazon-apigateway-endpoint-access-mode") {
        reader.trace("/endpointAccessMode", &mode);
        api.endpoint_access_mode = reader.name_of(&mode);
    }
    cors::read(reader, api);
    read_endpoint(reader, &document, api);
}

fn read_info(reader: &mut Reader<'_>, document: &Node<'_>, api: &mut RestApi) {
    let Some(info) = document.get("info") else {
        reader
            .error(document, "`info` is missing")
            .help("it needs a `title`, which is the name of the API");
        return;
    };
    reader.object(&info);
    reader.review(&info, &members::INFO);
    for (model, member) in [
        ("/name", "title"),
        ("/description", "description"),
        ("/version", "version"),
    ] {
        reader.trace_member(model, &info, member);
    }
    let title = info.get("title").and_then(|title| reader.text(&title));
    match title.filter(|title| !title.is_empty()) {
        Some(title) => api.name = title,
        None => {
            reader.error(&info, "`title` is missing: an API needs a name");
        }
    }
    // AWS takes no empty description, and the document means none by it.
    let description = info
        .get("description")
        .and_then(|description| reader.text(&description))
        .filter(|description| !description.is_empty());
    if description.is_some() {
        api.description = description;
    }
    if let Some(version) = info.get("version") {
        api.version = reader.text(&version);
    }
}

/// The resource policy as JSON text. Anything but a policy is an error, `null` too: an API whose
/// author wrote a policy must not be served without one.
fn policy_text(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<String> {
    match node.value {
        Value::Object(_) => Some(node.value.to_string()),
        Value::String(text) if is_json_object(text) => Some(text.clone()),
        other => {
            let message = format!("found {}, not a policy", kind(other));
            reader
                .error(node, message)
                .help("leave the member out where the API has no resource policy");
            None
        }
    }
}

fn is_json_object(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object())
}

fn read_endpoint(reader: &mut Reader<'_>, document: &Node<'_>, api: &mut RestApi) {
    let Some(node) = reader.version.endpoint(document, ENDPOINT_CONFIGURATION) else {
        return;
    };
    reader.object(&node);
    reader.review(&node, &members::ENDPOINT_CONFIGURATION);
    if let Some(disable) = node.get("disableExecuteApiEndpoint") {
        reader.trace("/disableExecuteApiEndpoint", &disable);
        api.disable_execute_api_endpoint = reader.flag(&disable).unwrap_or_default();
    }
    if let Some(ids) = node.get("vpcEndpointIds") {
        reader.trace("/endpointConfiguration", &ids);
        let configuration = api.endpoint_configuration.get_or_insert_default();
        configuration.vpc_endpoint_ids = reader.texts(&ids);
    }
}
