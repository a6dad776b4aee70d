//! The exchange: one request in flight.

use std::sync::Arc;

use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName};
use tollgate_auth::{AuthorizerAnswer, IamKey};
use tollgate_core::{ClientRequest, Context, Event, Identity, Moment, PathAddress, RequestId};

use crate::plan::Plan;
use crate::seams::Seams;
use crate::stage_plans::Chosen;

/// The API key that a test shows, as events of tests on the service do.
const TEST_API_KEY: &str = "test-invoke-api-key";
/// Its id.
const TEST_API_KEY_ID: &str = "test-invoke-api-key-id";

/// The one record of a request in flight, filled in as it proceeds.
pub(crate) struct Exchange<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) seams: &'p Seams,
    pub(crate) context: Context,
    /// The target that the client has sent, where it is not that of the context.
    pub(crate) sent_target: Option<&'p PathAndQuery>,
    /// What a Lambda authorizer answered.
    pub(crate) answer: Option<Arc<AuthorizerAnswer>>,
    /// The key that signed the request.
    pub(crate) key: Option<Arc<IamKey>>,
    /// Whether the response passes on as it arrives, and is left as it is.
    pub(crate) streams_response: bool,
}

impl<'p> Exchange<'p> {
    /// What is known when a request arrives.
    pub(crate) fn begin(
        chosen: &'p Chosen,
        seams: &'p Seams,
        address: PathAddress,
        request: Parts,
    ) -> Self {
        let plan = &*chosen.plan;
        let identity = Identity::of_connection(&request.extensions);
        let mut request = ClientRequest::from(request);
        request.address = address;
        let (own_id, extended_id) = seams.ids.request();
        let ids = (sent_id(&request).unwrap_or(own_id), extended_id);
        let received_at = seams.clock.now();
        let mut context = Context::new(plan.deployed.stage.clone(), ids, received_at, request);
        context.identity = identity;
        context.is_canary_request = chosen.is_canary;
        context.is_test = chosen.is_test;
        if chosen.is_test {
            context.identity.api_key = Some(TEST_API_KEY.into());
            context.identity.api_key_id = Some(TEST_API_KEY_ID.into());
        }
        Self {
            plan,
            seams,
            context,
            sent_target: chosen.sent_target.as_ref(),
            answer: None,
            key: None,
            streams_response: false,
        }
    }

    /// The headers as they arrived.
    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.context.request.headers
    }

    /// What time it is, where somebody wants to know how long a step takes.
    pub(crate) fn observed_at(&self) -> Option<Moment> {
        let observer = self.seams.observer.as_ref();
        observer.map(|_| self.seams.clock.now())
    }

    /// Whether bodies must be told of, so that none is passed on as it arrives.
    pub(crate) fn tells_bodies(&self) -> bool {
        let observer = self.seams.observer.as_ref();
        observer.is_some_and(|observer| observer.wants_bodies())
    }

    /// Tells the observer, if there is one, of something that there may be.
    pub(crate) fn observe_some<'e>(&self, event: impl FnOnce() -> Option<Event<'e>>) {
        if let Some(observer) = &self.seams.observer
            && let Some(event) = event()
        {
            observer.observe(&self.context, &event);
        }
    }

    /// Tells the observer, if there is one.
    pub(crate) fn observe<'e>(&self, event: impl FnOnce() -> Event<'e>) {
        if let Some(observer) = &self.seams.observer {
            observer.observe(&self.context, &event());
        }
    }
}

/// The id that a client gives its request itself, if it is one (the developer guide's page "Set up
/// logging").
fn sent_id(request: &ClientRequest) -> Option<RequestId> {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
    RequestId::parse(request.headers.get(REQUEST_ID)?.to_str().ok()?)
}
