//! From response to the answer of a proxy integration.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::response::Parts;
use http::{HeaderMap, HeaderValue, header};
use tollgate_core::{HopByHop, first_media_type, push_json_string};

use crate::lambda::json::Members;

/// What goes before an answer that is streamed.
pub(super) fn metadata(head: &Parts) -> String {
    let mut out = String::with_capacity(256);
    let mut members = Members::of(&mut out);
    push_head(&mut members, head);
    members.end();
    out.push_str("\0\0\0\0\0\0\0\0");
    out
}

/// Status and headers. What belongs to a connection, or frames the body, is left out.
fn push_head(members: &mut Members<'_>, head: &Parts) {
    members.name("statusCode").push_str(head.status.as_str());
    let ends_here = HopByHop::of(&head.headers);
    let mut headers = Members::of(members.name("multiValueHeaders"));
    for name in head.headers.keys() {
        if *name != header::CONTENT_LENGTH && !ends_here.contains(name) {
            let values = head.headers.get_all(name).iter();
            let values: Vec<_> = values
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            headers.texts(name.as_str(), values.iter().map(|value| &**value));
        }
    }
    headers.end();
}

/// The answer as JSON.
pub(super) fn answer(head: &Parts, body: &[u8]) -> String {
    let mut out = String::with_capacity(256 + body.len() + body.len() / 2);
    let mut members = Members::of(&mut out);
    push_head(&mut members, head);
    let text = std::str::from_utf8(body).ok();
    let text = text.filter(|_| is_text(&head.headers));
    let out_of_body = members.name("body");
    match text {
        Some(text) => push_json_string(out_of_body, text),
        None => {
            out_of_body.push('"');
            BASE64_STANDARD.encode_string(body, out_of_body);
            out_of_body.push('"');
        }
    }
    members
        .name("isBase64Encoded")
        .push_str(if text.is_some() { "false" } else { "true" });
    members.end();
    out
}

/// Whether headers say that a body is text, or say nothing.
fn is_text(headers: &HeaderMap) -> bool {
    let coding = headers.get(header::CONTENT_ENCODING);
    if coding.is_some_and(|coding| coding != "identity") {
        return false;
    }
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let media_type = first_media_type(HeaderValue::as_bytes(content_type)).to_ascii_lowercase();
    let is = |name: &str| media_type == name.as_bytes();
    media_type.starts_with(b"text/")
        || [&b"+json"[..], b"+xml"]
            .iter()
            .any(|suffix| media_type.ends_with(suffix))
        || is("application/json")
        || is("application/xml")
        || is("application/javascript")
        || is("application/x-ndjson")
        || is("application/graphql")
        || is("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_tell_text_from_bytes() {
        for (content_type, coding, expected) in [
            (None, None, true),
            (Some("text/html; charset=utf-8"), None, true),
            (Some("application/json"), None, true),
            (Some("Application/JSON"), None, true),
            (Some("application/problem+json"), None, true),
            (Some("image/svg+xml"), None, true),
            (Some("image/png"), None, false),
            (Some("application/octet-stream"), None, false),
            (Some("text/plain"), Some("gzip"), false),
            (Some("text/plain"), Some("identity"), true),
        ] {
            let mut headers = HeaderMap::new();
            let typed = [
                (header::CONTENT_TYPE, content_type),
                (header::CONTENT_ENCODING, coding),
            ];
            for (name, value) in typed {
                headers.extend(value.map(|value| (name, HeaderValue::from_static(value))));
            }
            assert_eq!(is_text(&headers), expected, "{content_type:?} {coding:?}");
        }
    }
}
