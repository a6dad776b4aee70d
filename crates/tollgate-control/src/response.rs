//! Answers as HTTP responses.

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use tollgate_core::Body;

use crate::error::ControlError;
use crate::outcome::Reply;

/// A reply with the status 200.
pub(crate) fn of(reply: Reply) -> Response<Body> {
    let (content_type, body, disposition) = match reply {
        Reply::Empty => return Response::new(Body::empty()),
        Reply::Json(value) => ("application/json", value.to_string().into(), None),
        Reply::File {
            content_type,
            disposition,
            content,
        } => (content_type, Body::from(content), Some(disposition)),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let disposition = disposition.and_then(|text| HeaderValue::try_from(text).ok());
    if let Some(disposition) = disposition {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

/// The same with another status.
pub(crate) fn with_status(mut response: Response<Body>, status: u16) -> Response<Body> {
    // All operations have one that is a status.
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response
}

/// A refusal, as clients of AWS read it.
pub(crate) fn refusal(error: &ControlError) -> Response<Body> {
    let mut response = of(Reply::Json(
        serde_json::json!({ "message": error.message() }),
    ));
    *response.status_mut() = error.status();
    let exception = HeaderValue::from_static(error.exception());
    response.headers_mut().insert("x-amzn-errortype", exception);
    response
}
