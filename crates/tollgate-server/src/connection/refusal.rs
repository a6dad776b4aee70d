//! How clients are told that their request is none.

use http::{HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use tollgate::core::{Body, RawRejection, Rejection, default_response};

/// The answer to a request that is refused before anybody looks at its address.
///
/// The messages of 414 and 431 are not known of the service.
pub(crate) fn refusal(status: u16) -> Response<Body> {
    let (status, body) = match status {
        414 => (
            StatusCode::URI_TOO_LONG,
            r#"{"message":"Request URI too long"}"#,
        ),
        431 => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            r#"{"message":"Request Header Or Cookie Too Large"}"#,
        ),
        _ => return default_response(&Rejection::raw(RawRejection::BadRequest)),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// The same as it goes over the wire of HTTP/1, as the last of its connection.
pub(crate) fn refusal_bytes(status: u16) -> Vec<u8> {
    let response = refusal(status);
    let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    let status = response.status();
    let mut bytes = format!(
        "HTTP/1.1 {} {}\r\ndate: {date}\r\nconnection: close\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default(),
    )
    .into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(&body);
    bytes
}
