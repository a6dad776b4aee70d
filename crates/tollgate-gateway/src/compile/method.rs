//! From method to execution.

use std::borrow::Cow;
use std::sync::Arc;

use tollgate_core::{Diagnostic, Diagnostics, GatewayResponseType, Rejection};
use tollgate_integration::{Integration, Mock};
use tollgate_mapping::HttpMapping;
use tollgate_model::{AuthorizationType, HttpMethod, IntegrationType, Method};

use super::Scope;
use super::endpoint::endpoint;
use super::integration::{integration_responses, request_mapping};
use super::lambda;
use super::validator::request_validator;
use crate::plan::{Execution, ResponseMapping};

/// Which method is compiled, for diagnostics.
pub(super) struct Place<'a> {
    pub(super) pointer: &'a str,
    pub(super) verb: HttpMethod,
    pub(super) path: &'a str,
}

impl Place<'_> {
    pub(super) fn error(&self, below: &str, message: &str) -> Diagnostic {
        Diagnostic::error(self.pointer(below), self.message(message))
    }

    pub(super) fn warning(&self, below: &str, message: &str) -> Diagnostic {
        Diagnostic::warning(self.pointer(below), self.message(message))
    }

    pub(super) fn pointer(&self, below: &str) -> String {
        format!("{}{below}", self.pointer)
    }

    fn message(&self, message: &str) -> String {
        format!("method {} {}: {message}", self.verb, self.path)
    }
}

/// The refusal of a method that is protected by something this build cannot ask.
pub(super) fn unenforceable(reason: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(GatewayResponseType::AuthorizerConfigurationError).because(reason)
}

/// Compiles a method; one that cannot be executed becomes the refusal of its callers.
pub(super) fn compile(
    place: &Place<'_>,
    method: &Method,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Execution, Rejection> {
    if let Some((below, reason)) = protection(method) {
        let message = format!("{reason}, which this build cannot enforce: it answers 500");
        diagnostics.push(place.error(below, &message));
        return Err(unenforceable(format!(
            "{reason}, which this build cannot enforce"
        )));
    }
    let validator = request_validator(place, method, scope, diagnostics)?;
    let Some(integration) = &method.method_integration else {
        let message = "it has no integration, so it answers 500";
        diagnostics.push(place.error("", message));
        return Err(Rejection::configuration("the method has no integration"));
    };
    let http = match integration.kind {
        IntegrationType::Mock => None,
        IntegrationType::Http => Some(HttpMapping::Mapped),
        IntegrationType::HttpProxy => Some(HttpMapping::Proxied),
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            let what = (method, integration, validator);
            return lambda::compile(place, what, scope, diagnostics);
        }
    };
    let mut request = request_mapping(place, integration, scope, diagnostics);
    let mut called: Arc<dyn Integration> = Arc::new(Mock);
    if let Some(mapping) = http {
        let (endpoint, http) = endpoint(place, integration, mapping, scope, diagnostics)?;
        called = endpoint;
        request.http = Some(http);
    }
    let response = match integration.kind {
        IntegrationType::HttpProxy => ResponseMapping::Proxied,
        _ => ResponseMapping::Mapped(integration_responses(
            place,
            method,
            integration,
            scope,
            diagnostics,
        )),
    };
    Ok(Execution {
        validator,
        integration: called,
        event: None,
        request,
        response,
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
