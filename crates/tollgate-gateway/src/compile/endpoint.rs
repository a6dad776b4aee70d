//! From an HTTP integration to what calls its endpoint.

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Diagnostics, Rejection};
use tollgate_integration::Http;
use tollgate_mapping::{
    HttpMapping, HttpRequest, RequestParameters, UriTemplate, with_stage_variables,
};
use tollgate_model::{ConnectionType, Integration, IntegrationType};

use super::Scope;
use super::links::LinkTarget;
use super::method::Place;
use super::streaming;
use super::texts::escaped;

/// What an integration calls, and how the requests to it are made.
///
/// An endpoint that cannot be called is the refusal of all callers.
pub(super) fn endpoint(
    place: &Place<'_>,
    integration: &Integration,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(Arc<Http>, HttpRequest), Rejection> {
    let mapping = match integration.kind {
        IntegrationType::HttpProxy => HttpMapping::Proxied,
        _ => HttpMapping::Mapped,
    };
    let uri = uri(place, integration, scope, diagnostics)?;
    let parameters = parameters(place, integration, mapping, diagnostics);
    let method = verb(place, integration, diagnostics)?;
    tell_unmapped(place, &uri, &parameters, diagnostics);
    let mut http = Http::new(scope.http.clone(), timeout(place, integration, diagnostics));
    if let Some(idle_timeout) = streaming::idle_timeout(integration, scope) {
        http = http.with_idle_timeout(idle_timeout);
    }
    if let Some(certificate) = scope.client_certificate {
        http = http.with_client_certificate(certificate.clone());
    }
    let tls = integration.tls_config.as_ref();
    if tls.is_some_and(|tls| tls.insecure_skip_verification) {
        http = http.with_any_issuer();
    }
    if let Some(target) = link(place, integration, scope, diagnostics)? {
        http = http.with_origin(target.scheme(), target.authority());
        // Behind the link stands whom the URI names, and its certificate says so.
        if let Some(authority) = uri.authority() {
            http = http.with_server_name(authority.host());
        }
    } else if let Some(authority) = uri.authority().filter(|_| uri.is_host_literal()) {
        http = http.with_origin(uri.scheme(), authority);
    }
    let api_id = scope.stage.api_id.as_str();
    let request = HttpRequest::new(method, uri, parameters, api_id);
    Ok((Arc::new(http), request))
}

/// The mapped parameters; those that cannot be mapped are told of.
pub(super) fn parameters(
    place: &Place<'_>,
    integration: &Integration,
    mapping: HttpMapping,
    diagnostics: &mut Diagnostics,
) -> RequestParameters {
    let mut parameters = RequestParameters::new(mapping);
    for (target, source) in &integration.request_parameters {
        if let Err(error) = parameters.insert(target, source) {
            let pointer = format!("/methodIntegration/requestParameters/{}", escaped(target));
            diagnostics.push(place.error(&pointer, &error.to_string()));
        }
    }
    parameters
}

/// Tells of places in a URI that nothing is mapped to.
pub(super) fn tell_unmapped(
    place: &Place<'_>,
    uri: &UriTemplate,
    parameters: &RequestParameters,
    diagnostics: &mut Diagnostics,
) {
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
}

/// Where the connection goes that a VPC link leads to; `None` without a link.
fn link<'a>(
    place: &Place<'_>,
    integration: &Integration,
    scope: &Scope<'a>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<&'a LinkTarget>, Rejection> {
    if integration.connection_type != Some(ConnectionType::VpcLink) {
        return Ok(None);
    }
    let id = integration.connection_id.as_deref().unwrap_or_default();
    let id = with_stage_variables(id, &scope.stage.variables);
    let target = scope.vpc_links.get(&*id);
    target.map(Some).ok_or_else(|| {
        let message = if id.is_empty() {
            "the integration names no VPC link, so it answers 500".to_owned()
        } else {
            format!("nothing is known of the VPC link {id:?}, so it answers 500")
        };
        let diagnostic = place.error("/methodIntegration/connectionId", &message);
        let help = "name where it leads, in tollgate.toml under [vpc_links]";
        diagnostics.push(diagnostic.help(help));
        Rejection::configuration(format!("the VPC link {id:?} leads nowhere"))
    })
}

fn uri(
    place: &Place<'_>,
    integration: &Integration,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<UriTemplate, Rejection> {
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
pub(super) fn verb(
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

/// How long the endpoint may take; as long as other endpoints where nothing is said, also for a stream.
pub(super) fn timeout(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) -> Duration {
    let range = if streaming::is_streamed(integration) {
        Http::STREAM_TIMEOUT_MILLIS
    } else {
        Http::TIMEOUT_MILLIS
    };
    let (shortest, longest) = range.into_inner();
    let usual = *Http::TIMEOUT_MILLIS.end();
    let millis = integration.timeout_in_millis.unwrap_or(usual);
    let applied = millis.clamp(shortest, longest);
    if applied != millis {
        let message = format!("a timeout of {millis} ms is out of range, {applied} ms are applied");
        let diagnostic = place.warning("/methodIntegration/timeoutInMillis", &message);
        diagnostics.push(diagnostic.expected(format!("{shortest} to {longest}")));
    }
    Duration::from_millis(applied.into())
}
