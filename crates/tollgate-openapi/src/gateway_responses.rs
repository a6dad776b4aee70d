//! The API's own ideas of what the gateway answers.

use tollgate_core::GatewayResponseType;
use tollgate_model::GatewayResponse;

use crate::members;
use crate::reader::Reader;

pub(crate) fn read(reader: &mut Reader<'_>) -> Vec<GatewayResponse> {
    let list = reader.document.get("x-amazon-apigateway-gateway-responses");
    let Some(list) = list else {
        return Vec::new();
    };
    let mut responses = Vec::new();
    for (name, node) in reader.object(&list) {
        reader.object(&node);
        reader.review(&node, &members::GATEWAY_RESPONSE);
        let Ok(response_type) = name.parse::<GatewayResponseType>() else {
            reader.error(&node, format!("unknown gateway response type `{name}`"));
            continue;
        };
        let mut response = GatewayResponse::new(response_type);
        response.status_code = node
            .get("statusCode")
            .and_then(|status| reader.text(&status));
        if let Some(parameters) = node.get("responseParameters") {
            response.response_parameters = reader.text_map(&parameters);
        }
        if let Some(templates) = node.get("responseTemplates") {
            response.response_templates = reader.text_map(&templates);
        }
        responses.push(response);
    }
    responses
}
