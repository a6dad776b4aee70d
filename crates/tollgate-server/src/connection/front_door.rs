//! What an HTTP/2 request must be before anybody looks at its address.
//!
//! Over HTTP/1 the tap sees to that.

use http::request::Parts;
use http::{HeaderMap, Method, header};
use tollgate_http1::Violation;

use crate::config::Limits;

/// Checks a request whose host is in its target.
pub(crate) fn check(request: &Parts, limits: &Limits) -> Result<(), Violation> {
    if request.method == Method::CONNECT {
        return Err(Violation::Connect);
    }
    if !request.uri.path().starts_with('/') {
        return Err(Violation::Target);
    }
    let target = request
        .uri
        .path_and_query()
        .map_or("", |target| target.as_str());
    if target.len() > limits.target_bytes.size() {
        return Err(Violation::TargetTooLong);
    }
    if field_bytes(&request.headers) > limits.header_bytes.size() {
        return Err(Violation::FieldsTooLarge);
    }
    let mut hosts = request.headers.get_all(header::HOST).iter();
    let host = hosts.next().map(http::HeaderValue::as_bytes);
    if hosts.next().is_some() {
        return Err(Violation::RepeatedHost);
    }
    let authority = request.uri.authority().map(|one| one.as_str().as_bytes());
    match (authority, host) {
        (None, None) => Err(Violation::NoHost),
        (Some(authority), _) if authority.contains(&b'@') => Err(Violation::Host),
        (None, Some([])) => Err(Violation::NoHost),
        (None, Some(host)) if host.contains(&b'@') => Err(Violation::Host),
        (Some(authority), Some(host)) if !authority.eq_ignore_ascii_case(host) => {
            Err(Violation::OtherHost)
        }
        _ => Ok(()),
    }
}

/// Bytes of all headers as they would stand in HTTP/1: `name: value` and a line end.
fn field_bytes(headers: &HeaderMap) -> usize {
    let around = ": \r\n".len();
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        name.as_str().len() + value.len() + around
    };
    headers.iter().map(field).sum()
}
