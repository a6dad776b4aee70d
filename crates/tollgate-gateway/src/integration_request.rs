//! From method request to integration request.

use bytes::Bytes;
use http::{HeaderValue, Method};
use tollgate_core::{Body, Event, MappingSide, Rejection};
use tollgate_integration::IntegrationRequest;
use tollgate_integration::lambda::ProxyEvent;
use tollgate_mapping::{ChosenTemplate, HttpRequest, HttpRequestHead, MappedRequest, Payload};
use tollgate_validate::Model;

use crate::collect::{MAX_BODY_BYTES, Unreadable, collect};
use crate::content_coding;
use crate::exchange::Exchange;
use crate::limited::{Limited, Outcome};
use crate::plan::{EventTarget, Execution};

/// What a mock gets of a method that has no template, for a request without a body: it then gives
/// its default response (the developer guide's page "Set up mock integrations").
const SILENT_MOCK: &[u8] = br#"{"statusCode": 200}"#;

/// A request on its way to an endpoint.
pub(crate) struct Outgoing {
    pub(crate) request: IntegrationRequest,
    /// What becomes of the client's body, where it is passed on as it arrives.
    pub(crate) upload: Option<Outcome>,
}

/// Makes the integration request.
pub(crate) async fn make<B>(
    execution: &Execution,
    exchange: &mut Exchange<'_>,
    body: B,
) -> Result<Outgoing, Rejection>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
{
    let validator = &execution.validator;
    validator.check_parameters(&exchange.context.request)?;
    exchange.observe_some(|| {
        if execution.event.is_some() {
            return None;
        }
        let choice = execution.request.choice(&exchange.context.request)?;
        Some(Event::TemplateChosen {
            side: MappingSide::Request,
            media_type: choice.media_type,
            rule: choice.rule,
        })
    });
    let template = execution.request.select(&exchange.context.request);
    let is_checked = validator.checks_body(content_type(exchange));
    if !is_checked && let Err(rejection) = template {
        // Nothing that the body holds could change that.
        return Err(rejection);
    }
    // Endpoints are told of no coding, and templates need the plain text.
    let is_coded = content_coding::is_coded(exchange.headers()) && !body.is_end_stream();
    let passes = matches!(template, Ok(None)) && execution.request.passes_bodies();
    let outgoing = if passes && !is_checked && !is_coded && !exchange.tells_bodies() {
        let mapped = map(execution, exchange, template, Bytes::new())?;
        with_streamed_body(exchange, mapped, body)?
    } else {
        let whole = collect(body, MAX_BODY_BYTES).await;
        let mut body = whole.map_err(|error| error.to_request_rejection())?;
        if is_coded {
            body = decoded(exchange, &body)?;
        }
        exchange.observe(|| Event::RequestBodyRead { body: &body });
        match &execution.event {
            Some(target) => event(target, execution, exchange, &body)?,
            None => {
                let mapped = map(execution, exchange, template, body)?;
                with_whole_body(exchange, mapped)
            }
        }
    };
    let request = &outgoing.request;
    exchange.observe(|| Event::IntegrationRequest {
        method: &request.method,
        uri: &request.uri,
        headers: &request.headers,
        body: request.body.as_bytes(),
    });
    Ok(outgoing)
}

/// A body without its coding.
fn decoded(exchange: &Exchange<'_>, body: &Bytes) -> Result<Bytes, Rejection> {
    let (decoded, coding) = content_coding::decode(exchange.headers(), body, MAX_BODY_BYTES)?;
    exchange.observe(|| Event::ContentDecoded {
        coding: coding.as_str(),
        encoded: body.len(),
        decoded: decoded.len(),
    });
    Ok(decoded)
}

fn content_type<'e>(exchange: &'e Exchange<'_>) -> Option<&'e [u8]> {
    let value = exchange.context.request.content_type();
    value.map(HeaderValue::as_bytes)
}

/// The request as an event for a function.
fn event(
    target: &EventTarget,
    execution: &Execution,
    exchange: &Exchange<'_>,
    body: &[u8],
) -> Result<Outgoing, Rejection> {
    let text = String::from_utf8_lossy(body);
    check(execution, exchange, &Payload::new(&text))?;
    let event = ProxyEvent::new(&exchange.context);
    let event = if target.binary_media_types.contain(content_type(exchange)) {
        event.with_bytes(body)
    } else {
        event.with_text(body)
    };
    let mut request = IntegrationRequest::new(Method::POST, Body::from(event.to_payload()?));
    request.uri = target.uri.clone();
    Ok(Outgoing {
        request,
        upload: None,
    })
}

/// Checks a body by the method's model.
fn check(
    execution: &Execution,
    exchange: &Exchange<'_>,
    payload: &Payload<'_>,
) -> Result<(), Rejection> {
    let validator = &execution.validator;
    let content_type = content_type(exchange);
    let is_empty = payload.text().is_empty();
    validator.check_body(content_type, is_empty, || payload.to_json())?;
    exchange.observe_some(|| {
        let validated = Event::Validated {
            parameters: validator.required_parameters(),
            model: validator.model(content_type).map(Model::name),
        };
        (!validator.is_empty()).then_some(validated)
    });
    Ok(())
}

/// Checks a body that is at hand, and makes of it what it leads to. Nothing here waits.
fn map(
    execution: &Execution,
    exchange: &mut Exchange<'_>,
    template: Result<Option<ChosenTemplate<'_>>, Rejection>,
    body: Bytes,
) -> Result<MappedRequest, Rejection> {
    let own = body.clone();
    // Bytes that are no text are replaced, not refused (recorded on the service).
    let text = String::from_utf8_lossy(&own);
    let payload = Payload::new(&text);
    let is_empty = body.is_empty();
    check(execution, exchange, &payload)?;
    let observer = exchange.seams.observer.as_deref();
    let mapping = &execution.request;
    let mut mapped = mapping.map(template?, &exchange.context, (body, &payload), observer)?;
    drop(payload);
    if mapped.head.is_none() && mapping.templates.is_empty() && is_empty {
        mapped.body = Bytes::from_static(SILENT_MOCK);
    }
    if let Some(overrides) = &mapped.overrides {
        exchange.context.overrides.clone_from(overrides);
    }
    Ok(mapped)
}

/// The request with its body at hand.
fn with_whole_body(exchange: &Exchange<'_>, mapped: MappedRequest) -> Outgoing {
    let (mut request, takes_body) = aimed(exchange, mapped.head);
    if takes_body {
        request.body = Body::from(mapped.body);
    }
    Outgoing {
        request,
        upload: None,
    }
}

/// The request with a body that is passed on as it arrives, unless it says beforehand that it is too
/// large.
fn with_streamed_body<B>(
    exchange: &Exchange<'_>,
    mapped: MappedRequest,
    body: B,
) -> Result<Outgoing, Rejection>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
{
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Unreadable::<()>::TooLarge.to_request_rejection());
    }
    let (mut request, takes_body) = aimed(exchange, mapped.head);
    let mut upload = None;
    if takes_body && !body.is_end_stream() {
        let (body, outcome) = Limited::new(body, MAX_BODY_BYTES);
        request.body = Body::stream(body);
        upload = Some(outcome);
    }
    Ok(Outgoing { request, upload })
}

/// A request without its body, and whether it takes one.
fn aimed(exchange: &Exchange<'_>, head: Option<HttpRequestHead>) -> (IntegrationRequest, bool) {
    let method = exchange.context.request.method.clone();
    let mut request = IntegrationRequest::new(method, Body::empty());
    let Some(head) = head else {
        return (request, true);
    };
    let takes_body = HttpRequest::has_body(&head.method);
    request.method = head.method;
    request.uri = head.uri;
    request.headers = head.headers;
    (request, takes_body)
}
