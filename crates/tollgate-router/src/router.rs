//! Dispatches requests to services.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tollgate_core::{Body, BoxError, GatewayResponseType, RawRejection, Rejection};
use tower_service::Service;

use crate::{PathError, RouteMatch, RouteTable, future::RouterFuture};

/// A service that passes each request on to the service of the route that answers it.
///
/// The service gets the request as it came, with a [`RouteMatch`] among its extensions. A request
/// that no route answers gets what API Gateway says to it: 403 `Missing Authentication Token`. One
/// whose path [`check_path`](crate::check_path) refuses gets 400. Both answers have their
/// [`Rejection`] among their extensions.
///
/// The services of a table are of one type; make them so with
/// [`BoxCloneSyncService`](https://docs.rs/tower/latest/tower/util/struct.BoxCloneSyncService.html)
/// where they are not. Each request is answered by a clone, which is awaited until it is ready.
///
/// ```
/// use http::{Request, Response, StatusCode};
/// use tollgate_core::Body;
/// use tollgate_router::{MethodKey, Router, RouteTable, Verb};
/// use tower::{ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let hello = service_fn(async |_: Request<()>| {
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from("hello")))
/// });
/// let mut table = RouteTable::builder();
/// table.insert(&"/hello".parse()?, MethodKey::Verb(Verb::Get), hello)?;
/// let router = Router::new(table.build());
///
/// # futures::executor::block_on(async {
/// let response = router.clone().oneshot(Request::get("/hello").body(())?).await?;
/// assert_eq!(response.status(), StatusCode::OK);
/// let response = router.oneshot(Request::put("/hello").body(())?).await?;
/// assert_eq!(response.status(), StatusCode::FORBIDDEN);
/// # Ok(())
/// # })
/// # }
/// ```
pub struct Router<S> {
    table: Arc<RouteTable<S>>,
}

impl<S> Router<S> {
    /// A router over the services of a table.
    #[must_use]
    pub fn new(table: RouteTable<S>) -> Self {
        Self {
            table: Arc::new(table),
        }
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &RouteTable<S> {
        &self.table
    }
}

impl<S> Clone for Router<S> {
    fn clone(&self) -> Self {
        Self {
            table: Arc::clone(&self.table),
        }
    }
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.table.routes().iter();
        f.debug_map()
            .entries(routes.map(|route| (route.method(), route.path())))
            .finish()
    }
}

impl<S, B, R> Service<Request<B>> for Router<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + Sync + 'static,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = RouterFuture<S, B>;

    /// Always ready, as it is not known yet which service the request is for.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match RouteMatch::find(&self.table, request.method(), request.uri()) {
            Ok(Some(found)) => {
                let service = found.value().clone();
                found.annotate(request.extensions_mut());
                RouterFuture::dispatched(service, request)
            }
            Ok(None) => RouterFuture::refused(no_route()),
            Err(error) => RouterFuture::refused(refused_path(error)),
        }
    }
}

fn no_route() -> Rejection {
    Rejection::new(GatewayResponseType::MissingAuthenticationToken).because("no route answers it")
}

fn refused_path(error: PathError) -> Rejection {
    Rejection::raw(RawRejection::BadRequest).because(error.to_string())
}
