//! From method request to integration request.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, header};
use tollgate_core::{Body, Event, GatewayResponseType, MappingSide, RawRejection, Rejection};
use tollgate_integration::IntegrationRequest;
use tollgate_mapping::HttpRequest;
use tollgate_router::check_path;

use crate::collect::{MAX_BODY_BYTES, Unreadable, collect};
use crate::exchange::Exchange;
use crate::limited::{Limited, Outcome};
use crate::pipeline::render;
use crate::plan::Execution;

/// A request on its way to an endpoint.
pub(crate) struct Outgoing {
    pub(crate) request: IntegrationRequest,
    /// What becomes of the client's body, where it is passed on as it arrives.
    pub(crate) upload: Option<Outcome>,
}

/// The client's body.
enum ClientBody {
    Whole(Bytes),
    Streamed(Body, Outcome),
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
    refuse_coded(exchange, &body)?;
    let template = execution.templates.select(content_type(exchange))?;
    let streams = template.is_none()
        && execution
            .http
            .as_ref()
            .is_some_and(|http| !http.reads_body())
        && !exchange.tells_bodies();
    let body = if streams {
        stream(body)?
    } else {
        let whole = collect(body, MAX_BODY_BYTES).await;
        ClientBody::Whole(whole.map_err(|error| error.to_request_rejection())?)
    };
    let rendered = match (&body, template) {
        (ClientBody::Whole(body), Some(template)) => {
            let key = |exchange: &Exchange<'_>| execution.templates.key(content_type(exchange));
            let template = (MappingSide::Request, template);
            Some(render(template, key, exchange, body)?)
        }
        _ => None,
    };
    let mut request =
        IntegrationRequest::new(exchange.context.request.method.clone(), Body::empty());
    if let Some(http) = &execution.http {
        aim(&mut request, http, exchange, &body)?;
    }
    let has_body = execution.http.is_none() || HttpRequest::has_body(&request.method);
    let mut upload = None;
    if has_body {
        request.body = match (rendered, body) {
            (Some(text), _) => Body::from(text),
            (None, ClientBody::Whole(body)) => Body::from(body),
            (None, ClientBody::Streamed(body, outcome)) => {
                upload = Some(outcome);
                body
            }
        };
    }
    exchange.observe(|| Event::IntegrationRequest {
        method: &request.method,
        uri: &request.uri,
        headers: &request.headers,
        body: request.body.as_bytes(),
    });
    Ok(Outgoing { request, upload })
}

fn content_type<'e>(exchange: &'e Exchange<'_>) -> Option<&'e [u8]> {
    let value = exchange.headers().get(header::CONTENT_TYPE);
    value.map(HeaderValue::as_bytes)
}

/// Says which endpoint a request goes to, and with which headers.
fn aim(
    request: &mut IntegrationRequest,
    http: &HttpRequest,
    exchange: &Exchange<'_>,
    body: &ClientBody,
) -> Result<(), Rejection> {
    let text = match body {
        ClientBody::Whole(body) if http.reads_body() => String::from_utf8_lossy(body),
        _ => Cow::Borrowed(""),
    };
    let head = http.head(&exchange.context, &text)?;
    if http.fills_path() {
        // What a request brings into the path must not lead out of where the API's author put it.
        check_path(head.uri.path()).map_err(|error| {
            let reason = format!("the path of the endpoint is refused: {error}");
            Rejection::raw(RawRejection::BadRequest).because(reason)
        })?;
    }
    request.method = head.method;
    request.uri = head.uri;
    request.headers = head.headers;
    Ok(())
}

/// A body to be passed on as it arrives, unless it says beforehand that it is too large.
fn stream<B>(body: B) -> Result<ClientBody, Rejection>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
{
    if body.is_end_stream() {
        return Ok(ClientBody::Whole(Bytes::new()));
    }
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Unreadable::<()>::TooLarge.to_request_rejection());
    }
    let (body, outcome) = Limited::new(body, MAX_BODY_BYTES);
    Ok(ClientBody::Streamed(Body::stream(body), outcome))
}

/// Refuses a body whose content coding this build cannot undo.
fn refuse_coded(exchange: &Exchange<'_>, body: &impl http_body::Body) -> Result<(), Rejection> {
    let mut codings = exchange.headers().get_all(header::CONTENT_ENCODING).iter();
    let is_coded = codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_coded && !body.is_end_stream() {
        // Templates need the plain text, and endpoints are told of no coding.
        let rejection = Rejection::new(GatewayResponseType::UnsupportedMediaType);
        return Err(rejection.because("the body's content coding cannot be decoded by this build"));
    }
    Ok(())
}
