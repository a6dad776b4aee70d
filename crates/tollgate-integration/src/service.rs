//! Integrations as tower services.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use tollgate_core::{Body, BoxError, Context, Contexts, GatewayResponseType, HopByHop, Rejection};
use tower_service::Service;

use crate::{Integration, IntegrationRequest};

/// An integration as a service: it gets requests as they are, and its answers go back as they are.
///
/// Headers that end with a connection are left out in both directions. A call that fails is answered
/// with the gateway response for it, which has the [`Rejection`] among its extensions.
#[derive(Clone, Debug)]
pub struct IntegrationService {
    integration: Arc<dyn Integration>,
    contexts: Contexts,
}

impl IntegrationService {
    /// A service that calls this integration.
    #[must_use]
    pub fn new(integration: Arc<dyn Integration>) -> Self {
        Self::with_contexts(integration, Contexts::default())
    }

    pub(crate) const fn with_contexts(
        integration: Arc<dyn Integration>,
        contexts: Contexts,
    ) -> Self {
        Self {
            integration,
            contexts,
        }
    }
}

impl<B> Service<Request<B>> for IntegrationService
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = IntegrationFuture;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> IntegrationFuture {
        let integration = self.integration.clone();
        let request = request.map(Body::stream);
        let (context, request) = integration_request(&self.contexts, request);
        IntegrationFuture(Box::pin(async move {
            let answer = integration.call(&context, request).await;
            let response = answer.and_then(|answer| {
                let status = status(answer.status)?;
                let mut response = Response::new(answer.body);
                *response.status_mut() = status;
                *response.headers_mut() = passed_on(&answer.headers);
                Ok(response)
            });
            response.unwrap_or_else(Rejection::into_response)
        }))
    }
}

fn integration_request(
    contexts: &Contexts,
    request: Request<Body>,
) -> (Context, IntegrationRequest) {
    let (parts, body) = request.into_parts();
    let mut outgoing = IntegrationRequest::new(parts.method.clone(), body);
    outgoing.uri = parts.uri.clone();
    outgoing.headers = passed_on(&parts.headers);
    (contexts.make(parts), outgoing)
}

/// The headers that do not end here; what frames a body is told by the body itself.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let ends_here = HopByHop::of(headers);
    let passes =
        |name: &http::HeaderName| *name != header::CONTENT_LENGTH && !ends_here.contains(name);
    let passing = headers.iter().filter(|(name, _)| passes(name));
    passing
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn status(status: i64) -> Result<StatusCode, Rejection> {
    let code = u16::try_from(status).ok();
    code.and_then(|code| StatusCode::from_u16(code).ok())
        .filter(|status| !status.is_informational())
        .ok_or_else(|| {
            Rejection::new(GatewayResponseType::IntegrationFailure)
                .because(format!("the integration answered with the status {status}"))
        })
}

/// The response of an [`IntegrationService`].
#[must_use = "futures do nothing unless polled"]
pub struct IntegrationFuture(Pin<Box<dyn Future<Output = Response<Body>> + Send>>);

impl Future for IntegrationFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for IntegrationFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IntegrationFuture")
    }
}
