//! The headers that reach an HTTP endpoint besides those that are mapped.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tollgate_core::{ClientRequest, Context, Event, HopByHop, MappingSide, Observer, TRACE_HEADER};

/// The header that names the API to its endpoint.
pub(crate) const API_ID: HeaderName = HeaderName::from_static("x-amzn-apigateway-api-id");

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Headers that the gateway adds: there is room for them.
const ROOM: usize = 8;

/// Headers of a client that there is room for from the start; no map can begin with any number.
const MOST_FORESEEN: usize = 100;

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
        let content_type = context.request.content_type();
        if let Some(content_type) = content_type.filter(|_| has_body) {
            headers.insert(header::CONTENT_TYPE, content_type.clone());
        }
        self.sign(context, &mut headers);
        headers
    }

    /// What a proxy integration begins with: what the client sent, and who it was.
    pub(crate) fn of_proxy(&self, context: &Context, observer: Option<&dyn Observer>) -> HeaderMap {
        let sent = &context.request.headers;
        let ends_here = HopByHop::of(sent);
        let mut headers = HeaderMap::with_capacity(sent.keys_len().min(MOST_FORESEEN) + ROOM);
        for (name, value) in sent {
            let is_signature = ClientRequest::is_signature(name, value);
            if !is_signature && !ends_at_proxy(name) && !ends_here.contains(name) {
                headers.append(name, value.clone());
            } else if let Some(observer) = observer {
                let event = Event::HeaderChanged {
                    side: MappingSide::Request,
                    name,
                    sent_as: None,
                };
                observer.observe(context, &event);
            }
        }
        let content_types = headers.get_all(header::CONTENT_TYPE);
        if content_types.iter().nth(1).is_some()
            && let Some(content_type) = context.request.content_type()
        {
            // An endpoint must not take the body for something else than what was validated.
            headers.insert(header::CONTENT_TYPE, content_type.clone());
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
    if let Some(addresses) = context.forwarded_for()
        && let Ok(value) = HeaderValue::try_from(addresses)
    {
        headers.insert(FORWARDED_FOR, value);
    }
    headers.insert(FORWARDED_PORT, HeaderValue::from(context.request.port()));
    let scheme = HeaderValue::from_static(context.request.scheme());
    headers.insert(FORWARDED_PROTO, scheme);
}
