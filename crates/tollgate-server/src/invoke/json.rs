//! A trace for programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use tollgate::core::{ClientRequest, MappingSide, OriginalHeaders, StageName};
use tollgate::gateway::{TraceEvent, TraceStep};

use super::secrets::Secrets;
use crate::printable::printable_json;

/// The steps of a trace, and what came of them.
pub(crate) fn json(steps: &[TraceStep], stage: &StageName, secrets: &Secrets) -> String {
    let request_id = steps.iter().find_map(|step| match &step.event {
        TraceEvent::Received { request_id, .. } => Some(request_id.to_string()),
        _ => None,
    });
    let status = steps.iter().find_map(|step| match step.event {
        TraceEvent::Completed { status, .. } => Some(status.as_u16()),
        _ => None,
    });
    let trace = json!({
        "stage": stage.as_str(),
        "request_id": request_id,
        "status": status,
        "is_refused": super::is_refused(steps),
        "steps": steps.iter().map(|one| step(one, secrets)).collect::<Vec<_>>(),
    });
    printable_json(&format!("{trace:#}"))
}

fn step(step: &TraceStep, secrets: &Secrets) -> Value {
    let (name, details) = details(&step.event, secrets);
    let micros = u64::try_from(step.elapsed.as_micros()).unwrap_or(u64::MAX);
    let mut object = Map::new();
    object.insert("step".to_owned(), name.into());
    object.insert("elapsed_micros".to_owned(), micros.into());
    if let Value::Object(details) = details {
        object.extend(details);
    }
    object.into()
}

fn details(event: &TraceEvent, secrets: &Secrets) -> (&'static str, Value) {
    let text = |text: &str| secrets.text(text.into()).into_owned();
    match event {
        TraceEvent::Received { request, .. } => ("received", received(request, secrets)),
        TraceEvent::Routed {
            resource,
            method,
            path_parameters,
        } => {
            let pairs = path_parameters.iter();
            let parameters: Map<_, _> = pairs
                .map(|(name, value)| (name.clone(), text(value).into()))
                .collect();
            let details =
                json!({ "resource": resource, "method": method, "path_parameters": parameters });
            ("routed", details)
        }
        TraceEvent::TemplateRendered {
            side,
            media_type,
            template,
            input,
            output,
        } => {
            let name = match side {
                MappingSide::Request => "request_template",
                MappingSide::Response => "response_template",
            };
            let details = json!({
                "media_type": media_type,
                "template": template,
                "input": body(Some(input), secrets),
                "output": body(Some(output), secrets),
            });
            (name, details)
        }
        TraceEvent::IntegrationRequest {
            method,
            uri,
            headers,
            body: sent,
        } => {
            // A mock calls nobody, wherever its request might be for.
            let uri = uri.authority().map(|_| text(&uri.to_string()));
            let details = json!({
                "method": method.as_str(),
                "uri": uri,
                "headers": fields(headers, None, secrets),
                "body": body(sent.as_deref(), secrets),
            });
            ("integration_request", details)
        }
        TraceEvent::IntegrationResponse {
            status,
            headers,
            body: answered,
            latency,
        } => {
            let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
            let details = json!({
                "status": status,
                "latency_micros": micros,
                "headers": fields(headers, None, secrets),
                "body": body(answered.as_deref(), secrets),
            });
            ("integration_response", details)
        }
        TraceEvent::IntegrationResponseSelected { pattern, status } => {
            let details = json!({ "pattern": pattern, "status": status.as_u16() });
            ("selected_response", details)
        }
        TraceEvent::MethodResponse {
            status,
            headers,
            body: sent,
        } => {
            let details = json!({
                "status": status.as_u16(),
                "headers": fields(headers, None, secrets),
                "body": body(sent.as_deref(), secrets),
            });
            ("method_response", details)
        }
        TraceEvent::Refused {
            rejection,
            status,
            headers,
            body: sent,
        } => {
            let details = json!({
                "response_type": rejection.response_type().map(|one| one.as_str()),
                "message": rejection.message(),
                "reason": rejection.reason().map(text),
                "status": status.as_u16(),
                "headers": fields(headers, None, secrets),
                "body": body(sent.as_deref(), secrets),
            });
            ("refused", details)
        }
        TraceEvent::Completed { status, length } => {
            let details = json!({ "status": status.as_u16(), "length": length });
            ("completed", details)
        }
        _ => ("other", json!({})),
    }
}

fn received(request: &ClientRequest, secrets: &Secrets) -> Value {
    json!({
        "method": request.method.as_str(),
        "target": secrets.text(request.target.as_str().into()),
        "headers": fields(&request.headers, request.spelling.as_ref(), secrets),
    })
}

/// The values of each header.
fn fields(headers: &HeaderMap, spelling: Option<&OriginalHeaders>, secrets: &Secrets) -> Value {
    let field = |name: &http::HeaderName| {
        let spelled = spelling.and_then(|known| known.spelling(name));
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| secrets.value(name, value)).collect();
        (spelled.unwrap_or(name.as_str()).to_owned(), json!(values))
    };
    headers.keys().map(field).collect::<Map<_, _>>().into()
}

/// A body: text, or Base64 where it is none; `null` where it is passed on as it arrives.
fn body(body: Option<&[u8]>, secrets: &Secrets) -> Value {
    body.map_or(Value::Null, |body| match std::str::from_utf8(body) {
        Ok(text) => json!({ "is_base64": false, "data": secrets.text(text.into()) }),
        Err(_) => json!({ "is_base64": true, "data": STANDARD.encode(body) }),
    })
}
