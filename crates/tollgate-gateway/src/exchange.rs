//! The exchange: one request in flight.

use http::HeaderMap;
use http::request::Parts;
use http::uri::PathAndQuery;
use tollgate_core::{ClientRequest, Context, Event, OriginalHeaders, PeerAddress};

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
    pub(crate) fn begin(plan: &'p Plan, seams: &'p Seams, request: Parts) -> Self {
        let peer = request.extensions.get::<PeerAddress>();
        let source_ip = peer.map(|peer| peer.0.ip());
        let request = client_request(request);
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
    let target = parts.uri.into_parts().path_and_query.unwrap_or_else(root);
    let mut request = ClientRequest::new(parts.method, target);
    request.version = parts.version;
    request.headers = parts.headers;
    request.spelling = parts.extensions.get::<OriginalHeaders>().cloned();
    request
}
