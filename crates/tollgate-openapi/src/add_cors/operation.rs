//! Parts of the model as documents write them.

use serde_json::{Map, Value, json};
use tollgate_model::{GatewayResponse, Integration, IntegrationResponse, Method};

use crate::version::Version;

const RESPONSE_HEADER: &str = "method.response.header.";
const PATH_PARAMETER: &str = "method.request.path.";

/// A MOCK method as an operation.
///
/// `is_open` says so of a method in a document that asks something of all callers.
pub(super) fn operation(method: &Method, version: Version, is_open: bool) -> Value {
    let mut operation = Map::new();
    let variables = method.request_parameters.keys();
    let variables = variables.filter_map(|target| target.strip_prefix(PATH_PARAMETER));
    let parameters: Vec<_> = variables
        .map(|name| {
            let mut parameter = json!({ "name": name, "in": "path", "required": true });
            describe(&mut parameter, version);
            parameter
        })
        .collect();
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    let mut responses = Map::new();
    for (status, response) in &method.method_responses {
        let headers = response
            .response_parameters
            .iter()
            .flat_map(|all| all.keys());
        let headers: Map<_, _> = headers.filter_map(|one| header(one, version)).collect();
        let description = format!("{status} response");
        let response = json!({ "description": description, "headers": headers });
        responses.insert(status.clone(), response);
    }
    operation.insert("responses".to_owned(), responses.into());
    if is_open {
        operation.insert("security".to_owned(), json!([]));
    }
    if let Some(integration) = &method.method_integration {
        let name = "x-amazon-apigateway-integration".to_owned();
        operation.insert(name, self::integration(integration));
    }
    operation.into()
}

/// The declaration of a header by its name, from a target of mappings.
pub(super) fn header(target: &str, version: Version) -> Option<(String, Value)> {
    let name = target.strip_prefix(RESPONSE_HEADER)?;
    let mut header = json!({});
    describe(&mut header, version);
    Some((name.to_owned(), header))
}

/// Says that a parameter or a header is text.
fn describe(one: &mut Value, version: Version) {
    match version {
        Version::Swagger2 => one["type"] = json!("string"),
        Version::OpenApi3 => one["schema"] = json!({ "type": "string" }),
    }
}

fn integration(integration: &Integration) -> Value {
    let responses = integration.integration_responses.values();
    let responses: Map<_, _> = responses
        .map(|response| {
            let pattern = response.selection_pattern.as_deref();
            let name = pattern.unwrap_or("default").to_owned();
            (name, integration_response(response))
        })
        .collect();
    json!({
        "type": integration.kind.as_str().to_ascii_lowercase(),
        "requestTemplates": integration.request_templates,
        "passthroughBehavior": integration.passthrough_behavior.as_str().to_ascii_lowercase(),
        "responses": responses,
    })
}

fn integration_response(response: &IntegrationResponse) -> Value {
    json!({
        "statusCode": response.status_code,
        "responseParameters": response.response_parameters,
    })
}

/// A gateway response that has nothing but headers.
pub(super) fn gateway_response(response: &GatewayResponse) -> Value {
    json!({ "responseParameters": response.response_parameters })
}
