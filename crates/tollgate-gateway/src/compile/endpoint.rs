//! From an HTTP integration to what calls its endpoint.

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Diagnostics, Rejection};
use tollgate_integration::Http;
use tollgate_mapping::{HttpMapping, HttpRequest, RequestParameters, UriTemplate};
use tollgate_model::{ConnectionType, Integration};

use super::method::Place;
use super::texts::escaped;
use super::{Scope, not_applied};

/// What an integration calls, and how the requests to it are made.
///
/// An endpoint that cannot be called is the refusal of all callers.
pub(super) fn endpoint(
    place: &Place<'_>,
    integration: &Integration,
    mapping: HttpMapping,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(Arc<Http>, HttpRequest), Rejection> {
    let uri = uri(place, integration, scope, diagnostics)?;
    let mut parameters = RequestParameters::default();
    map_parameters(&mut parameters, place, integration, diagnostics);
    let method = verb(place, integration, diagnostics)?;
    for name in uri.parameters().filter(|name| !parameters.maps_path(name)) {
        let message = format!(
            "nothing is mapped to {{{name}}} in the URI: without an override the call fails with 500"
        );
        let help = format!(
            "add \"integration.request.path.{name}\": \"method.request.path.{name}\" to \
             requestParameters"
        );
        diagnostics.push(place.warning("/methodIntegration/uri", &message).help(help));
    }
    tell_what_is_not_applied(place, integration, diagnostics);
    let mut http = Http::new(scope.http.clone(), timeout(place, integration, diagnostics));
    if let Some(authority) = uri.authority().filter(|_| uri.is_host_literal()) {
        http = http.with_origin(uri.scheme(), authority);
    }
    let api_id = scope.stage.api_id.as_str();
    let request = HttpRequest::new(mapping, method, uri, parameters, api_id);
    Ok((Arc::new(http), request))
}

/// Adds the mapped parameters of an integration request.
pub(super) fn map_parameters(
    parameters: &mut RequestParameters,
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) {
    for (target, source) in &integration.request_parameters {
        if let Err(error) = parameters.insert(target, source) {
            let pointer = format!("/methodIntegration/requestParameters/{}", escaped(target));
            diagnostics.push(place.error(&pointer, &error.to_string()));
        }
    }
}

fn uri(
    place: &Place<'_>,
    integration: &Integration,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<UriTemplate, Rejection> {
    if integration.connection_type == Some(ConnectionType::VpcLink) {
        let message = "VPC links cannot be followed by this build: it answers 500";
        diagnostics.push(place.error("/methodIntegration/connectionType", message));
        return Err(Rejection::configuration(
            "the integration goes through a VPC link",
        ));
    }
    let uri = written_uri(place, integration, diagnostics)?;
    UriTemplate::parse(uri, &scope.stage.variables).map_err(|error| {
        let message = format!("{error}; it answers 500");
        diagnostics.push(place.error("/methodIntegration/uri", &message));
        Rejection::configuration(error.to_string())
    })
}

/// The URI as the document has it.
pub(super) fn written_uri<'i>(
    place: &Place<'_>,
    integration: &'i Integration,
    diagnostics: &mut Diagnostics,
) -> Result<&'i str, Rejection> {
    integration.uri.as_deref().ok_or_else(|| {
        let message = "the integration has no URI, so it answers 500";
        diagnostics.push(place.error("/methodIntegration", message));
        Rejection::configuration("the integration has no URI")
    })
}

/// The verb of the call; `None`: the client's.
fn verb(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) -> Result<Option<http::Method>, Rejection> {
    let verb = integration.http_method.as_deref();
    let Some(verb) = verb.filter(|verb| !verb.eq_ignore_ascii_case("ANY")) else {
        return Ok(None);
    };
    let method = http::Method::from_bytes(verb.to_ascii_uppercase().as_bytes());
    method.map(Some).map_err(|_| {
        let message = format!("{verb:?} is no HTTP method, so it answers 500");
        diagnostics.push(place.error("/methodIntegration/httpMethod", &message));
        Rejection::configuration(format!("{verb:?} is no HTTP method"))
    })
}

pub(super) fn timeout(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) -> Duration {
    let (shortest, longest) = Http::TIMEOUT_MILLIS.into_inner();
    let millis = integration.timeout_in_millis.unwrap_or(longest);
    let applied = millis.clamp(shortest, longest);
    if applied != millis {
        let message = format!("a timeout of {millis} ms is out of range, {applied} ms are applied");
        let diagnostic = place.warning("/methodIntegration/timeoutInMillis", &message);
        diagnostics.push(diagnostic.expected(format!("{shortest} to {longest}")));
    }
    Duration::from_millis(applied.into())
}

fn tell_what_is_not_applied(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) {
    let skips = integration.tls_config.as_ref();
    let skips = skips.is_some_and(|config| config.insecure_skip_verification);
    if skips {
        let pointer = place.pointer("/methodIntegration/tlsConfig");
        let what = "tlsConfig.insecureSkipVerification";
        diagnostics.push(not_applied(pointer, what));
    }
}
