//! A step as JSON, for programs and files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};
use serde_json::{Map, Value, json};
use tollgate_core::{ClientRequest, MappingSide, OriginalHeaders, Rejection, ResponseOrigin};

use super::{Secrets, TraceEvent, TraceFate, TraceStep};

impl TraceStep {
    /// The step as an object: `step` is its name, `elapsed_micros` and `took_micros` are its times, and
    /// the other members tell what was done.
    ///
    /// A body is `data`, in Base64 where `is_base64` says so because it is not UTF-8; `null`, where it
    /// was passed on as it arrived. Of a header there are all values, by name.
    #[must_use]
    pub fn to_json(&self, secrets: &Secrets) -> Value {
        let (name, details) = self.event.details(secrets);
        let mut object = Map::new();
        object.insert("step".to_owned(), name.into());
        object.insert("elapsed_micros".to_owned(), micros(self.elapsed).into());
        object.insert("took_micros".to_owned(), micros(self.took).into());
        if let Value::Object(details) = details {
            object.extend(details);
        }
        object.into()
    }
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl TraceEvent {
    fn details(&self, secrets: &Secrets) -> (&'static str, Value) {
        let text = |text: &str| secrets.text(text.into()).into_owned();
        match self {
            Self::Received {
                source_ip, request, ..
            } => {
                let mut details = received(request, secrets);
                details["source_ip"] = json!(source_ip);
                ("received", details)
            }
            Self::Routed {
                resource,
                method,
                path_parameters,
            } => {
                let pairs = path_parameters.iter();
                let parameters: Map<_, _> = pairs
                    .map(|(name, value)| (name.clone(), text(value).into()))
                    .collect();
                let details = json!({ "resource": resource, "method": method, "path_parameters": parameters });
                ("routed", details)
            }
            Self::TemplateChosen {
                side,
                media_type,
                rule,
            } => {
                let name = match side {
                    MappingSide::Request => "chosen_request_template",
                    MappingSide::Response => "chosen_response_template",
                };
                (
                    name,
                    json!({ "media_type": media_type, "rule": rule.as_str() }),
                )
            }
            Self::ContentDecoded {
                coding,
                encoded,
                decoded,
            } => {
                let details = json!({ "coding": coding, "encoded": encoded, "decoded": decoded });
                ("decoded_body", details)
            }
            Self::RequestBodyRead { body: read } => {
                ("request_body", json!({ "body": body(Some(read), secrets) }))
            }
            Self::Identified {
                authorization,
                sources,
            } => {
                let sources = sources.iter().map(|(name, value)| {
                    let value = value.as_deref().map(|value| secrets.identity(name, value));
                    (name.clone(), json!(value))
                });
                let sources: Map<String, Value> = sources.collect();
                (
                    "identified",
                    json!({ "authorization": authorization, "sources": sources }),
                )
            }
            Self::Authorized {
                authorization,
                principal,
            } => (
                "authorized",
                json!({
                    "authorization": authorization,
                    "principal": principal.as_deref().map(|text| secrets.text(text.into())),
                }),
            ),
            Self::ApiKeyAccepted { key_id, usage_plan } => (
                "api_key_accepted",
                json!({ "key_id": key_id, "usage_plan": usage_plan }),
            ),
            Self::LimitsDegraded => ("limits_degraded", json!({})),
            Self::ShadowRefusal { limit, reason } => (
                "shadow_refusal",
                json!({ "limit": limit, "reason": reason }),
            ),
            Self::Validated { parameters, model } => (
                "validated",
                json!({ "parameters": parameters, "model": model }),
            ),
            Self::BodyFormed {
                side,
                from,
                to,
                content_handling,
                own_entry,
                accepted_entry,
                before,
                after,
            } => {
                let details = json!({
                    "side": side.as_str(),
                    "from": from.as_str(),
                    "to": to.as_str(),
                    "content_handling": content_handling,
                    "binary_media_type": own_entry,
                    "accepted_binary_media_type": accepted_entry,
                    "length_before": before,
                    "length": after,
                });
                ("body_form", details)
            }
            Self::ParameterMapped {
                side,
                target,
                source,
                value,
                fate,
            } => {
                let value = value.as_deref().map(|value| secrets.target(target, value));
                let mut details = json!({
                    "side": side.as_str(),
                    "target": target,
                    "source": text(source),
                    "value": value,
                });
                put_fate(&mut details, fate);
                ("parameter", details)
            }
            Self::Overridden {
                side,
                target,
                value,
                fate,
            } => {
                let mut details = json!({
                    "side": side.as_str(),
                    "target": target,
                    "value": secrets.target(target, value),
                });
                put_fate(&mut details, fate);
                ("override", details)
            }
            Self::HeaderChanged {
                side,
                name,
                sent_as,
            } => {
                let details = json!({
                    "side": side.as_str(),
                    "name": name.as_str(),
                    "sent_as": sent_as.as_ref().map(HeaderName::as_str),
                });
                ("changed_header", details)
            }
            Self::TemplateRendered {
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
                    "template": text(template),
                    "input": body(Some(input), secrets),
                    "output": body(Some(output), secrets),
                });
                (name, details)
            }
            Self::IntegrationRequest {
                method,
                uri,
                headers,
                body: sent,
            } => {
                // A mock calls nobody, wherever its request might be for.
                let uri = uri.authority().map(|_| secrets.uri(&uri.to_string()));
                let details = json!({
                    "method": method.as_str(),
                    "uri": uri,
                    "headers": fields(headers, None, secrets),
                    "body": body(sent.as_deref(), secrets),
                });
                ("integration_request", details)
            }
            Self::IntegrationResponse {
                status,
                headers,
                body: answered,
                latency,
            } => {
                let details = json!({
                    "status": status,
                    "latency_micros": micros(*latency),
                    "headers": fields(headers, None, secrets),
                    "body": body(answered.as_deref(), secrets),
                });
                ("integration_response", details)
            }
            Self::IntegrationResponseSelected { pattern, status } => {
                let details = json!({ "pattern": pattern, "status": status.as_u16() });
                ("selected_response", details)
            }
            Self::MethodResponse {
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
            Self::Refused {
                rejection,
                origin,
                status,
                headers,
                body: sent,
            } => {
                let mut details = refused(rejection, *origin, secrets);
                details["status"] = status.as_u16().into();
                details["headers"] = fields(headers, None, secrets);
                details["body"] = body(sent.as_deref(), secrets);
                ("refused", details)
            }
            Self::ResponseCompressed {
                coding,
                plain,
                encoded,
            } => {
                let details = json!({ "coding": coding, "plain": plain, "encoded": encoded });
                ("compressed_response", details)
            }
            Self::Completed { status, length } => {
                let details = json!({ "status": status.as_u16(), "length": length });
                ("completed", details)
            }
        }
    }
}

fn received(request: &ClientRequest, secrets: &Secrets) -> Value {
    json!({
        "method": request.method.as_str(),
        "target": secrets.uri(request.target.as_str()),
        "headers": fields(&request.headers, request.spelling.as_ref(), secrets),
    })
}

fn refused(rejection: &Rejection, origin: ResponseOrigin, secrets: &Secrets) -> Value {
    let (origin, chosen) = match origin {
        ResponseOrigin::Api(chosen) => ("api", Some(chosen.as_str())),
        ResponseOrigin::FrontDoor => ("front_door", None),
        _ => ("built_in", None),
    };
    let text = |text: &str| secrets.text(text.into()).into_owned();
    json!({
        "response_type": rejection.response_type().map(|one| one.as_str()),
        "message": rejection.message().map(text),
        "reason": rejection.reason().map(text),
        "origin": origin,
        "gateway_response": chosen,
    })
}

/// What became of a value.
fn put_fate(details: &mut Value, fate: &TraceFate) {
    details["fate"] = fate.word.into();
    if let Some(renamed) = &fate.renamed {
        details["renamed"] = renamed.as_str().into();
    }
}

/// The values of each header.
fn fields(headers: &HeaderMap, spelling: Option<&OriginalHeaders>, secrets: &Secrets) -> Value {
    let field = |name: &HeaderName| {
        let spelled = spelling.and_then(|known| known.spelling(name));
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| secrets.header(name, value.as_bytes()))
            .collect();
        (spelled.unwrap_or(name.as_str()).to_owned(), json!(values))
    };
    headers.keys().map(field).collect::<Map<_, _>>().into()
}

fn body(body: Option<&[u8]>, secrets: &Secrets) -> Value {
    body.map_or(Value::Null, |body| {
        let shown = secrets.bytes(body);
        match std::str::from_utf8(&shown) {
            Ok(text) => json!({ "is_base64": false, "data": text }),
            Err(_) => json!({ "is_base64": true, "data": STANDARD.encode(&shown) }),
        }
    })
}
