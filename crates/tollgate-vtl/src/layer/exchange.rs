//! A request and its response on their way through the layer. Nothing here waits.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http::{header, request, response};
use http_body_util::LengthLimitError;
use tollgate_core::{Body, BoxError, GatewayResponseType, RawRejection, Rejection};

use super::Settings;
use super::message::{Message, bad_gateway};
use crate::Template;

/// Headers about a text that has become another.
const OF_OLD_TEXT: [HeaderName; 10] = [
    header::ACCEPT_RANGES,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::ETAG,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("repr-digest"),
];

/// What is remembered of a request until its response has left.
pub(super) struct Exchange {
    settings: Arc<Settings>,
    /// The head, where a template for responses may ask for it.
    request: Option<request::Parts>,
}

impl Exchange {
    pub(super) fn new(settings: Arc<Settings>, request: &request::Parts) -> Self {
        let is_asked_for = !settings.responses.is_empty();
        let request = is_asked_for.then(|| request.clone());
        Self { settings, request }
    }

    pub(super) fn limit(&self) -> usize {
        self.settings.limit
    }

    /// Whether the body of a request, of which at least so many bytes are announced, is to be read
    /// and rewritten.
    pub(super) fn rewrites_request(
        &self,
        parts: &request::Parts,
        announced: u64,
    ) -> Result<bool, Rejection> {
        if self.settings.requests.find(&parts.headers).is_none() {
            return Ok(false);
        }
        if let Some(encoding) = encoding(&parts.headers) {
            let refusal = Rejection::new(GatewayResponseType::UnsupportedMediaType);
            return Err(refusal.because(encoded(encoding)));
        }
        if announced > self.settings.limit as u64 {
            return Err(self.content_too_large());
        }
        Ok(true)
    }

    /// The request to the service, with its body as it comes.
    pub(super) fn pass_request(&self, mut parts: request::Parts, body: Body) -> Request<Body> {
        if !self.settings.responses.is_empty() {
            parts.headers.remove(header::RANGE);
            parts.headers.remove(header::ACCEPT_ENCODING);
        }
        Request::from_parts(parts, body)
    }

    /// The request to the service, rewritten.
    pub(super) fn rewrite_request(
        &self,
        mut parts: request::Parts,
        body: Result<Bytes, BoxError>,
    ) -> Result<Request<Body>, Rejection> {
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                return self.content_too_large();
            }
            Rejection::raw(RawRejection::BadRequest).because(error.to_string())
        })?;
        if let Some(template) = self.settings.requests.find(&parts.headers) {
            let message = |body| Message {
                request: &parts,
                response: None,
                body,
            };
            let text = self.render(template, &body, message)?;
            describe(&mut parts.headers, &text);
            return Ok(self.pass_request(parts, text.into()));
        }
        Ok(self.pass_request(parts, body.into()))
    }

    /// Whether the body of a response is to be read and rewritten. One that is only left out is no
    /// longer described.
    pub(super) fn rewrites_response(
        &self,
        parts: &mut response::Parts,
        announced: u64,
    ) -> Result<bool, Rejection> {
        let has_template = self.settings.responses.find(&parts.headers).is_some();
        let has_body = !parts.status.is_informational()
            && !matches!(
                parts.status,
                StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
            );
        if !has_template || !has_body {
            return Ok(false);
        }
        let method = self.request.as_ref().map(|request| &request.method);
        if method == Some(&Method::HEAD) {
            remove_old(&mut parts.headers);
            return Ok(false);
        }
        if let Some(encoding) = encoding(&parts.headers) {
            return Err(bad_gateway().because(encoded(encoding)));
        }
        if announced > self.settings.limit as u64 {
            return Err(
                bad_gateway().because(format!("it has more than {} bytes", self.settings.limit))
            );
        }
        Ok(true)
    }

    /// The response to the client, rewritten.
    pub(super) fn rewrite_response(
        &self,
        mut parts: response::Parts,
        body: Result<Bytes, BoxError>,
    ) -> Result<Response<Body>, Rejection> {
        let body = body.map_err(|error| bad_gateway().because(error.to_string()))?;
        let template = self.settings.responses.find(&parts.headers);
        if let Some((template, request)) = template.zip(self.request.as_ref()) {
            let message = |body| Message {
                request,
                response: Some(&parts),
                body,
            };
            let text = self.render(template, &body, message)?;
            describe(&mut parts.headers, &text);
            return Ok(Response::from_parts(parts, text.into()));
        }
        Ok(Response::from_parts(parts, body.into()))
    }

    fn content_too_large(&self) -> Rejection {
        let limit = self.settings.limit as u64;
        Rejection::raw(RawRejection::ContentTooLarge { limit })
    }

    fn render<'a>(
        &'a self,
        template: &'a Template,
        body: &'a [u8],
        message: impl Fn(&'a str) -> Message<'a>,
    ) -> Result<String, Rejection> {
        let text = str::from_utf8(body).map_err(|error| message("").malformed(error))?;
        let variables = (self.settings.variables.0)(message(text))?;
        let rendered = template.render(&variables);
        rendered.map_err(|error| Rejection::configuration(error.to_string()))
    }
}

/// Makes headers say what is true of a new body.
fn describe(headers: &mut HeaderMap, text: &str) {
    remove_old(headers);
    // A message that has as many headers as it can have goes without.
    drop(headers.try_insert(header::CONTENT_LENGTH, HeaderValue::from(text.len())));
}

fn remove_old(headers: &mut HeaderMap) {
    for name in OF_OLD_TEXT {
        headers.remove(name);
    }
}

/// How a body is encoded, if its text cannot be read.
fn encoding(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut all = headers.get_all(header::CONTENT_ENCODING).iter();
    all.find(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn encoded(encoding: &HeaderValue) -> String {
    format!("a body with Content-Encoding {encoding:?} cannot be rewritten")
}
