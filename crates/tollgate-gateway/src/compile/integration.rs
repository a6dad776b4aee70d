//! From integration to mapping.

use tollgate_core::{Diagnostic, Diagnostics};
use tollgate_integration::lambda::FunctionName;
use tollgate_mapping::{
    ContentHandling, IntegrationResponse, IntegrationResponses, InvalidSelectionPattern,
    MappingTemplate, Passthrough, RequestMapping, RequestTemplates, ResponseHeaders,
    SelectionPattern, TemplateFailure,
};
use tollgate_model::{Integration, IntegrationType, Method, PassthroughBehavior};

use super::Scope;
use super::method::Place;
use super::texts::{escaped, final_status, header_mapping};

/// Compiles the mapping of an integration request that calls nothing yet.
pub(super) fn request_mapping(
    place: &Place<'_>,
    integration: &Integration,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> RequestMapping {
    let mut mapping = RequestMapping::default();
    // Proxy integrations choose no templates.
    if integration.kind != IntegrationType::HttpProxy {
        mapping.templates = request_templates(place, integration, scope, diagnostics);
    }
    mapping.binary_media_types = scope.binary_media_types.clone();
    mapping.content_handling = content_handling(integration.content_handling);
    mapping
}

fn content_handling(said: Option<tollgate_model::ContentHandling>) -> Option<ContentHandling> {
    said.map(|said| match said {
        tollgate_model::ContentHandling::ConvertToBinary => ContentHandling::ConvertToBinary,
        tollgate_model::ContentHandling::ConvertToText => ContentHandling::ConvertToText,
    })
}

fn request_templates(
    place: &Place<'_>,
    integration: &Integration,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> RequestTemplates {
    let templates = integration
        .request_templates
        .iter()
        .map(|(media_type, source)| {
            let pointer = format!(
                "/methodIntegration/requestTemplates/{}",
                escaped(media_type)
            );
            (
                media_type.clone(),
                template(place, &pointer, source, scope, diagnostics),
            )
        });
    let passthrough = match integration.passthrough_behavior {
        PassthroughBehavior::WhenNoMatch => Passthrough::WhenNoMatch,
        PassthroughBehavior::WhenNoTemplates => Passthrough::WhenNoTemplates,
        PassthroughBehavior::Never => Passthrough::Never,
    };
    RequestTemplates::new(templates.collect::<Vec<_>>(), passthrough)
}

fn template(
    place: &Place<'_>,
    pointer: &str,
    source: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<MappingTemplate, TemplateFailure> {
    scope.templates.parse(source).inspect_err(|error| {
        diagnostics.push(place.error(pointer, &format!("{error}; whoever needs it gets 500")));
    })
}

/// Compiles the integration responses.
pub(super) fn integration_responses(
    place: &Place<'_>,
    method: &Method,
    integration: &Integration,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> IntegrationResponses {
    let uri = integration.uri.as_deref();
    let responses = &integration.integration_responses;
    if responses.is_empty() {
        let message = "it has no integration responses, so it answers 500";
        diagnostics.push(place.error("/methodIntegration/integrationResponses", message));
    }
    responses
        .iter()
        .filter_map(|(key, response)| {
            let pointer = format!("/methodIntegration/integrationResponses/{}", escaped(key));
            let response = Response {
                place,
                pointer,
                method,
                response,
                scope,
                opens_error_message: integration.kind == IntegrationType::Aws
                    && uri.is_some_and(FunctionName::is_lambda_uri),
            };
            response.compile(diagnostics)
        })
        .collect()
}

/// An integration response that is compiled, and where it stands.
struct Response<'a> {
    place: &'a Place<'a>,
    pointer: String,
    method: &'a Method,
    response: &'a tollgate_model::IntegrationResponse,
    scope: &'a Scope<'a>,
    opens_error_message: bool,
}

impl Response<'_> {
    fn compile(&self, diagnostics: &mut Diagnostics) -> Option<IntegrationResponse> {
        let code = &self.response.status_code;
        let Some(status) = final_status(code) else {
            let message =
                format!("status code {code:?} is ignored, expected a number from 200 to 599");
            diagnostics.push(self.error("/statusCode", &message));
            return None;
        };
        let mut compiled = IntegrationResponse::new(status);
        compiled.is_declared = self.method.method_responses.contains_key(code);
        if !compiled.is_declared {
            let message = format!("the method declares no response {code}, so it answers 500");
            diagnostics.push(self.error("/statusCode", &message));
        }
        compiled.pattern = self.pattern(diagnostics);
        compiled.headers = self.headers(diagnostics);
        compiled.templates = self.templates(diagnostics).into_iter().collect();
        compiled.binary_media_types = self.scope.binary_media_types.clone();
        compiled.content_handling = content_handling(self.response.content_handling);
        compiled.opens_error_message = self.opens_error_message;
        Some(compiled)
    }

    fn pattern(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Option<Result<SelectionPattern, InvalidSelectionPattern>> {
        let pattern = self
            .response
            .selection_pattern
            .as_deref()
            .filter(|text| !text.is_empty())?;
        let compiled: Result<SelectionPattern, _> = pattern.parse();
        match &compiled {
            Ok(compiled) if compiled.backtracks() => {
                let message = format!(
                    "the selection pattern {pattern:?} takes backtracking to match, which can be \
                     slow; what takes too many steps does not match"
                );
                diagnostics.push(
                    self.place
                        .warning(&self.below("/selectionPattern"), &message),
                );
            }
            Ok(_) => {}
            Err(error) => {
                let message = format!("{error}; whoever needs it gets 500");
                diagnostics.push(self.error("/selectionPattern", &message));
            }
        }
        Some(compiled)
    }

    fn headers(&self, diagnostics: &mut Diagnostics) -> ResponseHeaders {
        let mut headers = ResponseHeaders::default();
        for (target, source) in self.response.response_parameters.iter().flatten() {
            let inserted = header_mapping(target, "method.response.header.", source)
                .and_then(|(name, source)| headers.insert(name, source));
            if let Err(message) = inserted {
                let pointer = format!("/responseParameters/{}", escaped(target));
                diagnostics.push(self.error(&pointer, &message));
            }
        }
        headers
    }

    fn templates(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(String, Option<Result<MappingTemplate, TemplateFailure>>)> {
        let templates = self.response.response_templates.iter().flatten();
        templates
            .map(|(media_type, source)| {
                let source = source.as_deref().filter(|source| !source.is_empty());
                let pointer = format!("{}/responseTemplates/{}", self.pointer, escaped(media_type));
                let compiled = source
                    .map(|source| template(self.place, &pointer, source, self.scope, diagnostics));
                (media_type.clone(), compiled)
            })
            .collect()
    }

    fn error(&self, below: &str, message: &str) -> Diagnostic {
        self.place.error(&self.below(below), message)
    }

    fn below(&self, member: &str) -> String {
        format!("{}{member}", self.pointer)
    }
}
