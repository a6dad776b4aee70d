//! Annotates requests with the route that answers them.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use crate::{RouteMatch, RouteTable};

/// Tells any HTTP service which route of a table answers each request.
///
/// A request that a route answers gets a [`RouteMatch`] among its extensions, and its path parameters
/// as [`PathParameters`](tollgate_core::PathParameters), for layers that do not know the table. One
/// that none answers, and one whose path [`check_path`](crate::check_path) refuses, goes on without,
/// for the inner service to judge. Nothing else of a request or response is touched.
///
/// ```
/// use std::sync::Arc;
///
/// use http::{Request, Response};
/// use tollgate_router::{MethodKey, RouteLayer, RouteMatch, RouteTable};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut table = RouteTable::builder();
/// table.insert(&"/pets/{id}".parse()?, MethodKey::Any, "pets")?;
///
/// let service = service_fn(async |request: Request<()>| {
///     let found = request.extensions().get::<RouteMatch<&str>>();
///     let pet = found.and_then(|found| found.parameter("id")).unwrap_or("none");
///     Ok::<_, std::convert::Infallible>(Response::new(pet.to_owned()))
/// });
/// let service = RouteLayer::new(Arc::new(table.build())).layer(service);
///
/// let response = futures::executor::block_on(service.oneshot(Request::get("/pets/7").body(())?))?;
/// assert_eq!(response.body(), "7");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RouteLayer<T> {
    table: Arc<RouteTable<T>>,
}

impl<T> RouteLayer<T> {
    /// A layer that finds routes in this table.
    #[must_use]
    pub const fn new(table: Arc<RouteTable<T>>) -> Self {
        Self { table }
    }
}

impl<T> Clone for RouteLayer<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.table))
    }
}

impl<T, S> Layer<S> for RouteLayer<T> {
    type Service = Annotate<T, S>;

    fn layer(&self, inner: S) -> Self::Service {
        Annotate {
            table: Arc::clone(&self.table),
            inner,
        }
    }
}

/// What [`RouteLayer`] makes of a service.
#[derive(Debug)]
pub struct Annotate<T, S> {
    table: Arc<RouteTable<T>>,
    inner: S,
}

impl<T, S: Clone> Clone for Annotate<T, S> {
    fn clone(&self) -> Self {
        Self {
            table: Arc::clone(&self.table),
            inner: self.inner.clone(),
        }
    }
}

impl<T, S, B> Service<Request<B>> for Annotate<T, S>
where
    T: Send + Sync + 'static,
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if let Ok(Some(found)) = RouteMatch::find(&self.table, request.method(), request.uri()) {
            found.annotate(request.extensions_mut());
        }
        self.inner.call(request)
    }
}
