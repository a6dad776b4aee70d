//! The headers of an event: those of the client, and those that say where it came from.

use std::borrow::Cow;

use http::HeaderName;
use tollgate_core::{ClientRequest, Context, TRACE_HEADER};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Names as they are spelled and values, sorted by name.
pub(super) fn headers(context: &Context) -> Vec<(&str, Cow<'_, str>)> {
    let request = &context.request;
    let mut headers = Vec::with_capacity(request.headers.len() + 4);
    for (name, value) in request.visible_headers() {
        if !is_gateways(name, context) && !ClientRequest::is_signature(name, value) {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers.push((request.spelled(name), value));
        }
    }
    // Recorded on the service: the event of a test has no headers but those of the test.
    if !context.is_test {
        headers.push(("X-Amzn-Trace-Id", context.trace_id()));
        if let Some(client) = context.forwarded_for() {
            headers.push(("X-Forwarded-For", client.into()));
        }
        headers.push(("X-Forwarded-Port", request.port().to_string().into()));
        headers.push(("X-Forwarded-Proto", request.scheme().into()));
    }
    // Values of one name keep their order.
    headers.sort_by(|one, other| in_lower_case(one.0).cmp(in_lower_case(other.0)));
    headers
}

fn in_lower_case(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// Whether the gateway says this header itself.
fn is_gateways(name: &HeaderName, context: &Context) -> bool {
    !context.is_test
        && ([TRACE_HEADER, FORWARDED_PORT, FORWARDED_PROTO].contains(name)
            || (*name == FORWARDED_FOR && context.identity.source_ip.is_some()))
}
