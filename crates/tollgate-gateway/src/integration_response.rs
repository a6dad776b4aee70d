//! From integration response to method response.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Body as _;
use tollgate_core::{
    Body, BoxError, Event, GatewayResponseType, MappingSide, Moment, Rejection, TRACE_HEADER,
};
use tollgate_integration::{AnswerError, IntegrationResponse};
use tollgate_mapping::{IntegrationResponses, proxied_headers};

use crate::collect::{MAX_BODY_BYTES, Unreadable, collect};
use crate::exchange::Exchange;
use crate::limited::Limited;
use crate::overrides;
use crate::pipeline::render;
use crate::plan::{Execution, ResponseMapping};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Makes the method response of an endpoint's answer.
pub(crate) async fn respond(
    execution: &Execution,
    exchange: &mut Exchange<'_>,
    answer: IntegrationResponse,
    called_at: Option<Moment>,
) -> Result<Response<Body>, Rejection> {
    match &execution.response {
        ResponseMapping::Proxied => proxied(exchange, answer, called_at).await,
        ResponseMapping::Mapped(responses) => {
            let mut response = mapped(responses, exchange, answer, called_at).await?;
            // Recorded on the service: answers of HTTP endpoints carry it, those of mocks do not.
            if execution.http.is_some() {
                let trace = exchange.context.trace_header();
                response.headers_mut().entry(TRACE_HEADER).or_insert(trace);
            }
            Ok(response)
        }
    }
}

/// The answer of a proxy integration: its headers renamed, all else as it is.
async fn proxied(
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
    let body = if exchange.tells_bodies() {
        Body::from(whole(answer.body).await?)
    } else {
        limited(answer.body)?
    };
    tell(
        exchange,
        answer.status,
        &answer.headers,
        body.as_bytes(),
        called_at,
    );
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = proxied_headers(answer.headers);
    Ok(response)
}

/// The answer of an integration with mapping: what its integration response makes of it.
async fn mapped(
    responses: &IntegrationResponses,
    exchange: &mut Exchange<'_>,
    answer: IntegrationResponse,
    called_at: Option<Moment>,
) -> Result<Response<Body>, Rejection> {
    let IntegrationResponse {
        status,
        headers: answered,
        body,
        ..
    } = answer;
    let selected = responses
        .select(status)
        .and_then(|mapping| Ok((mapping, mapping.templates.select(accept(exchange))?)));
    let reads_body = selected
        .as_ref()
        .is_ok_and(|(mapping, _)| mapping.headers.read_body());
    let renders = matches!(selected, Ok((_, Some(_))));
    let body = if reads_body || renders || exchange.tells_bodies() {
        Body::from(whole(body).await?)
    } else {
        limited(body)?
    };
    tell(exchange, status, &answered, body.as_bytes(), called_at);
    let (mapping, template) = selected?;
    exchange.observe(|| Event::IntegrationResponseSelected {
        pattern: mapping
            .pattern
            .as_ref()
            .and_then(|pattern| Some(pattern.as_ref().ok()?.as_str())),
        status: mapping.status,
    });
    let at_hand = body.as_bytes().unwrap_or_default();
    let text = if reads_body {
        String::from_utf8_lossy(at_hand)
    } else {
        Cow::Borrowed("")
    };
    let mut mapped = HeaderMap::with_capacity(8);
    // Nothing of the endpoint's headers reaches the client unless it is mapped.
    mapped.insert(header::CONTENT_TYPE, JSON);
    mapping
        .headers
        .apply(&exchange.context, &answered, &text, &mut mapped)?;
    let body = match template {
        None => body,
        Some(template) => {
            let key = |exchange: &Exchange<'_>| mapping.templates.key(accept(exchange));
            let template = (MappingSide::Response, template);
            let rendered = render(template, key, exchange, at_hand)?;
            Body::from(rendered)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = mapping.status;
    *response.headers_mut() = mapped;
    overrides::apply(&exchange.context.overrides, &mut response)?;
    Ok(response)
}

fn accept<'e>(exchange: &'e Exchange<'_>) -> Option<&'e [u8]> {
    let value = exchange.headers().get(header::ACCEPT);
    value.map(HeaderValue::as_bytes)
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

/// An answer's body, read whole.
async fn whole(body: Body) -> Result<Bytes, Rejection> {
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
