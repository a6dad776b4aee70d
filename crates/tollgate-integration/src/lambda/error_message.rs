//! The error that a function answers with.

use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use super::integration::FUNCTION_ERROR;

/// What the answer of a function that [`Lambda`](super::Lambda) has called says of its error: the
/// member `errorMessage`, as text.
///
/// This is what integration responses of a function are selected by. It is empty where the function
/// succeeded, and where the answer is no object or has no such member.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use tollgate_integration::lambda::error_message;
///
/// let answer = br#"{"errorMessage": "no such pet", "errorType": "NotFound"}"#;
/// let mut headers = HeaderMap::new();
/// assert_eq!(error_message(&headers, answer), "");
/// headers.insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
/// assert_eq!(error_message(&headers, answer), "no such pet");
/// ```
#[must_use]
pub fn error_message(headers: &HeaderMap, answer: &[u8]) -> String {
    if !headers.contains_key(FUNCTION_ERROR) {
        return String::new();
    }
    raised_message(answer)
}

/// The same of an answer that is known to be an error: see
/// [`Invoked::function_error`](super::Invoked::function_error).
#[must_use]
pub fn raised_message(answer: &[u8]) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        error_message: Option<Value>,
    }
    // What is no object has no such member.
    let answer = serde_json::from_slice::<Answer>(answer).ok();
    match answer.and_then(|answer| answer.error_message) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(message)) => message,
        Some(other) => other.to_string(),
    }
}
