//! From an integration with an AWS service to what calls it.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, header};
use tollgate_core::{Diagnostics, Rejection};
use tollgate_integration::Integration as Called;
use tollgate_integration::aws::{ActionProtocol, Identity, Service};
use tollgate_mapping::{ActionForm, AwsUri, HttpMapping, HttpRequest};
use tollgate_model::{AuthorizationType, ConnectionType, Integration, IntegrationType, Method};

use super::Scope;
use super::endpoint::{parameters, tell_unmapped, timeout, verb, written_uri};
use super::method::Place;
use super::role;

/// The header that names an action to services which speak JSON.
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// What an integration calls, how the requests to it are made, and whether they are the caller's own.
///
/// A service that cannot be called is the refusal of all callers.
pub(super) fn service(
    place: &Place<'_>,
    (method, integration): (&Method, &Integration),
    uri: &AwsUri,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(Arc<dyn Called>, HttpRequest, bool), Rejection> {
    let mut service = Service::new(uri.service());
    if let Some(subdomain) = uri.subdomain() {
        service = service.with_subdomain(subdomain);
    }
    let identity = identity(place, (method, integration), scope, diagnostics)?;
    let passes_caller = identity == Identity::Caller;
    tell_what_is_not_applied(place, integration, diagnostics);
    let parameters = parameters(place, integration, HttpMapping::Service, diagnostics);
    let verb = verb(place, integration, diagnostics)?;
    let timeout = timeout(place, integration, diagnostics);
    let mut caller = scope.aws.caller(&service, uri.region(), timeout);
    caller = caller.with_identity(identity);
    if !uri.is_host_literal() {
        caller = caller.with_filtered_addresses();
    }
    let protocol = service.action_protocol();
    let form = match protocol {
        ActionProtocol::Json { .. } => ActionForm::Header,
        ActionProtocol::S3 => ActionForm::Object,
        ActionProtocol::Query { version } => ActionForm::Query {
            // One that the API's author maps is meant.
            version: version.filter(|_| !parameters.maps_query("Version")),
        },
        _ => ActionForm::Query { version: None },
    };
    let template = match caller.endpoint() {
        Some(endpoint) => uri
            .at(endpoint.uri(), form)
            .map_err(|error| error.to_string()),
        None => Err(format!("{} has no host", uri.service())),
    };
    let template = template.map_err(|error| {
        let message = format!("{error}; it answers 500");
        diagnostics.push(place.error("/methodIntegration/uri", &message));
        Rejection::configuration(error)
    })?;
    tell_unmapped(place, &template, &parameters, diagnostics);
    let api_id = scope.stage.api_id.as_str();
    let mut request = HttpRequest::new(verb, template, parameters, api_id);
    if let (Some(action), ActionProtocol::Json { target_prefix, content_type }) =
        (uri.action(), protocol)
        // Names of actions are letters and digits.
        && let Ok(target) = HeaderValue::from_str(&format!("{target_prefix}.{action}"))
    {
        let content_type = HeaderValue::from_static(content_type);
        request = request
            .with_header(TARGET, target)
            .with_header(header::CONTENT_TYPE, content_type);
    }
    Ok((Arc::new(caller), request, passes_caller))
}

/// The URI of an integration with an AWS service or a function.
pub(super) fn uri(
    place: &Place<'_>,
    integration: &Integration,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<AwsUri, Rejection> {
    let uri = written_uri(place, integration, diagnostics)?;
    AwsUri::parse(uri, &scope.stage.variables).map_err(|error| {
        let message = format!("{error}; it answers 500");
        diagnostics.push(place.error("/methodIntegration/uri", &message));
        Rejection::configuration(format!("invalid endpoint address {uri:?}: {error}"))
    })
}

/// As whom the service is called, or the function.
///
/// Where callers do not sign, they have no key to call it with.
pub(super) fn identity(
    place: &Place<'_>,
    (method, integration): (&Method, &Integration),
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Identity, Rejection> {
    const POINTER: &str = "/methodIntegration/credentials";
    let credentials = integration.credentials.as_ref();
    let Some(credentials) = credentials.filter(|one| !one.is_empty()) else {
        return Ok(Identity::Gateway);
    };
    let identity = role::identity(credentials, &scope.stage).map_err(|error| {
        let message = format!("{error}; it answers 500");
        diagnostics.push(place.error(POINTER, &message));
        Rejection::configuration(error.to_string())
    })?;
    if identity == Identity::Caller && method.authorization_type != AuthorizationType::AwsIam {
        let what = "the caller's credentials are to be passed on, and the method's authorization is not AWS_IAM";
        diagnostics.push(place.error(POINTER, &format!("{what}: it answers 500")));
        return Err(Rejection::configuration(what));
    }
    Ok(identity)
}

/// What has an effect on HTTP endpoints only.
fn tell_what_is_not_applied(
    place: &Place<'_>,
    integration: &Integration,
    diagnostics: &mut Diagnostics,
) {
    let has_link = integration.connection_type == Some(ConnectionType::VpcLink);
    let has_tls = integration.tls_config.is_some();
    for (applies, member) in [(has_link, "connectionType"), (has_tls, "tlsConfig")] {
        if applies {
            let message = format!("{member} has no effect: an AWS service is called");
            let pointer = format!("/methodIntegration/{member}");
            diagnostics.push(place.warning(&pointer, &message));
        }
    }
}

/// Whether a URI calls a function, by its name or ARN. What passes whole requests to Lambda can call
/// nothing else there.
pub(super) fn is_function(uri: &AwsUri, kind: IntegrationType) -> bool {
    let path = uri.path().unwrap_or_default();
    let is_invocation = path.contains("/functions/")
        && (path.contains("/invocations") || path.contains("/response-streaming-invocations"));
    uri.service() == "lambda" && (is_invocation || kind == IntegrationType::AwsProxy)
}
