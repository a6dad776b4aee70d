//! An HTTP service as a function behind a proxy integration.

mod answer;
mod request;

use std::any::type_name;
use std::fmt;
use std::future::poll_fn;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tollgate_core::{Body, BoxError};
use tower_service::Service;

use super::background::Background;
use super::begun::begun;
use super::handler::{dry_run, failed};
use super::integration::{Uncollected, collected};
use super::{Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction};

/// A function that is an HTTP service: an existing router, say, behind a proxy integration.
///
/// A proxy event becomes a request, and the response becomes the answer of a proxy integration.
/// Bodies whose `Content-Type` does not say that they are text, and those with a `Content-Encoding`,
/// are answered in Base64; clients get their bytes where the API's `binaryMediaTypes` say so. Behind
/// an integration that streams, bodies pass as they arrive.
///
/// ```
/// use std::convert::Infallible;
/// use std::sync::Arc;
///
/// use http::{Request, Response};
/// use tollgate_core::Body;
/// use tollgate_integration::lambda::{LambdaFunctions, ServiceFunction};
/// use tower::service_fn;
///
/// let service = service_fn(async |request: Request<Body>| {
///     Ok::<_, Infallible>(Response::new(Body::from(request.uri().path().to_owned())))
/// });
/// let mut functions = LambdaFunctions::new();
/// functions.insert("router", Arc::new(ServiceFunction::new(service)));
/// ```
pub struct ServiceFunction<S> {
    service: S,
    background: Background,
}

impl<S> ServiceFunction<S> {
    /// A function that sends the requests of its events to this service.
    #[must_use]
    pub fn new(service: S) -> Self {
        Self {
            service,
            background: Background::default(),
        }
    }
}

#[async_trait]
impl<S, B> LambdaFunction for ServiceFunction<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error: fmt::Display, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let service = self.service.clone();
        match invocation.invocation_type {
            InvocationType::RequestResponse => Ok(run(service, &invocation).await),
            InvocationType::Event => {
                let bytes = invocation.payload.len();
                self.background.accept(bytes, async move {
                    // Nobody is told what becomes of it.
                    drop(run(service, &invocation).await);
                })
            }
            InvocationType::DryRun => Ok(dry_run()),
        }
    }
}

async fn run<S, B>(mut service: S, invocation: &Invocation) -> Invoked
where
    S: Service<Request<Body>, Response = Response<B>, Error: fmt::Display>,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let request = match request::request(&invocation.payload) {
        Ok(request) => request,
        Err(error) => return failed("Runtime.UnmarshalError", &error),
    };
    if let Err(error) = poll_fn(|cx| service.poll_ready(cx)).await {
        return failed(type_name::<S::Error>(), &error);
    }
    let (head, body) = match service.call(request).await {
        Ok(response) => response.into_parts(),
        Err(error) => return failed(type_name::<S::Error>(), &error),
    };
    let body = Body::stream(body);
    let waits = invocation.invocation_type == InvocationType::RequestResponse;
    if invocation.is_streamed && waits {
        let metadata = answer::metadata(&head).into();
        return Invoked::new(begun(metadata, body));
    }
    match collected(body).await {
        Ok(body) => Invoked::new(answer::answer(&head, &body)),
        Err(Uncollected::TooLarge) => failed("Function.ResponseSizeTooLarge", &"it is too large"),
        Err(Uncollected::Broken(error)) => failed("Runtime.MarshalError", &error),
    }
}

impl<S> fmt::Debug for ServiceFunction<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = type_name::<S>();
        f.debug_tuple("ServiceFunction").field(&service).finish()
    }
}
