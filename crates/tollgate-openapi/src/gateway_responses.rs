//! The API's own ideas of what the gateway answers.

use indexmap::IndexMap;
use tollgate_core::GatewayResponseType;
use tollgate_model::GatewayResponse;

use crate::members;
use crate::reader::Reader;

/// The gateway responses of a document, after those that were there.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    existing: Vec<GatewayResponse>,
) -> Vec<GatewayResponse> {
    let list = reader.document.get("x-amazon-apigateway-gateway-responses");
    let Some(list) = list else {
        return existing;
    };
    let existing = existing.into_iter().map(|one| (one.response_type, one));
    let mut responses: IndexMap<_, _> = existing.collect();
    for (name, node) in reader.object(&list) {
        reader.object(&node);
        reader.review(&node, &members::GATEWAY_RESPONSE);
        let Ok(response_type) = name.parse::<GatewayResponseType>() else {
            let known = GatewayResponseType::ALL.iter().map(|one| one.as_str());
            let help = reader.did_you_mean(name, known);
            reader
                .error(&node, format!("unknown gateway response type `{name}`"))
                .help_if(|| help);
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
        let (place, _) = responses.insert_full(response_type, response);
        reader.trace(&format!("/gatewayResponses/{place}"), &node);
    }
    responses.into_values().collect()
}
