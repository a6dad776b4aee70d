//! An event on its way to a process.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use serde_json::{Map, Value};
use tollgate_core::RequestId;

use crate::lambda::{Invocation, InvocationType};

/// Bytes of an event whose sender waits for the answer: Lambda's 6 MB.
pub(super) const LARGEST_EVENT: usize = 6 * 1024 * 1024;
/// Bytes of an event that nobody waits for: Lambda's 1 MB.
pub(super) const LARGEST_ASYNCHRONOUS_EVENT: usize = 1024 * 1024;
/// Bytes of an answer that is not streamed, and of an error: Lambda's 6 MB and a little, the number
/// that its error message names.
pub(super) const LARGEST_ANSWER: usize = 6 * 1024 * 1024 + 100;
/// Characters of a client context that are read.
const LONGEST_CLIENT_CONTEXT: usize = 3_583;

/// What a function is told of one call.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: RequestId,
    pub(super) payload: Bytes,
    pub(super) trace_id: Option<HeaderValue>,
    /// A JSON object on one line.
    pub(super) client_context: Option<HeaderValue>,
}

impl Event {
    pub(super) fn new(invocation: &Invocation, id: RequestId) -> Self {
        let header = |text: &String| HeaderValue::from_str(text).ok();
        // Only functions that somebody waits for hear of it (`Invoke` in the Lambda API reference).
        let client_context = match invocation.invocation_type {
            InvocationType::Event => None,
            _ => invocation
                .client_context
                .as_deref()
                .and_then(client_context),
        };
        Self {
            id,
            payload: invocation.payload.clone(),
            trace_id: invocation.trace_id.as_ref().and_then(header),
            client_context,
        }
    }
}

/// The object that the Base64 text holds; `None` where it holds none.
fn client_context(text: &str) -> Option<HeaderValue> {
    if text.len() > LONGEST_CLIENT_CONTEXT {
        return None;
    }
    let json = BASE64_STANDARD.decode(text).ok()?;
    let object: Map<String, Value> = serde_json::from_slice(&json).ok()?;
    HeaderValue::try_from(Value::Object(object).to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_contexts_are_decoded_or_left_out() {
        let encode = |text: &str| BASE64_STANDARD.encode(text);
        for (text, expected) in [
            (
                encode("{\"custom\":\n {\"a\": \"ä\"}}"),
                Some("{\"custom\":{\"a\":\"ä\"}}"),
            ),
            (encode("[1]"), None),
            (encode("{"), None),
            ("{}".to_owned(), None),
            (
                encode(&format!("{{\"a\":\"{}\"}}", "a".repeat(2_700))),
                None,
            ),
        ] {
            let found = client_context(&text);
            let found = found.as_ref().map(HeaderValue::as_bytes);
            assert_eq!(found, expected.map(str::as_bytes), "{text}");
        }
    }
}
