//! From a Lambda integration to the function that it calls.

use std::sync::Arc;

use tollgate_core::{Diagnostics, Rejection};
use tollgate_integration::aws::Identity;
use tollgate_integration::lambda::{FunctionName, Lambda, LambdaFunction, RemoteFunction};
use tollgate_mapping::{
    HttpMapping, HttpRequest, RequestMapping, UriTemplate, with_stage_variables,
};
use tollgate_model::{Integration, IntegrationType, Method};
use tollgate_validate::RequestValidator;

use super::Scope;
use super::endpoint::{parameters, timeout, written_uri};
use super::integration::{integration_responses, request_mapping};
use super::method::Place;
use super::service::identity;
use super::streaming;
use crate::plan::{EventTarget, Execution, ResponseMapping};

/// Compiles an integration of type AWS or AWS_PROXY whose URI is that of a function.
pub(super) fn compile(
    place: &Place<'_>,
    (method, integration, validator): (&Method, &Integration, RequestValidator),
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Execution, Rejection> {
    let uri = written_uri(place, integration, diagnostics)?;
    let uri = with_stage_variables(uri, &scope.stage.variables);
    let name = function_name(place, &uri, diagnostics)?;
    check_verb(place, integration, diagnostics)?;
    let parameters = parameters(place, integration, HttpMapping::Service, diagnostics);
    // Recorded on the service: fails even where mappings have no effect otherwise.
    parameters.check()?;
    let identity = identity(place, (method, integration), scope, diagnostics)?;
    let passes_caller = identity == Identity::Caller;
    let is_streaming_uri = FunctionName::is_streaming_uri(&uri);
    streaming::tell_mismatch(place, integration, is_streaming_uri, diagnostics);
    let idle_timeout = streaming::idle_timeout(integration, scope);
    let region = scope.stage.region.as_str();
    let url = match idle_timeout {
        Some(_) => name.streaming_url(region),
        None => name.invocation_url(region),
    };
    let function = function(place, name, identity, scope, diagnostics)?;
    let mut lambda = Lambda::new(function, timeout(place, integration, diagnostics));
    let mut response = ResponseMapping::FunctionProxied(scope.binary_media_types.clone());
    if let Some(idle_timeout) = idle_timeout {
        lambda = lambda.with_streaming(idle_timeout);
        response = ResponseMapping::FunctionStreamed;
    }
    let unusable = |error: &dyn std::fmt::Display| {
        Rejection::configuration(format!("invalid endpoint address {url:?}: {error}"))
    };
    if integration.kind == IntegrationType::AwsProxy {
        let target = EventTarget {
            uri: url.parse().map_err(|error| unusable(&error))?,
            binary_media_types: scope.binary_media_types.clone(),
        };
        return Ok(Execution {
            validator,
            integration: Arc::new(lambda),
            passes_caller,
            event: Some(target),
            request: RequestMapping::default(),
            response,
        });
    }
    let template = UriTemplate::parse(&url, &scope.stage.variables);
    let template = template.map_err(|error| unusable(&error))?;
    let mut request = request_mapping(place, integration, scope, diagnostics);
    let api_id = scope.stage.api_id.as_str();
    let post = Some(http::Method::POST);
    let http = HttpRequest::new(post, template, parameters, api_id);
    request.http = Some(http);
    let responses = integration_responses(place, method, integration, scope, diagnostics);
    Ok(Execution {
        validator,
        integration: Arc::new(lambda),
        passes_caller,
        event: None,
        request,
        response: ResponseMapping::Function(responses),
    })
}

/// The function that the URI names.
fn function_name(
    place: &Place<'_>,
    uri: &str,
    diagnostics: &mut Diagnostics,
) -> Result<FunctionName, Rejection> {
    FunctionName::of_integration_uri(uri).map_err(|error| {
        let message = format!("{error}; it answers 500");
        diagnostics.push(place.error("/methodIntegration/uri", &message));
        Rejection::configuration(format!("invalid endpoint address: {error}"))
    })
}

/// Functions are called with POST; another verb is accepted, and fails every request (recorded on the
/// service for AWS_PROXY).
fn check_verb(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) -> Result<(), Rejection> {
    let verb = integration.http_method.as_deref();
    if verb.is_some_and(|verb| verb.eq_ignore_ascii_case("POST")) {
        return Ok(());
    }
    let what = "the integration's method is not POST, which functions are called with";
    let message = format!("{what}: it answers 500");
    diagnostics.push(place.error("/methodIntegration/httpMethod", &message));
    Err(Rejection::configuration(what))
}

/// The function of this name: one that was registered, or else whatever Lambda's own API has.
fn function(
    place: &Place<'_>,
    name: FunctionName,
    identity: Identity,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Arc<dyn LambdaFunction>, Rejection> {
    if identity == Identity::Caller {
        // Whether the caller may call a function of this process, nobody here could say.
        let function = RemoteFunction::new(scope.aws, name, scope.stage.region.as_str());
        return Ok(Arc::new(function.with_identity(identity)));
    }
    if let Some(function) = scope.functions.find(&name) {
        return Ok(function);
    }
    if !scope.aws.has_credentials() {
        let what = format!(
            "there is no function {:?} here, and no key to call Lambda with",
            name.as_str()
        );
        let message = format!("{what}, so it answers 500");
        diagnostics.push(place.error("/methodIntegration/uri", &message));
        return Err(Rejection::configuration(what));
    }
    let region = scope.stage.region.as_str();
    let function = RemoteFunction::new(scope.aws, name, region).with_identity(identity);
    Ok(Arc::new(function))
}
