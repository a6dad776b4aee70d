//! The settings of the API as a whole.

use serde_json::Value;
use tollgate_model::{EndpointConfiguration, RestApi};

use crate::members;
use crate::node::{Node, kind};
use crate::reader::Reader;

/// AWS's bounds of `minimumCompressionSize`.
const MAX_COMPRESSION_SIZE: u32 = 10_485_760;

const ENDPOINT_CONFIGURATION: &str = "x-amazon-apigateway-endpoint-configuration";

pub(crate) fn read(reader: &mut Reader<'_>) -> RestApi {
    let document = reader.document.clone();
    let mut api = RestApi::default();
    read_info(reader, &document, &mut api);
    if let Some(types) = document.get("x-amazon-apigateway-binary-media-types") {
        api.binary_media_types = reader.texts(&types);
    }
    if let Some(size) = document.get("x-amazon-apigateway-minimum-compression-size") {
        api.minimum_compression_size = reader.number(&size, 0, MAX_COMPRESSION_SIZE);
    }
    if let Some(source) = document.get("x-amazon-apigateway-api-key-source") {
        api.api_key_source = reader.name_of(&source).unwrap_or_default();
    }
    api.policy = policy(reader, &document);
    read_endpoint(reader, &document, &mut api);
    api
}

fn read_info(reader: &mut Reader<'_>, document: &Node<'_>, api: &mut RestApi) {
    let Some(info) = document.get("info") else {
        reader.error(document, "`info` is missing");
        return;
    };
    reader.object(&info);
    reader.review(&info, &members::INFO);
    let title = info.get("title").and_then(|title| reader.text(&title));
    match title.filter(|title| !title.is_empty()) {
        Some(title) => api.name = title,
        None => reader.error(&info, "`title` is missing: an API needs a name"),
    }
    // AWS takes no empty description, and the document means none by it.
    api.description = info
        .get("description")
        .and_then(|description| reader.text(&description))
        .filter(|description| !description.is_empty());
    api.version = info
        .get("version")
        .and_then(|version| reader.text_as_written(&version));
}

/// The resource policy as JSON text. Anything but a policy is an error, `null` too: an API whose
/// author wrote a policy must not be served without one.
fn policy(reader: &mut Reader<'_>, document: &Node<'_>) -> Option<String> {
    let node = document.get_even_null("x-amazon-apigateway-policy")?;
    match node.value {
        Value::Object(_) => Some(node.value.to_string()),
        Value::String(text) if is_json_object(text) => Some(text.clone()),
        other => {
            let message = format!("found {}, not a policy", kind(other));
            reader.error(&node, message);
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
        api.disable_execute_api_endpoint = reader.flag(&disable).unwrap_or_default();
    }
    if let Some(ids) = node.get("vpcEndpointIds") {
        let mut configuration = EndpointConfiguration::default();
        configuration.vpc_endpoint_ids = reader.texts(&ids);
        api.endpoint_configuration = Some(configuration);
    }
}
