//! Many stages of many APIs behind one service.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use arc_swap::ArcSwap;
use http::{HeaderMap, Request, Response, Uri, header};
use tollgate_core::{
    Body, BoxError, Clock, Ids, Observer, PathAddress, Random, RawRejection, Rejection,
    add_request_ids,
};
use tower_service::Service;

use crate::address::AddressTable;
use crate::seams::Seams;
use crate::stage_plans::Chosen;
use crate::{Plan, ResponseFuture, pipeline};

/// Many stages of many APIs as one service, each reached by its addresses.
///
/// It is cheap to clone, and all clones look addresses up in the same [`AddressTable`]: the one that
/// was [published](Self::publish) last. A request whose address leads nowhere gets what the service
/// says to it: 403 `Forbidden`, with the [`Rejection`] among its extensions. Observers are told of
/// requests to a stage only.
///
/// ```
/// use std::sync::Arc;
/// use tollgate_gateway::address::AddressTable;
/// use tollgate_gateway::{Gateways, Plan};
/// use tollgate_model::{ApiDocument, Stage};
///
/// let mut document = ApiDocument::new("pets");
/// document.rest_api.id = Some("a1b2c3d4e5".into());
/// let plan = Plan::compile(&document, &Stage::new("prod".parse()?))?;
/// let table = AddressTable::builder().stage(Arc::new(plan)).build()?;
/// let found = table.find("a1b2c3d4e5.execute-api.localhost:8080", "/prod/pets/7")?;
/// assert_eq!(found.plans.production().stage().stage.as_str(), "prod");
/// let gateways = Gateways::new(table);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gateways {
    table: Arc<ArcSwap<AddressTable>>,
    seams: Arc<Seams>,
}

impl Gateways {
    /// A service for the stages of a table.
    #[must_use]
    pub fn new(table: AddressTable) -> Self {
        Self {
            table: Arc::new(ArcSwap::from_pointee(table)),
            seams: Arc::new(Seams::default()),
        }
    }

    /// Tells an observer of every request to a stage.
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

    /// Decides by another source which requests the canaries of stages get.
    #[must_use]
    pub fn with_random(mut self, random: Arc<dyn Random>) -> Self {
        Arc::make_mut(&mut self.seams).random = random;
        self
    }

    /// The table that addresses are looked up in now.
    #[must_use]
    pub fn table(&self) -> Arc<AddressTable> {
        self.table.load_full()
    }

    /// Looks addresses up in another table from now on.
    ///
    /// Requests in flight end on the plan that they began with; none is dropped.
    pub fn publish(&self, table: AddressTable) {
        self.table.store(Arc::new(table));
    }

    /// Answers a request that is looked up in this table, whatever was published since: whoever has judged
    /// by a table whether a request may come so far lets it go no other way.
    pub fn call_by<B>(&self, table: &AddressTable, mut request: Request<B>) -> ResponseFuture
    where
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        match self.address(table, &mut request) {
            Ok((chosen, address)) => {
                let seams = self.seams.clone();
                ResponseFuture::new(pipeline::serve(chosen, seams, address, request))
            }
            Err(rejection) => {
                let mut response = rejection.into_response();
                add_request_ids(response.headers_mut(), self.seams.ids.request());
                ResponseFuture::new(std::future::ready(response))
            }
        }
    }

    /// Chooses the plan for a request; one of the form `/restapis/…` gets the target that it stands
    /// for.
    fn address<B>(
        &self,
        table: &AddressTable,
        request: &mut Request<B>,
    ) -> Result<(Chosen, PathAddress), Rejection> {
        let host = host(request.headers(), request.uri());
        let found = table
            .find(host, request.uri().path())
            .map_err(|error| Rejection::raw(RawRejection::Forbidden).because(error.reason()))?;
        let mut chosen = found.plans.choose(&*self.seams.random);
        let path = found.path;
        if let Some(start) = found.user_request {
            chosen.sent_target = request.uri().path_and_query().cloned();
            *request.uri_mut() = user_request(request.uri(), &chosen.plan, start)?;
        }
        Ok((chosen, path))
    }
}

/// The host that a request is for: that of its target, if it has one (RFC 9112, section 3.2.2).
fn host<'r>(headers: &'r HeaderMap, uri: &'r Uri) -> &'r str {
    let header = || {
        headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
    };
    let authority = uri.authority().map(http::uri::Authority::as_str);
    authority.or_else(header).unwrap_or_default()
}

/// `/{stage}` and what begins at `start`.
fn user_request(uri: &Uri, plan: &Plan, start: usize) -> Result<Uri, Rejection> {
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let rest = target.get(start..).unwrap_or_default();
    let target = format!("/{}{rest}", plan.stage().stage);
    let mut parts = uri.clone().into_parts();
    let invalid = || Rejection::raw(RawRejection::BadRequest).because("the path is too long");
    parts.path_and_query = Some(target.try_into().map_err(|_| invalid())?);
    Uri::from_parts(parts).map_err(|_| invalid())
}

impl<B> Service<Request<B>> for Gateways
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
        self.call_by(&self.table.load(), request)
    }
}
