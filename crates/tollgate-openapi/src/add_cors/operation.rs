//! Parts of the model as documents write them.

use serde_json::{Map, Value, json};
use tollgate_model::{GatewayResponse, Method};

use crate::export;
use crate::version::Version;

const PATH_PARAMETER: &str = "method.request.path.";

/// A MOCK method as an operation.
///
/// `is_open` says so of a method in a document that asks something of all callers.
pub(super) fn operation(method: &Method, version: Version, is_open: bool) -> Value {
    let mut operation = Map::new();
    let variables = method.request_parameters.keys();
    let variables = variables.filter_map(|target| target.strip_prefix(PATH_PARAMETER));
    let parameters: Vec<_> = variables
        .map(|name| export::path_parameter(name, version))
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
        let headers = export::response_headers(headers, version);
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
        operation.insert(name, export::integration(integration).into());
    }
    operation.into()
}

/// A gateway response that has nothing but headers.
pub(super) fn gateway_response(response: &GatewayResponse) -> Value {
    json!({ "responseParameters": response.response_parameters })
}
