//! A trace for people.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::time::Duration;

use http::header::HeaderMap;
use tollgate::core::{
    BodyForm, ClientRequest, MappingSide, Rejection, ResponseOrigin, TemplateRule,
};
use tollgate::gateway::{Secrets, TraceEvent, TraceFate, TraceStep};

use crate::paint::{Paint, Tone};
use crate::printable::{printable, printable_start};

/// Characters of a body or of a header's value that are shown unless all are asked for.
const MOST_CHARS: usize = 2_000;
/// What the details of a step stand below.
const INDENT: &str = "               ";
const ANY_TEXT: &str = "a string takes any text";

/// How a trace is shown.
#[derive(Debug)]
pub(crate) struct TextLook<'s> {
    pub(crate) paint: Paint,
    pub(crate) secrets: &'s Secrets,
    /// Whether bodies and values are shown whole.
    pub(crate) is_full: bool,
}

/// The steps of a trace, one below the other.
pub(crate) fn text(steps: &[TraceStep], look: &TextLook<'_>) -> String {
    let mut sheet = Sheet {
        look,
        out: String::new(),
    };
    for step in steps {
        sheet.step(step);
    }
    sheet.out
}

struct Sheet<'l> {
    look: &'l TextLook<'l>,
    out: String,
}

impl Sheet<'_> {
    fn step(&mut self, step: &TraceStep) {
        let at = step.elapsed;
        match &step.event {
            TraceEvent::Received { request, .. } => self.received(at, request),
            TraceEvent::Routed {
                resource,
                method,
                path_parameters,
            } => {
                let pairs = path_parameters.iter();
                let pairs: Vec<_> = pairs
                    .map(|(name, value)| format!("{name} = {value}"))
                    .collect();
                let parameters = match pairs.as_slice() {
                    [] => String::new(),
                    pairs => format!(" ({})", pairs.join(", ")),
                };
                self.head(
                    at,
                    "routed",
                    format_args!("{method} {resource}{parameters}"),
                );
            }
            TraceEvent::TemplateChosen {
                side,
                media_type,
                rule,
            } => {
                let name = format!("{} template", side.as_str());
                let media_type = media_type.as_deref().unwrap_or("none");
                let why = said(*rule);
                self.head(at, &name, format_args!("chosen: {media_type} ({why})"));
            }
            TraceEvent::ContentDecoded {
                coding,
                encoded,
                decoded,
            } => {
                let (encoded, decoded) = (Bytes(*encoded as u64), Bytes(*decoded as u64));
                let text = format_args!("{coding}, {decoded} from {encoded}");
                self.head(at, "decoded body", text);
            }
            TraceEvent::RequestBodyRead { body } => {
                let length = Bytes(body.len() as u64);
                self.head(at, "request body", format_args!("{length}"));
            }
            TraceEvent::Identified {
                authorization,
                sources,
            } => {
                self.head(at, "identity", format_args!("for {authorization}"));
                for (name, value) in sources {
                    let value = value
                        .as_deref()
                        .map(|value| self.look.secrets.identity(name, value));
                    self.header(name, value.as_deref().unwrap_or("nothing"));
                }
            }
            TraceEvent::Authorized {
                authorization,
                principal,
            } => {
                let principal = principal.as_deref().unwrap_or("anybody");
                let text = format_args!("{principal}, by {authorization}");
                self.head(at, "authorized", text);
            }
            TraceEvent::ApiKeyAccepted { key_id, usage_plan } => {
                let key = key_id.as_deref().unwrap_or("unknown");
                let text = format_args!("{key}, usage plan: {usage_plan}");
                self.head(at, "API key", text);
            }
            TraceEvent::LimitsDegraded => {
                self.head(at, "limits", format_args!("decided without their store"));
            }
            TraceEvent::ShadowRefusal { limit, reason } => {
                let text = format_args!("{limit} would refuse: {reason}");
                self.head(at, "limit observed", text);
            }
            TraceEvent::Validated { parameters, model } => {
                let model = model.as_deref().unwrap_or("none");
                let text = format_args!("required parameters: {parameters}, model: {model}");
                self.head(at, "validated", text);
            }
            TraceEvent::BodyFormed { .. } => self.body_form(at, &step.event),
            TraceEvent::ParameterMapped {
                target,
                source,
                value,
                fate,
                ..
            } => {
                let value = value.as_deref();
                let value = value.map(|value| self.look.secrets.target(target, value));
                let text = format_args!("{target} from {source}");
                self.parameter((at, "parameter"), text, (value.as_deref(), fate));
            }
            TraceEvent::Overridden {
                target,
                value,
                fate,
                ..
            } => {
                let value = self.look.secrets.target(target, value);
                let text = format_args!("{target}");
                self.parameter((at, "override"), text, (Some(&value), fate));
            }
            TraceEvent::HeaderChanged {
                side,
                name,
                sent_as,
            } => {
                let side = side.as_str();
                match sent_as {
                    Some(sent_as) => {
                        let text = format_args!("{name} of the {side} is sent as {sent_as}");
                        self.head(at, "header", text);
                    }
                    None => {
                        self.head(
                            at,
                            "header",
                            format_args!("{name} of the {side} is dropped"),
                        );
                    }
                }
            }
            TraceEvent::TemplateRendered {
                side,
                media_type,
                input,
                output,
                ..
            } => {
                let name = match side {
                    MappingSide::Request => "request template",
                    MappingSide::Response => "response template",
                };
                self.head(at, name, format_args!("{media_type}"));
                self.body("input", Some(input));
                self.body("output", Some(output));
            }
            TraceEvent::IntegrationRequest {
                method,
                uri,
                headers,
                body,
            } => {
                let name = "integration request";
                match uri.authority() {
                    Some(_) => {
                        let uri = self.look.secrets.uri(&uri.to_string());
                        self.head(at, name, format_args!("{method} {uri}"));
                    }
                    None => self.head(at, name, format_args!("to nobody (MOCK)")),
                }
                self.message(headers, body.as_deref());
            }
            TraceEvent::IntegrationResponse {
                status,
                headers,
                body,
                latency,
            } => {
                let latency = Millis(*latency);
                let text = format_args!("{status} after {latency}");
                self.head(at, "integration response", text);
                self.message(headers, body.as_deref());
            }
            TraceEvent::IntegrationResponseSelected { pattern, status } => {
                let status = status.as_u16();
                match pattern {
                    Some(pattern) => {
                        let text = format_args!("{status} by the pattern {pattern}");
                        self.head(at, "selected response", text);
                    }
                    None => self.head(at, "selected response", format_args!("{status} by default")),
                }
            }
            TraceEvent::MethodResponse {
                status,
                headers,
                body,
            } => {
                self.head(at, "method response", format_args!("{status}"));
                self.message(headers, body.as_deref());
            }
            TraceEvent::Refused {
                rejection,
                origin,
                status,
                headers,
                body,
            } => {
                self.refused(at, (rejection, *origin), *status);
                self.message(headers, body.as_deref());
            }
            TraceEvent::ResponseCompressed {
                coding,
                plain,
                encoded,
            } => {
                let text = match (plain, encoded) {
                    (Some(plain), Some(encoded)) => {
                        format!("{coding}, {} from {}", Bytes(*encoded), Bytes(*plain))
                    }
                    _ => (*coding).to_owned(),
                };
                self.head(at, "compressed response", format_args!("{text}"));
            }
            TraceEvent::Completed { status, length } => match length {
                Some(length) => {
                    self.head(
                        at,
                        "completed",
                        format_args!("{status}, {}", Bytes(*length)),
                    );
                }
                None => self.head(at, "completed", format_args!("{status}")),
            },
            // A step that this version does not know.
            _ => {}
        }
    }

    fn received(&mut self, at: Duration, request: &ClientRequest) {
        let ClientRequest {
            method,
            target,
            version,
            ..
        } = request;
        let target = self.look.secrets.uri(target.as_str());
        self.head(
            at,
            "received",
            format_args!("{method} {target} {version:?}"),
        );
        let spelling = request.spelling.as_ref();
        for (name, value) in &request.headers {
            let spelled = spelling.and_then(|known| known.spelling(name));
            let value = self.look.secrets.header(name, value.as_bytes());
            self.header(spelled.unwrap_or(name.as_str()), &value);
        }
    }

    /// What form a body has now, and why.
    fn body_form(&mut self, at: Duration, event: &TraceEvent) {
        let TraceEvent::BodyFormed {
            side,
            from,
            to,
            content_handling,
            own_entry,
            accepted_entry,
            before,
            after,
        } = event
        else {
            return;
        };
        let name = format!("{} body", side.as_str());
        let (before, after) = (Bytes(*before as u64), Bytes(*after as u64));
        let form = |form: &BodyForm| match form {
            BodyForm::Text => "text",
            BodyForm::Binary => "bytes",
        };
        if from == to {
            self.head(at, &name, format_args!("stays {}, {after}", form(to)));
        } else {
            let (from, to) = (form(from), form(to));
            let text = format_args!("from {from} to {to}, {after} from {before}");
            self.head(at, &name, text);
        }
        for (name, value) in [
            ("contentHandling", *content_handling),
            ("binary media type", own_entry.as_deref()),
            ("accepted binary media type", accepted_entry.as_deref()),
        ] {
            if let Some(value) = value {
                self.header(name, value);
            }
        }
    }

    /// Where a value comes from, and what became of it.
    fn parameter(
        &mut self,
        (at, name): (Duration, &str),
        text: fmt::Arguments<'_>,
        (value, fate): (Option<&str>, &TraceFate),
    ) {
        match (fate.word, &fate.renamed) {
            ("set", _) => self.head(at, name, text),
            ("renamed", Some(sent_as)) => {
                self.head(at, name, format_args!("{text}, sent as {sent_as}"))
            }
            ("empty", _) => self.head(at, name, format_args!("{text}, left out: it is empty")),
            (word, _) => self.head(at, name, format_args!("{text}, {word}")),
        }
        if let Some(value) = value {
            self.header("value", value);
        }
    }

    fn refused(
        &mut self,
        at: Duration,
        (rejection, origin): (&Rejection, ResponseOrigin),
        status: http::StatusCode,
    ) {
        let kind = rejection.response_type();
        let kind = kind.map_or("FRONT_DOOR", |kind| kind.as_str());
        let name = self.look.paint.tone(Tone::Error, "refused");
        self.line(at, &name, format_args!("{kind}, {status}"));
        for (name, text) in [
            ("message for the client", rejection.message()),
            ("reason for the operator", rejection.reason()),
        ] {
            if let Some(text) = text {
                self.header(name, text);
            }
        }
        if let ResponseOrigin::Api(chosen) = origin {
            self.header("gateway response of the API", chosen.as_str());
        }
    }

    /// The first line of a step.
    fn head(&mut self, at: Duration, name: &str, text: fmt::Arguments<'_>) {
        let name = self.look.paint.tone(Tone::Strong, name);
        self.line(at, &name, text);
    }

    fn line(&mut self, at: Duration, name: &str, text: fmt::Arguments<'_>) {
        let text = self.look.secrets.text(text.to_string().into());
        let time = format!("{:>12}", Millis(at).to_string());
        let time = self.look.paint.tone(Tone::Faint, &time);
        writeln!(self.out, "{time} {name} {}", self.shown(&text)).expect(ANY_TEXT);
    }

    fn message(&mut self, headers: &HeaderMap, body: Option<&[u8]>) {
        for (name, value) in headers {
            let value = self.look.secrets.header(name, value.as_bytes());
            self.header(name.as_str(), &value);
        }
        self.body("body", body);
    }

    fn header(&mut self, name: &str, value: &str) {
        let value = self.look.secrets.text(value.into());
        writeln!(
            self.out,
            "{INDENT}{}: {}",
            printable(name),
            self.shown(&value)
        )
        .expect(ANY_TEXT);
    }

    fn body(&mut self, name: &str, body: Option<&[u8]>) {
        let Some(body) = body else {
            return self.detail(format_args!("{name}: passed on as it arrives"));
        };
        if body.is_empty() {
            return self.detail(format_args!("{name}: empty"));
        }
        let length = Bytes(body.len() as u64);
        let body = &*self.look.secrets.bytes(body);
        let text = match std::str::from_utf8(body) {
            Ok(text) => {
                self.detail(format_args!("{name}: {length}"));
                Cow::Borrowed(text)
            }
            Err(_) => {
                self.detail(format_args!("{name}: {length}, not UTF-8"));
                Cow::Owned(spelled_out(body))
            }
        };
        let (shown, rest) = self.start(&text);
        let bar = self.look.paint.tone(Tone::Faint, "|");
        for line in shown.split_terminator('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            self.detail(format_args!("  {bar} {}", printable(line)));
        }
        if !rest.is_empty() {
            let rest = rest.chars().count();
            self.detail(format_args!("  … {rest} characters more, see --full"));
        }
    }

    fn detail(&mut self, text: fmt::Arguments<'_>) {
        let line = format!("{INDENT}{text}");
        writeln!(self.out, "{}", line.trim_end()).expect(ANY_TEXT);
    }

    fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let most = if self.look.is_full {
            usize::MAX
        } else {
            MOST_CHARS
        };
        printable_start(text, most)
    }

    /// What is shown of a body, and what is not.
    fn start<'t>(&self, text: &'t str) -> (&'t str, &'t str) {
        let end = text.char_indices().nth(MOST_CHARS).map(|(at, _)| at);
        match end.filter(|_| !self.look.is_full) {
            Some(end) => text.split_at_checked(end).unwrap_or((text, "")),
            None => (text, ""),
        }
    }
}

/// Why a template is used, or none.
fn said(rule: TemplateRule) -> &'static str {
    match rule {
        TemplateRule::Exact => "for this media type",
        TemplateRule::UnnamedIsJson => "without a media type JSON is meant",
        TemplateRule::DefaultKey => "for all that have no other",
        TemplateRule::JsonFallback => "nothing for the accepted type, but for JSON",
        TemplateRule::First => "nothing for the accepted type, it is the first",
        TemplateRule::NoTemplates => "there is none, the body passes",
        TemplateRule::WhenNoMatchPasses => "WHEN_NO_MATCH, the body passes",
        TemplateRule::WhenNoTemplatesRefuses => "WHEN_NO_TEMPLATES, but there are others",
        TemplateRule::NeverPasses => "NEVER lets a body pass",
        other => other.as_str(),
    }
}

/// Bytes that are no text, each as `\x80` where it is part of none.
fn spelled_out(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}").expect(ANY_TEXT);
        }
    }
    out
}

/// A time in milliseconds.
struct Millis(Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        write!(f, "{}.{:03} ms", micros / 1_000, micros % 1_000)
    }
}

/// A number of bytes.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} byte{plural}", self.0)
    }
}
