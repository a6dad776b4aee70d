//! The execution log of a test, in the service's words.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use indexmap::IndexMap;
use jiff::Timestamp;
use tollgate_core::{ClientRequest, GatewayResponseType, Rejection, ResponseOrigin};

use super::TestRequest;
use super::message::fields;
use super::spelling::Spelling;
use crate::{Secrets, TraceEvent, TraceStep};

/// Bytes after which a line is cut (the developer guide's page on logging, and logs of tests on the
/// service).
const MOST_BYTES: usize = 1024;
/// What stands where a line was cut.
const CUT: &str = " [TRUNCATED]";

/// What a log is written of.
pub(super) struct Outcome<'t> {
    pub(super) steps: &'t [TraceStep],
    pub(super) request: &'t TestRequest,
    /// The response's body.
    pub(super) body: &'t [u8],
    /// Why a body that came as a stream could not be read to its end.
    pub(super) broken: Option<&'t Rejection>,
}

impl Outcome<'_> {
    /// Whether the gateway answered in its own words.
    pub(super) fn is_built_in(&self) -> bool {
        let mut events = self.steps.iter().map(|step| &step.event);
        self.broken.is_some() || events.any(is_built_in)
    }
}

fn is_built_in(event: &TraceEvent) -> bool {
    match event {
        TraceEvent::Refused { origin, .. } => !matches!(origin, ResponseOrigin::Api(_)),
        _ => false,
    }
}

/// Writes the log of a test.
pub(super) fn write(outcome: &Outcome<'_>, spelling: &Spelling<'_>, secrets: &Secrets) -> String {
    let mut log = Log {
        outcome,
        spelling,
        secrets,
        arrival: Duration::ZERO,
        received: None,
        is_called: false,
        out: String::new(),
    };
    for step in outcome.steps {
        log.event(step.elapsed, &step.event);
    }
    log.out
}

struct Log<'t> {
    outcome: &'t Outcome<'t>,
    spelling: &'t Spelling<'t>,
    secrets: &'t Secrets,
    /// When the request arrived, since 1970.
    arrival: Duration,
    received: Option<&'t ClientRequest>,
    /// Whether an endpoint is called: a mock is not, and its lines are left out.
    is_called: bool,
    out: String,
}

impl<'t> Log<'t> {
    fn event(&mut self, at: Duration, event: &'t TraceEvent) {
        match event {
            TraceEvent::Received {
                request_id,
                received_at,
                request,
                ..
            } => {
                self.arrival = *received_at;
                self.received = Some(request);
                self.out = format!("Execution log for request {request_id}\n");
                let text = format!("Starting execution for request: {request_id}");
                self.line(at, &text);
                let path = self.secrets.text(Cow::Borrowed(request.path()));
                let text = format!("HTTP Method: {}, Resource Path: {path}", request.method);
                self.line(at, &text);
            }
            TraceEvent::Routed {
                path_parameters, ..
            } => self.method_request(at, path_parameters),
            TraceEvent::IntegrationRequest {
                uri, headers, body, ..
            } if uri.authority().is_some() => {
                self.is_called = true;
                let uri = self.secrets.uri(&uri.to_string());
                let headers = self.headers(headers);
                let body = self.text(body.as_deref().unwrap_or_default());
                self.named(at, "Endpoint request URI", &uri);
                self.named(at, "Endpoint request headers", &headers);
                self.named(at, "Endpoint request body after transformations", &body);
                self.line(at, &format!("Sending request to {uri}"));
            }
            TraceEvent::IntegrationResponse {
                status,
                headers,
                body,
                latency,
            } if self.is_called => {
                let latency = latency.as_millis();
                let text = format!(
                    "Received response. Status: {status}, Integration latency: {latency} ms"
                );
                self.line(at, &text);
                let headers = self.headers(headers);
                self.named(at, "Endpoint response headers", &headers);
                let body = self.text(body.as_deref().unwrap_or_default());
                self.named(at, "Endpoint response body before transformations", &body);
            }
            TraceEvent::MethodResponse { headers, .. } => match self.outcome.broken {
                Some(rejection) => self.failure(at, rejection),
                None => {
                    let body = self.text(self.outcome.body);
                    self.named(at, "Method response body after transformations", &body);
                    let shown = self.map(&fields(headers, false));
                    self.named(at, "Method response headers", &shown);
                    self.line(at, "Successfully completed execution");
                }
            },
            TraceEvent::Refused { rejection, .. } => self.failure(at, rejection),
            TraceEvent::Completed { status, .. } => {
                let status = self.outcome.broken.map_or(*status, Rejection::status);
                self.line(
                    at,
                    &format!("Method completed with status: {}", status.as_u16()),
                );
            }
            _ => {}
        }
    }

    fn method_request(&mut self, at: Duration, path_parameters: &[(String, String)]) {
        let Some(request) = self.received else {
            return;
        };
        let path = path_parameters.iter().map(|(name, value)| {
            let value = self.secrets.text(Cow::Borrowed(value));
            (&**name, value)
        });
        let path = java_map(path);
        let mut query: IndexMap<Cow<'_, str>, String> = IndexMap::new();
        for (name, value) in request.query() {
            let target = format!("querystring.{name}");
            let value = self.secrets.target(&target, &value).into_owned();
            join(&mut query, name, &value);
        }
        let query = java_map(query);
        let headers = self.headers(&request.headers);
        let body = self.outcome.request.body.as_deref().unwrap_or_default();
        let body = self.secrets.text(Cow::Borrowed(body)).into_owned();
        self.named(at, "Method request path", &path);
        self.named(at, "Method request query string", &query);
        self.named(at, "Method request headers", &headers);
        self.named(at, "Method request body before transformations", &body);
    }

    fn failure(&mut self, at: Duration, rejection: &Rejection) {
        let text = self.secrets.text(failure(rejection));
        self.line(at, &text);
    }

    fn named(&mut self, at: Duration, name: &str, value: &str) {
        self.line(at, &format!("{name}: {value}"));
    }

    /// One line, which a body may break.
    fn line(&mut self, at: Duration, text: &str) {
        let seconds = self.arrival.saturating_add(at).as_secs();
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        // Past the year 9999, which is the last that a timestamp can show.
        let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        let time = time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string();
        self.out.push_str(&time);
        self.out.push_str(" : ");
        self.out.push_str(start(text));
        if text.len() > MOST_BYTES {
            self.out.push_str(CUT);
        }
        self.out.push('\n');
    }

    fn headers(&self, headers: &HeaderMap) -> String {
        let names = headers.keys();
        let fields: Vec<_> = names
            .map(|name| (name, headers.get_all(name).iter().collect()))
            .collect();
        self.map(&fields)
    }

    fn map(&self, fields: &[(&HeaderName, Vec<&HeaderValue>)]) -> String {
        let fields = fields.iter().map(|(name, values)| {
            let values = values.iter();
            let values = values.map(|value| self.secrets.header(name, value.as_bytes()));
            let values: Vec<_> = values.collect();
            (self.spelling.spelled(name), values.join(","))
        });
        java_map(fields)
    }

    fn text<'b>(&self, body: &'b [u8]) -> Cow<'b, str> {
        match self.secrets.bytes(body) {
            Cow::Borrowed(body) => String::from_utf8_lossy(body),
            Cow::Owned(body) => Cow::Owned(String::from_utf8_lossy(&body).into_owned()),
        }
    }
}

/// As much of a text as a line has room for.
fn start(text: &str) -> &str {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Adds a value to those that a name has already.
fn join<'n>(map: &mut IndexMap<Cow<'n, str>, String>, name: Cow<'n, str>, value: &str) {
    let values = map.entry(name).or_default();
    if !values.is_empty() {
        values.push(',');
    }
    values.push_str(value);
}

/// A map as Java prints it.
fn java_map<N: Display, V: Display>(pairs: impl IntoIterator<Item = (N, V)>) -> String {
    let pairs = pairs.into_iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

/// What the log says of a refusal.
fn failure(rejection: &Rejection) -> Cow<'_, str> {
    let reason = rejection.reason().or(rejection.message());
    let reason = reason.unwrap_or("Bad Request");
    match rejection.response_type() {
        Some(GatewayResponseType::IntegrationTimeout) => {
            "Execution failed due to a timeout error".into()
        }
        Some(GatewayResponseType::IntegrationFailure) => {
            "Execution failed due to a network error communicating with endpoint".into()
        }
        Some(kind) if kind.default_status().is_server_error() => format!(
            "Execution failed due to configuration error: {}",
            cause(reason)
        )
        .into(),
        _ => reason.into(),
    }
}

/// A reason as the service says it.
fn cause(reason: &str) -> Cow<'_, str> {
    const ADDRESS: &str = "invalid endpoint address";
    if reason.starts_with(ADDRESS) {
        // Recorded on the service: it does not say which.
        return "Invalid endpoint address".into();
    }
    let mut chars = reason.chars();
    match chars.next() {
        Some(first) if first.is_lowercase() => {
            format!("{}{}", first.to_uppercase(), chars.as_str()).into()
        }
        _ => reason.into(),
    }
}
