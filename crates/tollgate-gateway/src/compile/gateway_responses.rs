//! From gateway responses of the document to those of the plan.

use http::HeaderValue;
use tollgate_core::{Diagnostic, Diagnostics, GatewayResponse, GatewayResponses, Substitution};

use super::texts::{escaped, final_status, header_mapping};

/// Beginnings of what would be a variable or directive in the template language.
const TEMPLATE_LANGUAGE: [&str; 5] = ["$input", "$util", "#set", "#if", "#foreach"];

pub(super) fn compile(
    responses: &[tollgate_model::GatewayResponse],
    diagnostics: &mut Diagnostics,
) -> GatewayResponses {
    let mut compiled = GatewayResponses::default();
    for (index, response) in responses.iter().enumerate() {
        let pointer = format!("/gatewayResponses/{index}");
        compiled.insert(response.response_type, one(&pointer, response, diagnostics));
    }
    compiled
}

fn one(
    pointer: &str,
    response: &tollgate_model::GatewayResponse,
    diagnostics: &mut Diagnostics,
) -> GatewayResponse {
    let name = response.response_type;
    let mut compiled = GatewayResponse::default();
    if let Some(code) = &response.status_code {
        compiled.status = final_status(code);
        if compiled.status.is_none() {
            let message = format!("gateway response {name}: status code {code:?} is ignored");
            let diagnostic = Diagnostic::error(format!("{pointer}/statusCode"), message);
            diagnostics.push(diagnostic.expected("a number from 200 to 599"));
        }
    }
    for (target, source) in &response.response_parameters {
        match header_mapping(target, "gatewayresponse.header.", source) {
            Ok(mapping) => compiled.parameters.push(mapping),
            Err(message) => {
                let pointer = format!("{pointer}/responseParameters/{}", escaped(target));
                let message = format!("gateway response {name}: {message}");
                diagnostics.push(Diagnostic::error(pointer, message));
            }
        }
    }
    for (media_type, template) in &response.response_templates {
        let pointer = format!("{pointer}/responseTemplates/{}", escaped(media_type));
        let Ok(content_type) = HeaderValue::from_str(media_type) else {
            let message = format!("gateway response {name}: {media_type:?} is no media type");
            diagnostics.push(Diagnostic::error(pointer, message));
            continue;
        };
        if let Some(found) = TEMPLATE_LANGUAGE
            .iter()
            .find(|text| template.contains(**text))
        {
            let message = format!("gateway response {name}: {found} is plain text here");
            let expected = "variables of $context, $stageVariables and $method.request only";
            diagnostics.push(Diagnostic::warning(pointer, message).expected(expected));
        }
        compiled
            .templates
            .push((content_type, Substitution::parse(template)));
    }
    compiled
}
