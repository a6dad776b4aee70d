//! The way of a request.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body::Body as _;
use tollgate_core::{
    Body, Event, GatewayResponseType, Overrides, PathAddress, PathParameters, RawRejection,
    Rejection, client_header,
};
use tollgate_integration::{IntegrationRequest, IntegrationResponse};
use tollgate_mapping::{MappingTemplate, TemplateScope};
use tollgate_router::{Verb, check_path};

use crate::collect::{MAX_BODY_BYTES, collect};
use crate::exchange::Exchange;
use crate::plan::{Execution, MethodPlan, Plan};
use crate::request_ids::add_request_ids;
use crate::seams::Seams;

/// Values that `$context.responseOverride.header` may have; clients take no more headers either.
const MAX_OVERRIDING_HEADERS: usize = 100;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Answers a request: the method's response, or the gateway's own.
pub(crate) async fn serve<B>(
    plan: &Plan,
    seams: &Seams,
    address: PathAddress,
    request: Request<B>,
) -> Response<Body>
where
    B: http_body::Body,
{
    let (parts, body) = request.into_parts();
    let mut exchange = Exchange::begin(plan, seams, address, parts);
    match run(&mut exchange, body).await {
        Ok(response) => finish(&exchange, response, None),
        Err(rejection) => {
            let response = refuse(&mut exchange, &rejection);
            finish(&exchange, response, Some(&rejection))
        }
    }
}

/// The steps of a request, in the order in which the service takes them.
async fn run<B>(exchange: &mut Exchange<'_>, body: B) -> Result<Response<Body>, Rejection>
where
    B: http_body::Body,
{
    // An unknown path and an unknown verb are the same to the service: 403.
    let method = route(exchange)?;
    // Refused before its body is read: a method that is protected must not cost more than that.
    let execution = method.execution.as_ref().map_err(Rejection::clone)?;
    let body = read(exchange, body).await?;
    // The template is chosen before anything is called, so that 415 comes first.
    let outgoing = map_request(execution, exchange, body)?;
    let incoming = invoke(execution, exchange, outgoing).await?;
    map_response(execution, exchange, incoming)
}

/// Finds the method for path and verb.
fn route<'p>(exchange: &mut Exchange<'p>) -> Result<&'p MethodPlan, Rejection> {
    let path = exchange.context.request.target.path();
    check_path(path).map_err(|error| {
        Rejection::raw(RawRejection::BadRequest).because(format!("the path is refused: {error}"))
    })?;
    // The path is checked whole, its address included; resources are matched with what follows.
    let start = exchange.context.request.resource_path_start();
    let resource_path = path.get(start..).unwrap_or_default();
    let found = Verb::of(&exchange.context.request.method)
        .and_then(|verb| exchange.plan.routes.find(verb, resource_path))
        .ok_or(GatewayResponseType::MissingAuthenticationToken)?;
    let route = found.route();
    let method = route.value();
    let ranges = found.spans().ranges();
    let ranges = ranges.map(|range| start + range.start..start + range.end);
    let parameters = PathParameters::new(method.parameter_names.clone(), ranges);
    exchange.context.request.path_parameters = parameters;
    exchange.context.resource = Some(method.resource.clone());
    exchange.observe(|| Event::Routed {
        resource: route.path().as_str(),
        method: route.method().as_str(),
    });
    Ok(method)
}

/// Reads the client's body whole.
async fn read<B>(exchange: &Exchange<'_>, body: B) -> Result<Bytes, Rejection>
where
    B: http_body::Body,
{
    let body = collect(body, MAX_BODY_BYTES)
        .await
        .map_err(|error| error.into_request_rejection())?;
    let mut codings = exchange.headers().get_all(header::CONTENT_ENCODING).iter();
    let is_coded = codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_coded && !body.is_empty() {
        // Templates need the plain text, which this build cannot get at.
        let rejection = Rejection::new(GatewayResponseType::UnsupportedMediaType);
        return Err(rejection.because("the body's content coding cannot be decoded by this build"));
    }
    Ok(body)
}

/// Makes the integration request.
fn map_request(
    execution: &Execution,
    exchange: &mut Exchange<'_>,
    body: Bytes,
) -> Result<IntegrationRequest, Rejection> {
    let content_type = exchange
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes);
    let body = match execution.request.select(content_type)? {
        None => body,
        Some(template) => render(template, exchange, &body)?,
    };
    exchange.observe(|| Event::IntegrationRequest { body: &body });
    let method = exchange.context.request.method.clone();
    Ok(IntegrationRequest::new(method, Body::from(body)))
}

/// Calls the endpoint.
async fn invoke(
    execution: &Execution,
    exchange: &Exchange<'_>,
    request: IntegrationRequest,
) -> Result<Incoming, Rejection> {
    let called_at = exchange
        .seams
        .observer
        .as_ref()
        .map(|_| exchange.seams.clock.now());
    let response = execution.integration.call(request).await?;
    let IntegrationResponse {
        status,
        headers,
        body,
        ..
    } = response;
    let body = collect(body, MAX_BODY_BYTES).await.map_err(|error| {
        Rejection::new(GatewayResponseType::IntegrationFailure)
            .because(format!("the endpoint's body cannot be read: {error:?}"))
    })?;
    if let Some(called_at) = called_at {
        let latency = exchange.seams.clock.now().since(called_at);
        exchange.observe(|| Event::IntegrationResponse {
            status,
            body: &body,
            latency,
        });
    }
    Ok(Incoming {
        status,
        headers,
        body,
    })
}

/// An endpoint's answer with its body at hand.
struct Incoming {
    status: i64,
    headers: HeaderMap,
    body: Bytes,
}

/// Makes the method response.
fn map_response(
    execution: &Execution,
    exchange: &mut Exchange<'_>,
    incoming: Incoming,
) -> Result<Response<Body>, Rejection> {
    let mapping = execution.responses.select(incoming.status)?;
    let accept = exchange
        .headers()
        .get(header::ACCEPT)
        .map(HeaderValue::as_bytes);
    let body = match mapping.templates.select(accept)? {
        None => incoming.body.into(),
        Some(template) => Body::from(render(template, exchange, &incoming.body)?),
    };
    let mut response = Response::new(body);
    *response.status_mut() = mapping.status;
    // Nothing of the endpoint's headers reaches the client unless it is mapped.
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    mapping
        .headers
        .apply(&exchange.context, &incoming.headers, response.headers_mut())?;
    apply_overrides(&exchange.context.overrides, &mut response)?;
    Ok(response)
}

/// Renders a template, and keeps what it did to the overrides.
fn render(
    template: &MappingTemplate,
    exchange: &mut Exchange<'_>,
    body: &[u8],
) -> Result<Bytes, Rejection> {
    // Bytes that are no text are replaced, not refused (recorded on the service).
    let body = String::from_utf8_lossy(body);
    let scope = TemplateScope {
        context: &exchange.context,
        body: &body,
    };
    let rendered = template
        .render(&scope)
        .map_err(|failure| failure.to_rejection())?;
    if let Some(overrides) = rendered.overrides {
        exchange.context.overrides = overrides;
    }
    Ok(rendered.text)
}

/// Applies what templates wrote to `$context.responseOverride`.
fn apply_overrides(overrides: &Overrides, response: &mut Response<Body>) -> Result<(), Rejection> {
    if let Some(status) = overrides.response_status {
        if status.is_informational() {
            let reason = format!("a response cannot end with the overriding status {status}");
            return Err(Rejection::configuration(reason));
        }
        *response.status_mut() = status;
    }
    if overrides.response_headers.len() > MAX_OVERRIDING_HEADERS {
        return Err(Rejection::configuration(
            "templates override too many headers",
        ));
    }
    let invalid = |name: &str| {
        Rejection::configuration(format!("the overriding header {name:?} cannot be sent"))
    };
    for (index, (name, value)) in overrides.response_headers.iter().enumerate() {
        let header: HeaderName = name.parse().map_err(|_| invalid(name))?;
        let Some(header) = client_header(header) else {
            continue;
        };
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid(name))?;
        // Several values of one override stand side by side; the first replaces what was mapped.
        let earlier = &overrides.response_headers[..index];
        let is_first = earlier.iter().all(|(earlier, _)| earlier != name);
        let headers = response.headers_mut();
        let has_room = if is_first {
            headers.try_insert(header, value).is_ok()
        } else {
            headers.try_append(header, value).is_ok()
        };
        if !has_room {
            return Err(invalid(name));
        }
    }
    Ok(())
}

/// Turns a refusal into the response that the API, or the service, has for it.
fn refuse(exchange: &mut Exchange<'_>, rejection: &Rejection) -> Response<Body> {
    exchange.context.error = rejection.error_context();
    let responses = &exchange.plan.gateway_responses;
    let mut response = responses.respond(rejection, &exchange.context);
    // For layers further out, which may count the refusal or say it in other words.
    response.extensions_mut().insert(rejection.clone());
    response
}

/// Adds what every response has, and says that it is on its way.
fn finish(
    exchange: &Exchange<'_>,
    mut response: Response<Body>,
    rejection: Option<&Rejection>,
) -> Response<Body> {
    let context = &exchange.context;
    add_request_ids(
        response.headers_mut(),
        (context.request_id, context.extended_request_id),
    );
    if rejection.is_none() {
        exchange.observe(|| Event::MethodResponse {
            status: response.status(),
            headers: response.headers(),
        });
    }
    exchange.observe(|| Event::Completed {
        status: response.status(),
        length: response.body().size_hint().exact(),
        latency: exchange.seams.clock.now().since(context.received_at),
        rejection,
    });
    response
}
