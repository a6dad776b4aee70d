//! The head of a request as it goes over the wire.

use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};
use http_body::Body as _;
use tollgate_core::Body;

use super::failure::Failure;
use crate::IntegrationRequest;

/// Whether a header frames a message or concerns one connection (RFC 9110, section 7.6.1). These are
/// never taken from a request: a length that does not fit the body would let an endpoint take the
/// rest of it for another request. A mapped `Upgrade` passes (recorded on the service); without
/// `Connection` it asks for nothing.
fn is_of_one_connection(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection"
            | "content-length"
            | "expect"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "proxy-connection"
            | "te"
            | "transfer-encoding"
    )
}

/// Leaves out what is never taken from a request.
pub(crate) fn without_connection_headers(headers: &mut HeaderMap) {
    // Most requests have none of them.
    while let Some(name) = headers.keys().find(|name| is_of_one_connection(name)) {
        let name = name.clone();
        headers.remove(name);
    }
}

/// Makes the request that goes to an endpoint.
///
/// It has one `Host`, and the length of the body that it really has: `Content-Length: 0` without
/// one (recorded on the service).
pub(super) fn outgoing(
    request: IntegrationRequest,
    fixed: Option<&Authority>,
) -> Result<Request<Body>, Failure> {
    let IntegrationRequest {
        method,
        uri,
        mut headers,
        body,
        ..
    } = request;
    without_connection_headers(&mut headers);
    if body.is_end_stream() {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    one_host(&uri, fixed, &mut headers)?;
    let mut outgoing = Request::new(body);
    *outgoing.method_mut() = method;
    // The request line names path and query only.
    *outgoing.uri_mut() = uri
        .path_and_query()
        .cloned()
        .map_or_else(Uri::default, Uri::from);
    *outgoing.headers_mut() = headers;
    Ok(outgoing)
}

fn one_host(uri: &Uri, fixed: Option<&Authority>, headers: &mut HeaderMap) -> Result<(), Failure> {
    let host = match headers.remove(header::HOST) {
        Some(host) => host,
        None => {
            let authority = uri.authority().or(fixed).ok_or(Failure::NoHost)?;
            HeaderValue::try_from(authority.as_str()).map_err(|_| Failure::NoHost)?
        }
    };
    headers.insert(header::HOST, host);
    Ok(())
}
