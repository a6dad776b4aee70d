//! The headers that reach an HTTP endpoint besides those that are mapped.

use std::fmt::Write as _;

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

/// Headers of a client that do not pass through a proxy integration, besides those that concern one
/// connection only (recorded on the service).
const NOT_PASSED: [HeaderName; 10] = [
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::MAX_FORWARDS,
    header::SERVER,
    header::VIA,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("content-md5"),
    API_ID,
];

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
            if !NOT_PASSED.contains(name) && !ends_here.contains(name) {
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

/// Adds where the request came from.
fn forward(context: &Context, headers: &mut HeaderMap) {
    if let Some(ip) = context.identity.source_ip {
        let mut all = String::with_capacity(LONGEST_ADDRESS);
        for before in headers.get_all(FORWARDED_FOR) {
            all.push_str(&String::from_utf8_lossy(before.as_bytes()));
            all.push_str(", ");
        }
        write!(all, "{ip}").expect("a string takes any text");
        if let Ok(value) = HeaderValue::try_from(all) {
            headers.insert(FORWARDED_FOR, value);
        }
    }
    headers.insert(FORWARDED_PORT, HeaderValue::from(context.request.port()));
    let scheme = HeaderValue::from_static(context.request.scheme());
    headers.insert(FORWARDED_PROTO, scheme);
}
