//! The exchange: one request in flight.

use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderValue, header};
use tollgate_core::{ClientRequest, Context, Event, OriginalHeaders, PathAddress, PeerAddress};

use crate::plan::Plan;
use crate::seams::Seams;

/// The one record of a request in flight, filled in as it proceeds.
pub(crate) struct Exchange<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) seams: &'p Seams,
    pub(crate) context: Context,
}

impl<'p> Exchange<'p> {
    /// What is known when a request arrives.
    pub(crate) fn begin(
        plan: &'p Plan,
        seams: &'p Seams,
        address: PathAddress,
        request: Parts,
    ) -> Self {
        let peer = request.extensions.get::<PeerAddress>();
        let source_ip = peer.map(|peer| peer.0.ip());
        let mut request = client_request(request);
        request.address = address;
        let mut context = Context::new(
            plan.stage.clone(),
            seams.ids.request(),
            seams.clock.now(),
            request,
        );
        context.identity.source_ip = source_ip;
        Self {
            plan,
            seams,
            context,
        }
    }

    /// The headers as they arrived.
    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.context.request.headers
    }

    /// Tells the observer, if there is one.
    pub(crate) fn observe<'e>(&self, event: impl FnOnce() -> Event<'e>) {
        if let Some(observer) = &self.seams.observer {
            observer.observe(&self.context, &event());
        }
    }
}

fn client_request(parts: Parts) -> ClientRequest {
    // The target of `CONNECT`, and of nothing else, has no path.
    let root = || PathAndQuery::from_static("/");
    let uri = parts.uri.into_parts();
    let target = uri.path_and_query.unwrap_or_else(root);
    let mut request = ClientRequest::new(parts.method, target);
    request.version = parts.version;
    request.headers = parts.headers;
    if let Some(authority) = uri.authority {
        set_host(&mut request.headers, &authority);
    }
    request.spelling = parts.extensions.get::<OriginalHeaders>().cloned();
    request
}

/// Says in the headers which host the target names: HTTP/2 has nothing but the target for it, and in
/// HTTP/1.1 the target counts (RFC 9112, section 3.2.2).
fn set_host(headers: &mut HeaderMap, authority: &Authority) {
    let host = authority.as_str();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let said = headers.get(header::HOST).map(HeaderValue::as_bytes);
    if said != Some(host.as_bytes())
        && let Ok(host) = HeaderValue::from_str(host)
    {
        // A request that has as many headers as it can have goes without.
        drop(headers.try_insert(header::HOST, host));
    }
}
