//! The service of the layer.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use tollgate_core::{
    Body, BoxError, ClientRequest, GatewayResponseType, RawRejection, Rejection, content_codings,
};
use tower_service::Service;

use super::future::ValidateFuture;
use crate::RequestValidator;

/// What [`ValidateLayer`](crate::ValidateLayer) makes of a service.
#[derive(Clone)]
pub struct Validated<F, S> {
    find: F,
    limit: usize,
    inner: S,
}

impl<F, S> Validated<F, S> {
    pub(super) const fn new(inner: S, find: F, limit: usize) -> Self {
        Self { find, limit, inner }
    }
}

impl<F, S, B, R> Service<Request<B>> for Validated<F, S>
where
    F: Fn(&Parts) -> Option<Arc<RequestValidator>>,
    S: Service<Request<Body>, Response = Response<R>> + Clone,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = ValidateFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let validator = (self.find)(&parts);
        if validator.is_some() {
            keep_one_content_type(&mut parts.headers);
        }
        let checked = validator.as_ref().map_or(Ok(false), |validator| {
            check_head(validator, &parts, body.size_hint().lower(), self.limit)
        });
        match (checked, validator) {
            (Ok(true), Some(validator)) => {
                // The body is read first: the service that was ready goes along, and its clone
                // waits for the next request.
                let clone = self.inner.clone();
                let ready = mem::replace(&mut self.inner, clone);
                ValidateFuture::reading(ready, parts, body, validator, self.limit)
            }
            (Ok(_), _) => {
                let request = Request::from_parts(parts, Body::stream(body));
                ValidateFuture::called(self.inner.call(request))
            }
            (Err(rejection), _) => ValidateFuture::refused(rejection),
        }
    }
}

/// Checks what can be checked without the body; `true` if the body is next.
fn check_head(
    validator: &RequestValidator,
    parts: &Parts,
    announced: u64,
    limit: usize,
) -> Result<bool, Rejection> {
    if validator.required_parameters() > 0 {
        validator.check_parameters(&ClientRequest::from(parts.clone()))?;
    }
    if !validator.checks_body(content_type(&parts.headers)) {
        return Ok(false);
    }
    if let Some(coding) = content_codings(&parts.headers).next() {
        let refusal = Rejection::new(GatewayResponseType::UnsupportedMediaType);
        let coding = String::from_utf8_lossy(coding);
        let reason = format!("a body with Content-Encoding {coding:?} cannot be checked");
        return Err(refusal.because(reason));
    }
    let limit = limit as u64;
    if announced > limit {
        return Err(Rejection::raw(RawRejection::ContentTooLarge { limit }));
    }
    Ok(true)
}

/// What the body is said to be: of several headers the last one counts, as for all parameters.
pub(super) fn content_type(headers: &HeaderMap) -> Option<&[u8]> {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    all.next_back().map(HeaderValue::as_bytes)
}

/// Leaves the header that counts, so that nobody takes the body for something else than what was
/// checked.
fn keep_one_content_type(headers: &mut HeaderMap) {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(_), Some(last)) = (all.next(), all.next_back()) else {
        return;
    };
    let last = last.clone();
    headers.insert(header::CONTENT_TYPE, last);
}

impl<F, S: fmt::Debug> fmt::Debug for Validated<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validated")
            .field("inner", &self.inner)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
