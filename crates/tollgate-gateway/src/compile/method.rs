//! From method to execution.

use std::sync::Arc;

use http::{HeaderName, StatusCode};
use tollgate_core::{Diagnostic, Diagnostics, GatewayResponseType, ParameterSource, Rejection};
use tollgate_integration::Mock;
use tollgate_mapping::{
    IntegrationResponse, IntegrationResponses, MappingTemplate, Passthrough, RequestTemplates,
    SelectionPattern, TemplateFailure,
};
use tollgate_model::{
    ApiDocument, AuthorizationType, HttpMethod, Integration, IntegrationType, Method,
    PassthroughBehavior, RequestValidator,
};

use super::not_applied;
use crate::plan::Execution;

/// Which method is compiled, for diagnostics.
pub(super) struct Place<'a> {
    pub(super) pointer: &'a str,
    pub(super) verb: HttpMethod,
    pub(super) path: &'a str,
}

impl Place<'_> {
    fn error(&self, below: &str, message: &str) -> Diagnostic {
        Diagnostic::error(self.pointer(below), self.message(message))
    }

    fn warning(&self, below: &str, message: &str) -> Diagnostic {
        Diagnostic::warning(self.pointer(below), self.message(message))
    }

    fn pointer(&self, below: &str) -> String {
        format!("{}{below}", self.pointer)
    }

    fn message(&self, message: &str) -> String {
        format!("method {} {}: {message}", self.verb, self.path)
    }
}

/// The refusal of a method that is protected by something this build cannot ask.
pub(super) fn unenforceable(reason: impl Into<std::borrow::Cow<'static, str>>) -> Rejection {
    Rejection::new(GatewayResponseType::AuthorizerConfigurationError).because(reason)
}

/// Compiles a method; one that cannot be executed becomes the refusal of its callers.
pub(super) fn compile(
    place: &Place<'_>,
    method: &Method,
    document: &ApiDocument,
    diagnostics: &mut Diagnostics,
) -> Result<Execution, Rejection> {
    if let Some((below, reason)) = protection(method) {
        let message = format!("{reason}, which this build cannot enforce: it answers 500");
        diagnostics.push(place.error(below, &message));
        return Err(unenforceable(format!(
            "{reason}, which this build cannot enforce"
        )));
    }
    if validates(method, document) {
        let message = "requests are not validated by this build";
        diagnostics.push(place.warning("/requestValidatorId", message));
    }
    let Some(integration) = &method.method_integration else {
        let message = "it has no integration, so it answers 500";
        diagnostics.push(place.error("", message));
        return Err(Rejection::configuration("the method has no integration"));
    };
    if integration.kind != IntegrationType::Mock {
        let kind = integration.kind;
        let message =
            format!("integrations of type {kind} cannot be called by this build: it answers 500");
        diagnostics.push(place.error("/methodIntegration/type", &message));
        let reason = format!("integrations of type {kind} cannot be called by this build");
        return Err(Rejection::configuration(reason));
    }
    Ok(Execution {
        integration: Arc::new(Mock),
        request: request_templates(place, integration, diagnostics),
        responses: integration_responses(place, method, integration, diagnostics),
    })
}

/// What protects a method, and where that is said.
fn protection(method: &Method) -> Option<(&'static str, String)> {
    if method.authorization_type != AuthorizationType::None {
        let reason = format!("its authorization is {}", method.authorization_type);
        return Some(("/authorizationType", reason));
    }
    let reason = "it needs an API key".to_owned();
    method
        .api_key_required
        .then_some(("/apiKeyRequired", reason))
}

fn validates(method: &Method, document: &ApiDocument) -> bool {
    let checks = |one: &RequestValidator| {
        Some(&one.id) == method.request_validator_id.as_ref()
            && (one.validate_request_body || one.validate_request_parameters)
    };
    document.request_validators.iter().any(checks)
}

fn request_templates(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) -> RequestTemplates {
    if integration.content_handling.is_some() {
        let pointer = place.pointer("/methodIntegration/contentHandling");
        diagnostics.push(not_applied(pointer, "contentHandling"));
    }
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
                template(place, &pointer, source, diagnostics),
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
    diagnostics: &mut Diagnostics,
) -> Result<MappingTemplate, TemplateFailure> {
    MappingTemplate::parse(source).inspect_err(|error| {
        diagnostics.push(place.error(pointer, &format!("{error}; whoever needs it gets 500")));
    })
}

fn integration_responses(
    place: &Place<'_>,
    method: &Method,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) -> IntegrationResponses {
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
        if self.response.content_handling.is_some() {
            let pointer = self
                .place
                .pointer(&format!("{}/contentHandling", self.pointer));
            diagnostics.push(not_applied(pointer, "contentHandling"));
        }
        let mut compiled = IntegrationResponse::new(status);
        compiled.is_declared = self.method.method_responses.contains_key(code);
        if !compiled.is_declared {
            let message = format!("the method declares no response {code}, so it answers 500");
            diagnostics.push(self.error("/statusCode", &message));
        }
        compiled.pattern = self.pattern(diagnostics);
        compiled.headers = self.headers(diagnostics).into_iter().collect();
        compiled.templates = self.templates(diagnostics).into_iter().collect();
        Some(compiled)
    }

    fn pattern(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Option<Result<SelectionPattern, tollgate_mapping::InvalidSelectionPattern>> {
        let pattern = self
            .response
            .selection_pattern
            .as_deref()
            .filter(|text| !text.is_empty())?;
        Some(pattern.parse().inspect_err(|error| {
            let message = format!("{error}; whoever needs it gets 500");
            diagnostics.push(self.error("/selectionPattern", &message));
        }))
    }

    fn headers(&self, diagnostics: &mut Diagnostics) -> Vec<(HeaderName, ParameterSource)> {
        let mut headers = Vec::new();
        for (target, source) in self.response.response_parameters.iter().flatten() {
            let pointer = format!("/responseParameters/{}", escaped(target));
            match header_mapping(target, "method.response.header.", source) {
                Ok(mapping) => headers.push(mapping),
                Err(message) => diagnostics.push(self.error(&pointer, &message)),
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
                let compiled =
                    source.map(|source| template(self.place, &pointer, source, diagnostics));
                (media_type.clone(), compiled)
            })
            .collect()
    }

    fn error(&self, below: &str, message: &str) -> Diagnostic {
        self.place
            .error(&format!("{}{below}", self.pointer), message)
    }
}

/// A status that ends an exchange; the ones below 200 announce another.
pub(super) fn final_status(code: &str) -> Option<StatusCode> {
    let is_final = |status: &StatusCode| (200..600).contains(&status.as_u16());
    code.parse().ok().filter(is_final)
}

/// A header that is mapped: `{prefix}{name}` from a source.
pub(super) fn header_mapping(
    target: &str,
    prefix: &str,
    source: &str,
) -> Result<(HeaderName, ParameterSource), String> {
    let name = target
        .strip_prefix(prefix)
        .and_then(|name| name.parse().ok());
    let name = name.ok_or_else(|| {
        format!("invalid target {target:?}, expected {prefix}name; it is ignored")
    })?;
    let source = source
        .parse()
        .map_err(|error| format!("{error}; it is ignored"))?;
    Ok((name, source))
}

/// A member's name as a part of a JSON pointer (RFC 6901, section 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
