//! The way of a request.

use std::sync::Arc;

use http::{Request, Response};
use http_body::Body as _;
use http_body_util::Full;
use tollgate_core::{
    Body, Event, GatewayResponseType, PathAddress, PathParameters, RawRejection, Rejection,
    add_request_ids,
};
use tollgate_integration::IntegrationResponse;
use tollgate_router::{Match, Verb, check_path};

use crate::authorization::{Incoming, authorize};
use crate::compression::{Compressed, compress};
use crate::exchange::Exchange;
use crate::integration_request::{self, Outgoing};
use crate::integration_response;
use crate::plan::{Execution, MethodPlan};
use crate::seams::Seams;
use crate::stage_plans::Chosen;

/// Answers a request: the method's response, or the gateway's own.
pub(crate) async fn serve<B>(
    chosen: Chosen,
    seams: Arc<Seams>,
    address: PathAddress,
    request: Request<B>,
) -> Response<Body>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
{
    let (parts, body) = request.into_parts();
    let mut exchange = Exchange::begin(&chosen, &seams, address, parts);
    let deployed = &*chosen.plan.deployed;
    exchange.observe(|| Event::Received);
    // Before the method is known: preflights need none, and no authorization.
    if let Some(cors) = &deployed.cors
        && let Some(response) = cors.preflight(&exchange.context.request).await
    {
        return finish(&exchange, response, None);
    }
    let (mut response, rejection) = match run(&mut exchange, body).await {
        Ok(response) => (response, None),
        Err(rejection) => (refuse(&mut exchange, &rejection), Some(rejection)),
    };
    if let Some(cors) = &deployed.cors {
        let request = &exchange.context.request;
        cors.apply(request, response.headers_mut()).await;
    }
    finish(&exchange, response, rejection.as_ref())
}

/// The steps of a request, in the order in which the service takes them.
async fn run<B>(exchange: &mut Exchange<'_>, body: B) -> Result<Response<Body>, Rejection>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
{
    // An unknown path and an unknown verb are the same to the service: 403.
    let method = route(exchange)?;
    let limits = &exchange.plan.deployed.limits;
    // Before anything else is counted, and before its body is read unless a signature covers it: who may
    // not call must not cost more than that.
    let authorization = method.authorization.as_ref().map_err(Rejection::clone)?;
    let body = if authorization.is_open() {
        Incoming::Unread(body)
    } else {
        limits.admit_client(method, exchange)?;
        // Of all requests the futures would be larger.
        Box::pin(authorize(authorization, exchange, body)).await?
    };
    // The key and its plan, then the stage's and the account's limits: all of them or none.
    limits.admit(method, exchange).await?;
    let _in_flight = limits.enter()?;
    let execution = method.execution.as_ref().map_err(Rejection::clone)?;
    // Checked before anything is made of it, so that 400 comes before 415 and before any call.
    let outgoing = match body {
        Incoming::Unread(body) => integration_request::make(execution, exchange, body).await?,
        Incoming::Whole(body) => {
            integration_request::make(execution, exchange, Full::new(body)).await?
        }
    };
    let called_at = exchange.observed_at();
    let answer = invoke(execution, exchange, outgoing).await?;
    let response = integration_response::respond(execution, exchange, answer, called_at).await?;
    exchange.streams_response = execution.response.is_streamed();
    Ok(response)
}

/// Finds the method for path and verb.
fn route<'p>(exchange: &mut Exchange<'p>) -> Result<&'p MethodPlan, Rejection> {
    let path = exchange.context.request.target.path();
    let is_test = exchange.context.is_test;
    let checked = check_path(path).map_err(|error| {
        Rejection::raw(RawRejection::BadRequest).because(format!("the path is refused: {error}"))
    });
    let is_fit = checked.is_ok();
    if !is_test {
        checked?;
    }
    // The path is checked whole, its address included; resources are matched with what follows.
    let start = exchange.context.request.resource_path_start();
    let resource_path = path.get(start..).unwrap_or_default();
    let routes = &exchange.plan.deployed.routes;
    let found = Verb::of(&exchange.context.request.method)
        .filter(|_| is_fit)
        .and_then(|verb| routes.find(verb, resource_path));
    let route = found.as_ref().map(Match::route);
    // A test runs the only method of its plan; where the path is not its, it has no path parameters.
    let route = route.or_else(|| routes.routes().first().filter(|_| is_test));
    let route = route.ok_or(GatewayResponseType::MissingAuthenticationToken)?;
    let method = route.value();
    let ranges = found.iter().flat_map(|found| found.spans().ranges());
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

/// Calls the endpoint.
async fn invoke(
    execution: &Execution,
    exchange: &Exchange<'_>,
    outgoing: Outgoing,
) -> Result<IntegrationResponse, Rejection> {
    let Outgoing {
        mut request,
        upload,
    } = outgoing;
    if execution.passes_caller {
        let key = exchange.key.as_ref();
        request.caller = key.map(|key| key.issued().credentials().clone());
    }
    let endpoint = &*execution.integration;
    // What calls nobody has nothing that could stand in between.
    let is_called = execution.request.http.is_some() || execution.event.is_some();
    let call = match &exchange.seams.transport {
        Some(transport) if is_called => transport.call(endpoint, &exchange.context, request),
        _ => endpoint.call(&exchange.context, request),
    };
    call.await.map_err(|rejection| {
        // A client whose body breaks off is to blame for what the endpoint made of it.
        let failure = upload.and_then(|upload| upload.failure());
        failure.map_or(rejection, |failure| failure.to_request_rejection())
    })
}

/// Turns a refusal into the response that the API, or the service, has for it.
fn refuse(exchange: &mut Exchange<'_>, rejection: &Rejection) -> Response<Body> {
    exchange.context.error = rejection.error_context();
    let responses = &exchange.plan.deployed.gateway_responses;
    let mut response = responses.respond(rejection, &exchange.context);
    // For layers further out, which may count the refusal or say it in other words.
    response.extensions_mut().insert(rejection.clone());
    response
}

/// Makes a response smaller, if the client asks for it.
fn compressed(exchange: &Exchange<'_>, minimum: u64, response: Response<Body>) -> Response<Body> {
    let (response, compressed) = compress(minimum, exchange.headers(), response);
    if let Some(Compressed { coding, plain }) = compressed {
        exchange.observe(|| Event::ResponseCompressed {
            coding: coding.as_str(),
            plain,
            encoded: response.body().size_hint().exact(),
        });
    }
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
    let (status, headers) = (response.status(), response.headers());
    let body = response.body().as_bytes();
    exchange.observe(|| match rejection {
        None => Event::MethodResponse {
            status,
            headers,
            body,
        },
        Some(rejection) => Event::Refused {
            rejection,
            origin: exchange.plan.deployed.gateway_responses.origin(rejection),
            status,
            headers,
            body,
        },
    });
    let response = match exchange.plan.deployed.minimum_compression_size {
        Some(minimum) if !exchange.streams_response => compressed(exchange, minimum, response),
        _ => response,
    };
    exchange.observe(|| Event::Completed {
        status: response.status(),
        length: response.body().size_hint().exact(),
        latency: exchange.seams.clock.now().since(context.received_at),
        rejection,
    });
    response
}
