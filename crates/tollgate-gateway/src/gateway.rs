//! The gateway: plans that serve, and can be replaced while they do.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use arc_swap::ArcSwap;
use http::{Request, Response};
use tollgate_core::{Body, BoxError, Clock, Ids, Observer, PathAddress, Random};
use tower_service::Service;

use crate::authorization::Doorkeeper;
use crate::seams::Seams;
use crate::{Plan, ResponseFuture, StagePlans, Transport, pipeline};

/// One stage of an API as a service.
///
/// It is cheap to clone, and all clones serve the same plans: those that were
/// [published](Self::publish) last. Paths are served without the stage in front, as behind a custom
/// domain name; [`Gateways`](crate::Gateways) serves many stages by their addresses. See the
/// [crate's page](crate) for an example.
#[derive(Clone, Debug)]
pub struct Gateway {
    plans: Arc<ArcSwap<StagePlans>>,
    seams: Arc<Seams>,
}

impl Gateway {
    /// A gateway that serves a plan, or two where the stage has a canary.
    #[must_use]
    pub fn new(plans: impl Into<StagePlans>) -> Self {
        Self {
            plans: Arc::new(ArcSwap::from_pointee(plans.into())),
            seams: Arc::new(Seams::default()),
        }
    }

    /// Tells an observer of every request.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        Arc::make_mut(&mut self.seams).observer = Some(observer);
        self
    }

    /// Reads the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        Arc::make_mut(&mut self.seams).clock = clock;
        self
    }

    /// Takes the ids of requests from another source.
    #[must_use]
    pub fn with_ids(mut self, ids: Arc<dyn Ids>) -> Self {
        Arc::make_mut(&mut self.seams).ids = ids;
        self
    }

    /// Decides by another source which requests the canary gets.
    #[must_use]
    pub fn with_random(mut self, random: Arc<dyn Random>) -> Self {
        Arc::make_mut(&mut self.seams).random = random;
        self
    }

    /// Puts something between the gateway and the endpoints that it calls.
    #[must_use]
    pub fn with_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        Arc::make_mut(&mut self.seams).transport = Some(transport);
        self
    }

    /// Puts something between the gateway and what judges its callers.
    pub(crate) fn with_doorkeeper(mut self, doorkeeper: Arc<dyn Doorkeeper>) -> Self {
        Arc::make_mut(&mut self.seams).doorkeeper = Some(doorkeeper);
        self
    }

    /// The plan that is served now, without that of a canary.
    #[must_use]
    pub fn plan(&self) -> Arc<Plan> {
        self.plans.load().production().clone()
    }

    /// All that is served now.
    #[must_use]
    pub fn plans(&self) -> Arc<StagePlans> {
        self.plans.load_full()
    }

    /// Serves another plan from now on, or two.
    ///
    /// Requests in flight end on the plan that they began with; none is dropped.
    pub fn publish(&self, plans: impl Into<StagePlans>) {
        self.plans.store(Arc::new(plans.into()));
    }
}

impl<B> Service<Request<B>> for Gateway
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let chosen = self.plans.load().choose(&*self.seams.random);
        let seams = self.seams.clone();
        ResponseFuture::new(pipeline::serve(chosen, seams, PathAddress::Root, request))
    }
}
