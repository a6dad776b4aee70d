//! From integration response to method response.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Body as _;
use tollgate_core::{
    Body, BoxError, Event, GatewayResponseType, HopByHop, MappingSide, Moment, Rejection,
    TRACE_HEADER,
};
use tollgate_integration::lambda::{ProxyResponse, error_message};
use tollgate_integration::{AnswerError, IntegrationResponse};
use tollgate_mapping::{
    BinaryMediaTypes, IntegrationResponse as Mapping, proxied_header, proxied_headers,
};

use crate::collect::{MAX_BODY_BYTES, Unreadable, collect};
use crate::exchange::Exchange;
use crate::limited::Limited;
use crate::plan::{Execution, ResponseMapping};

/// Makes the method response of an endpoint's answer.
pub(crate) async fn respond(
    execution: &Execution,
    exchange: &Exchange<'_>,
    mut answer: IntegrationResponse,
    called_at: Option<Moment>,
) -> Result<Response<Body>, Rejection> {
    match &execution.response {
        ResponseMapping::Proxied => {
            answer.body = if exchange.tells_bodies() {
                Body::from(whole(answer.body).await?)
            } else {
                limited(answer.body)?
            };
            proxied(exchange, answer, called_at)
        }
        ResponseMapping::Streamed => {
            if answer.body.as_bytes().is_none() {
                answer.body = Body::stream(Limited::without_trailers(answer.body));
            }
            proxied(exchange, answer, called_at)
        }
        ResponseMapping::Mapped(responses) => {
            let select = |answer: &IntegrationResponse, _: &[u8]| responses.select(answer.status);
            let mut response = mapped(select, exchange, answer, called_at).await?;
            // Recorded on the service: answers of HTTP endpoints carry it, those of mocks do not.
            if execution.request.http.is_some() {
                add_trace(exchange, &mut response);
            }
            Ok(response)
        }
        ResponseMapping::Function(responses) => {
            let select = |answer: &IntegrationResponse, body: &[u8]| {
                responses.select_error(&error_message(&answer.headers, body))
            };
            let mut response = mapped(select, exchange, answer, called_at).await?;
            add_trace(exchange, &mut response);
            Ok(response)
        }
        ResponseMapping::FunctionProxied(binary) => {
            let mut response = function_proxied(binary, exchange, answer, called_at).await?;
            add_trace(exchange, &mut response);
            Ok(response)
        }
        ResponseMapping::FunctionStreamed => {
            let IntegrationResponse {
                status,
                headers,
                body,
                ..
            } = answer;
            tell(exchange, status, &headers, body.as_bytes(), called_at);
            let mut response = ProxyResponse::of_stream(&headers, body).await?;
            add_trace(exchange, &mut response);
            Ok(response)
        }
    }
}

fn add_trace(exchange: &Exchange<'_>, response: &mut Response<Body>) {
    let trace = exchange.context.trace_header();
    response.headers_mut().entry(TRACE_HEADER).or_insert(trace);
}

/// The answer of a function behind a proxy integration.
async fn function_proxied(
    binary_media_types: &BinaryMediaTypes,
    exchange: &Exchange<'_>,
    answer: IntegrationResponse,
    called_at: Option<Moment>,
) -> Result<Response<Body>, Rejection> {
    let body = whole(answer.body).await?;
    let headers = &answer.headers;
    tell(exchange, answer.status, headers, Some(&body), called_at);
    let accept = exchange.headers().get(header::ACCEPT);
    let accepts_bytes = binary_media_types.contain(accept.map(HeaderValue::as_bytes));
    let response = ProxyResponse::of_answer(headers, &body)?.into_response(accepts_bytes)?;
    Ok(response.map(Body::from))
}

/// The answer of a proxy integration: its headers renamed, all else as it is.
fn proxied(
    exchange: &Exchange<'_>,
    answer: IntegrationResponse,
    called_at: Option<Moment>,
) -> Result<Response<Body>, Rejection> {
    let status = u16::try_from(answer.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| {
            Rejection::new(GatewayResponseType::IntegrationFailure).because(format!(
                "the endpoint answered with the status {}",
                answer.status
            ))
        })?;
    tell(
        exchange,
        answer.status,
        &answer.headers,
        answer.body.as_bytes(),
        called_at,
    );
    tell_changed(exchange, &answer.headers);
    let mut response = Response::new(answer.body);
    *response.status_mut() = status;
    *response.headers_mut() = proxied_headers(answer.headers);
    Ok(response)
}

/// The answer of an integration with mapping: what its integration response makes of it.
async fn mapped<'p>(
    select: impl Fn(&IntegrationResponse, &[u8]) -> Result<&'p Mapping, Rejection>,
    exchange: &Exchange<'_>,
    mut answer: IntegrationResponse,
    called_at: Option<Moment>,
) -> Result<Response<Body>, Rejection> {
    let body = whole(std::mem::take(&mut answer.body)).await?;
    tell(
        exchange,
        answer.status,
        &answer.headers,
        Some(&body),
        called_at,
    );
    let mapping = select(&answer, &body)?;
    exchange.observe(|| Event::IntegrationResponseSelected {
        pattern: mapping
            .pattern
            .as_ref()
            .and_then(|pattern| Some(pattern.as_ref().ok()?.as_str())),
        status: mapping.status,
    });
    let observer = exchange.seams.observer.as_deref();
    let response = mapping.map(&exchange.context, (&answer.headers, body), observer)?;
    Ok(response.map(Body::from))
}

fn tell(
    exchange: &Exchange<'_>,
    status: i64,
    headers: &HeaderMap,
    body: Option<&[u8]>,
    called_at: Option<Moment>,
) {
    let Some(called_at) = called_at else {
        return;
    };
    let latency = exchange.seams.clock.now().since(called_at);
    exchange.observe(|| Event::IntegrationResponse {
        status,
        headers,
        body,
        latency,
    });
}

/// Tells which of the endpoint's headers the client does not see as they are.
fn tell_changed(exchange: &Exchange<'_>, answered: &HeaderMap) {
    let Some(observer) = &exchange.seams.observer else {
        return;
    };
    let ends_here = HopByHop::of(answered);
    for name in answered.keys() {
        let sent_as = proxied_header(name.clone(), &ends_here);
        if sent_as.as_ref() != Some(name) {
            let event = Event::HeaderChanged {
                side: MappingSide::Response,
                name,
                sent_as: sent_as.as_ref(),
            };
            observer.observe(&exchange.context, &event);
        }
    }
}

/// An answer's body, read whole.
pub(crate) async fn whole(body: Body) -> Result<Bytes, Rejection> {
    collect(body, MAX_BODY_BYTES)
        .await
        .map_err(|error| match error {
            Unreadable::TooLarge => too_large(),
            Unreadable::Broken(error) => broken(&error),
        })
}

/// An answer's body, to be passed on as it arrives.
fn limited(body: Body) -> Result<Body, Rejection> {
    let size = body.size_hint();
    if size.lower() > MAX_BODY_BYTES as u64 {
        return Err(too_large());
    }
    // Who says how long it is breaks off by itself.
    let keeps_to_it = size
        .upper()
        .is_some_and(|size| size <= MAX_BODY_BYTES as u64);
    Ok(if keeps_to_it {
        body
    } else {
        Body::stream(Limited::new(body, MAX_BODY_BYTES).0)
    })
}

fn too_large() -> Rejection {
    Rejection::configuration(format!(
        "the endpoint's body has more than {MAX_BODY_BYTES} bytes"
    ))
}

fn broken(error: &BoxError) -> Rejection {
    match error.downcast_ref::<AnswerError>() {
        Some(error) => error.to_rejection(),
        None => Rejection::new(GatewayResponseType::IntegrationFailure)
            .because(format!("the endpoint's body cannot be read: {error}")),
    }
}
