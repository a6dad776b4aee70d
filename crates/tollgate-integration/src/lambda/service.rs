//! A function as an HTTP service.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use tollgate_core::{BinaryMediaTypes, Body, BoxError, Contexts, RawRejection, Rejection};
use tower_service::Service;

use super::integration::{Uncollected, collected};
use super::{InvokeFailure, Lambda, LambdaFunction, ProxyEvent, ProxyResponse};
use crate::{Integration as _, IntegrationRequest};

/// A function as a service: requests become proxy events, answers become responses.
///
/// A request whose call fails is answered with the gateway response for it, which has the
/// [`Rejection`] among its extensions. [`ServiceFunction`](super::ServiceFunction) is the way back.
///
/// ```
/// use std::convert::Infallible;
///
/// use bytes::Bytes;
/// use http::Request;
/// use http_body_util::Full;
/// use serde_json::{Value, json};
/// use tollgate_integration::lambda::{LambdaEvent, LambdaFunctions, LambdaService};
/// use tower::ServiceExt;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut functions = LambdaFunctions::new();
/// functions.register_fn("echo", async |event: LambdaEvent<Value>| {
///     Ok::<_, Infallible>(json!({ "statusCode": 201, "body": event.payload["body"] }))
/// });
/// let function = functions.find(&"echo".parse()?).expect("it is registered");
/// let service = LambdaService::new(function);
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let response = service.oneshot(Request::post("/").body(Full::<Bytes>::from("hi"))?).await?;
/// assert_eq!(response.status(), 201);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LambdaService {
    function: Arc<dyn LambdaFunction>,
    timeout: Duration,
    idle_timeout: Option<Duration>,
    binary_media_types: Arc<BinaryMediaTypes>,
    contexts: Contexts,
}

/// How long a function may take where nothing is said: as long as an integration may.
const TIMEOUT: Duration = Duration::from_secs(29);

impl LambdaService {
    /// A service that calls this function, which has 29 seconds for its answer.
    #[must_use]
    pub fn new(function: Arc<dyn LambdaFunction>) -> Self {
        Self {
            function,
            timeout: TIMEOUT,
            idle_timeout: None,
            binary_media_types: Arc::default(),
            contexts: Contexts::default(),
        }
    }

    /// Gives the function another time for its answer.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Passes the function's answers on as they arrive, of any size; one of which nothing arrives for
    /// `idle_timeout` breaks off.
    ///
    /// They must begin as [`ProxyResponse::of_stream`] says.
    #[must_use]
    pub const fn with_streaming(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// Takes bodies of these types for bytes, and decodes answers for who accepts them.
    #[must_use]
    pub fn with_binary_media_types(mut self, types: BinaryMediaTypes) -> Self {
        self.binary_media_types = Arc::new(types);
        self
    }

    /// Tells of requests as these contexts have them: their stage, time and ids.
    #[must_use]
    pub fn with_contexts(mut self, contexts: Contexts) -> Self {
        self.contexts = contexts;
        self
    }

    async fn answer(self, request: Request<Body>) -> Result<Response<Body>, Rejection> {
        let (parts, body) = request.into_parts();
        let context = self.contexts.make(parts);
        let body = collected(body).await.map_err(|error| match error {
            Uncollected::TooLarge => InvokeFailure::PayloadTooLarge.into(),
            Uncollected::Broken(error) => Rejection::raw(RawRejection::BadRequest)
                .because(format!("the body cannot be read: {error}")),
        })?;
        let says = |name| {
            let value = context.request.headers.get(name);
            let value = value.map(HeaderValue::as_bytes);
            self.binary_media_types.contain(value)
        };
        let event = ProxyEvent::new(&context);
        let event = if says(header::CONTENT_TYPE) {
            event.with_bytes(&body)
        } else {
            event.with_text(&body)
        };
        let request = IntegrationRequest::new(Method::POST, Body::from(event.to_payload()?));
        let mut lambda = Lambda::new(self.function.clone(), self.timeout);
        if let Some(idle_timeout) = self.idle_timeout {
            lambda = lambda.with_streaming(idle_timeout);
            let answer = lambda.call(&context, request).await?;
            return ProxyResponse::of_stream(&answer.headers, answer.body).await;
        }
        let answer = lambda.call(&context, request).await?;
        // An integration of a function has its answer at hand.
        let payload = answer.body.as_bytes().unwrap_or_default();
        let response = ProxyResponse::of_answer(&answer.headers, payload)?;
        let response = response.into_response(says(header::ACCEPT))?;
        Ok(response.map(Body::from))
    }
}

impl<B> Service<Request<B>> for LambdaService
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = LambdaServiceFuture;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> LambdaServiceFuture {
        let answer = self.clone().answer(request.map(Body::stream));
        LambdaServiceFuture(Box::pin(async move {
            answer.await.unwrap_or_else(Rejection::into_response)
        }))
    }
}

/// The response of a [`LambdaService`].
#[must_use = "futures do nothing unless polled"]
pub struct LambdaServiceFuture(Pin<Box<dyn Future<Output = Response<Body>> + Send>>);

impl Future for LambdaServiceFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for LambdaServiceFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LambdaServiceFuture")
    }
}
