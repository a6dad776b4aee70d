//! Integrations in front of an HTTP service.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tollgate_core::{Body, BoxError, Contexts};
use tower_layer::Layer;
use tower_service::Service;

use crate::Integration;
use crate::service::{IntegrationFuture, IntegrationService};

/// Answers requests by an integration, where one is for them, and passes the others on.
///
/// The integration is found for each request, by its head: its path, or what a layer further out has
/// put among its extensions.
///
/// ```
/// use std::convert::Infallible;
/// use std::sync::Arc;
///
/// use bytes::Bytes;
/// use http::{Request, Response, request::Parts};
/// use http_body_util::Full;
/// use tollgate_core::Body;
/// use tollgate_integration::{Integration, IntegrationLayer, Mock};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock: Arc<dyn Integration> = Arc::new(Mock);
/// let layer = IntegrationLayer::new(move |request: &Parts| {
///     request.uri.path().starts_with("/mock").then(|| mock.clone())
/// });
/// let service = layer.layer(service_fn(async |_: Request<Full<Bytes>>| {
///     Ok::<_, Infallible>(Response::new(Body::from("from the service")))
/// }));
///
/// let request = |path: &str| Request::get(path).body(Full::from(r#"{"statusCode": 204}"#));
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let response = service.clone().oneshot(request("/mock/1")?).await?;
/// assert_eq!(response.status(), 204);
/// let response = service.oneshot(request("/other")?).await?;
/// assert_eq!(response.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct IntegrationLayer<F> {
    find: F,
    contexts: Contexts,
}

impl<F> IntegrationLayer<F>
where
    F: Fn(&Parts) -> Option<Arc<dyn Integration>>,
{
    /// A layer that asks `find` which integration a request is for.
    #[must_use]
    pub fn new(find: F) -> Self {
        Self {
            find,
            contexts: Contexts::default(),
        }
    }
}

impl<F: Clone, S> Layer<S> for IntegrationLayer<F> {
    type Service = Integrated<F, S>;

    fn layer(&self, inner: S) -> Integrated<F, S> {
        Integrated {
            find: self.find.clone(),
            contexts: self.contexts.clone(),
            inner,
        }
    }
}

/// What [`IntegrationLayer`] makes of a service.
#[derive(Clone)]
pub struct Integrated<F, S> {
    find: F,
    contexts: Contexts,
    inner: S,
}

impl<F, S, B, R> Service<Request<B>> for Integrated<F, S>
where
    F: Fn(&Parts) -> Option<Arc<dyn Integration>>,
    S: Service<Request<B>, Response = Response<R>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = IntegratedFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let found = (self.find)(&parts);
        let request = Request::from_parts(parts, body);
        let answerer = match found {
            Some(integration) => {
                let mut service =
                    IntegrationService::with_contexts(integration, self.contexts.clone());
                Answerer::Integration {
                    future: service.call(request),
                }
            }
            None => Answerer::Inner {
                future: self.inner.call(request),
            },
        };
        IntegratedFuture { answerer }
    }
}

pin_project! {
    /// The response of an [`Integrated`] service.
    #[must_use = "futures do nothing unless polled"]
    pub struct IntegratedFuture<I> {
        #[pin]
        answerer: Answerer<I>,
    }
}

pin_project! {
    #[project = AnswererProjection]
    enum Answerer<I> {
        Integration { future: IntegrationFuture },
        Inner { #[pin] future: I },
    }
}

impl<I, R, E> Future for IntegratedFuture<I>
where
    I: Future<Output = Result<Response<R>, E>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().answerer.project() {
            AnswererProjection::Integration { future } => Pin::new(future)
                .poll(cx)
                .map_err(|never: Infallible| match never {}),
            AnswererProjection::Inner { future } => future
                .poll(cx)
                .map_ok(|response| response.map(Body::stream)),
        }
    }
}

impl<F> fmt::Debug for IntegrationLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntegrationLayer").finish_non_exhaustive()
    }
}

impl<F, S: fmt::Debug> fmt::Debug for Integrated<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Integrated")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<I> fmt::Debug for IntegratedFuture<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntegratedFuture").finish_non_exhaustive()
    }
}
