//! From method to execution.

use std::sync::Arc;

use tollgate_core::{Diagnostic, Diagnostics, Rejection};
use tollgate_integration::{Integration, Mock};
use tollgate_mapping::AwsUri;
use tollgate_model::{HttpMethod, IntegrationType, Method};

use super::endpoint::endpoint;
use super::integration::{integration_responses, request_mapping};
use super::validator::request_validator;
use super::{Scope, lambda, service, streaming};
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

/// Compiles a method; one that cannot be executed becomes the refusal of its callers.
pub(super) fn compile(
    place: &Place<'_>,
    method: &Method,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Execution, Rejection> {
    let validator = request_validator(place, method, scope, diagnostics)?;
    let Some(integration) = &method.method_integration else {
        let message = "it has no integration, so it answers 500";
        diagnostics.push(place.error("", message));
        return Err(Rejection::configuration("the method has no integration"));
    };
    streaming::tell_unused(place, integration, diagnostics);
    let mut passes_caller = false;
    let called = match integration.kind {
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            let uri = service::uri(place, integration, scope, diagnostics)?;
            if service::is_function(&uri, integration.kind) {
                let what = (method, integration, validator);
                return lambda::compile(place, what, scope, diagnostics);
            }
            if integration.kind == IntegrationType::AwsProxy {
                return Err(unproxied(place, &uri, diagnostics));
            }
            let what = (method, integration);
            let (caller, http, is_callers) =
                service::service(place, what, &uri, scope, diagnostics)?;
            passes_caller = is_callers;
            (caller, Some(http))
        }
        IntegrationType::Mock => (Arc::new(Mock) as Arc<dyn Integration>, None),
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let (endpoint, http) = endpoint(place, integration, scope, diagnostics)?;
            (endpoint as Arc<dyn Integration>, Some(http))
        }
    };
    let mut request = request_mapping(place, integration, scope, diagnostics);
    request.http = called.1;
    let response = match integration.kind {
        IntegrationType::HttpProxy if streaming::is_streamed(integration) => {
            ResponseMapping::Streamed
        }
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
        integration: called.0,
        passes_caller,
        event: None,
        request,
        response,
    })
}

/// The refusal of a method that passes whole requests to a service which takes none.
fn unproxied(place: &Place<'_>, uri: &AwsUri, diagnostics: &mut Diagnostics) -> Rejection {
    let reason = match uri.service() {
        "firehose" => "Firehose streams cannot be called by this build",
        // The service's own words.
        _ => {
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose \
             stream invocations."
        }
    };
    diagnostics.push(place.error("/methodIntegration/uri", reason));
    Rejection::configuration(reason)
}
