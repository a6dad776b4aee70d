//! The headers that reach an HTTP endpoint besides those that are mapped.

use std::fmt::Write as _;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tollgate_core::{Context, HopByHop, TRACE_HEADER};

/// The header that names the API to its endpoint.
pub(crate) const API_ID: HeaderName = HeaderName::from_static("x-amzn-apigateway-api-id");

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Headers that the gateway adds: there is room for them.
const ROOM: usize = 8;

/// Characters that an address has at most.
const LONGEST_ADDRESS: usize = 45;

/// Whether a client's header ends at a proxy integration, even if it does not with the connection
/// (recorded on the service).
fn ends_at_proxy(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "content-encoding"
            | "content-length"
            | "content-md5"
            | "expect"
            | "host"
            | "max-forwards"
            | "server"
            | "via"
            | "www-authenticate"
            | "x-amzn-apigateway-api-id"
    )
}

/// The headers of an API's own, made once.
#[derive(Clone, Debug)]
pub(crate) struct OwnHeaders {
    user_agent: HeaderValue,
    api_id: HeaderValue,
}

impl OwnHeaders {
    /// `None` where the API's id cannot stand in a header.
    pub(crate) fn new(api_id: &str) -> Option<Self> {
        Some(Self {
            user_agent: format!("AmazonAPIGateway_{api_id}").parse().ok()?,
            api_id: api_id.parse().ok()?,
        })
    }

    /// What an integration with mapping begins with: nothing of the client's but the body's type.
    pub(crate) fn of_mapping(&self, context: &Context, has_body: bool) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(ROOM);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.user_agent.clone());
        let content_type = context.request.headers.get(header::CONTENT_TYPE);
        if let Some(content_type) = content_type.filter(|_| has_body) {
            headers.insert(header::CONTENT_TYPE, content_type.clone());
        }
        self.sign(context, &mut headers);
        headers
    }

    /// What a proxy integration begins with: what the client sent, and who it was.
    pub(crate) fn of_proxy(&self, context: &Context) -> HeaderMap {
        let sent = &context.request.headers;
        let ends_here = HopByHop::of(sent);
        let mut headers = HeaderMap::with_capacity(sent.len() + ROOM);
        for (name, value) in sent {
            if !ends_at_proxy(name) && !ends_here.contains(name) {
                headers.append(name, value.clone());
            }
        }
        self.sign(context, &mut headers);
        forward(context, &mut headers);
        headers
    }

    fn sign(&self, context: &Context, headers: &mut HeaderMap) {
        headers.insert(API_ID, self.api_id.clone());
        headers.insert(TRACE_HEADER, context.trace_header());
    }
}

/// Writes an address; those of version 4 come with nearly all requests, and are quick to write.
fn push_address(out: &mut String, address: IpAddr) {
    match address {
        IpAddr::V4(address) => {
            for (index, number) in address.octets().into_iter().enumerate() {
                if index > 0 {
                    out.push('.');
                }
                for (is_shown, digit) in [
                    (number > 99, number / 100),
                    (number > 9, number / 10 % 10),
                    (true, number % 10),
                ] {
                    if is_shown {
                        out.push(char::from(b'0' + digit));
                    }
                }
            }
        }
        IpAddr::V6(address) => write!(out, "{address}").expect("a string takes any text"),
    }
}

/// Adds where the request came from.
fn forward(context: &Context, headers: &mut HeaderMap) {
    if let Some(ip) = context.identity.source_ip {
        let mut all = String::with_capacity(LONGEST_ADDRESS);
        for before in headers.get_all(FORWARDED_FOR) {
            all.push_str(&String::from_utf8_lossy(before.as_bytes()));
            all.push_str(", ");
        }
        push_address(&mut all, ip);
        if let Ok(value) = HeaderValue::try_from(all) {
            headers.insert(FORWARDED_FOR, value);
        }
    }
    headers.insert(FORWARDED_PORT, HeaderValue::from(context.request.port()));
    let scheme = HeaderValue::from_static(context.request.scheme());
    headers.insert(FORWARDED_PROTO, scheme);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_they_are_read() {
        for text in [
            "0.9.10.255",
            "127.0.0.1",
            "203.0.113.100",
            "::1",
            "2001:db8::ff",
        ] {
            let mut out = String::new();
            push_address(&mut out, text.parse().unwrap());
            assert_eq!(out, text);
        }
    }
}
