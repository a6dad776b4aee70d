//! Mappings around an HTTP service.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tollgate_core::{
    Body, BoxError, Context, Contexts, GatewayResponseType, OriginalHeaders, RawRejection,
    Rejection, content_codings,
};
use tower_layer::Layer;
use tower_service::Service;

use crate::{HttpRequest, IntegrationResponses, MappedRequest, Payload, RequestMapping};

/// Bytes that a body may have which is mapped: the payload limit of Amazon API Gateway.
const MAX_BODY_BYTES: usize = 10_485_760;

/// What a [`MappingLayer`] does to a request and to its answer.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// What the service gets. Where nothing is said of the head, it passes as it is, whatever a
    /// template writes to `$context.requestOverride`; a request that an HTTP endpoint would get without
    /// a body has none.
    pub request: RequestMapping,
    /// What the client gets.
    pub responses: IntegrationResponses,
}

/// Maps requests on their way to a service, and its answers on their way back.
///
/// The service takes the part of an endpoint: it gets what a template and mapped parameters make of
/// a request, and its answer becomes the response that is selected by its status. Which mapping is
/// for a request is found by its head; a request without one passes, and so does its answer.
///
/// Path parameters are those that `tollgate_router::RouteLayer` has found further out. A request that
/// cannot be mapped is refused, with the [`Rejection`] among the response's extensions: one whose
/// body has more than 10 MiB with 413, one with a `Content-Encoding` with 415. The service is not asked
/// for codings; an answer in one is 500.
///
/// ```
/// use std::convert::Infallible;
/// use std::sync::Arc;
///
/// use http::{Request, Response, StatusCode};
/// use tollgate_core::Body;
/// use tollgate_mapping::{
///     IntegrationResponse, Mapping, MappingLayer, MappingTemplate, Passthrough, RequestTemplates,
/// };
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let json = |template| ("application/json".to_owned(), MappingTemplate::parse(template));
/// let mut mapping = Mapping::default();
/// mapping.request.templates = RequestTemplates::new(
///     [json(r#"{"name": $input.json('$.pet.name')}"#)],
///     Passthrough::Never,
/// );
/// let mut created = IntegrationResponse::new(StatusCode::CREATED);
/// let (media_type, template) = json(r#"{"created": $input.json('$.name')}"#);
/// created.templates = [(media_type, Some(template))].into_iter().collect();
/// mapping.responses = [created].into_iter().collect();
///
/// let mapping = Arc::new(mapping);
/// let layer = MappingLayer::new(move |_: &http::request::Parts| Some(mapping.clone()));
/// // A service that gives back what it is sent.
/// let echo = service_fn(async |request: Request<Body>| {
///     Ok::<_, Infallible>(Response::new(request.into_body()))
/// });
/// let request = Request::post("/pets").body(Body::from(r#"{"pet": {"name": "Tom"}}"#))?;
/// let response = futures::executor::block_on(layer.layer(echo).oneshot(request))?;
/// assert_eq!(response.status(), StatusCode::CREATED);
/// assert_eq!(response.body().as_bytes(), Some(&br#"{"created": "Tom"}"#[..]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MappingLayer<F> {
    find: F,
    contexts: Contexts,
}

impl<F> MappingLayer<F>
where
    F: Fn(&Parts) -> Option<Arc<Mapping>>,
{
    /// A layer that asks `find` which mapping is for a request.
    #[must_use]
    pub fn new(find: F) -> Self {
        Self {
            find,
            contexts: Contexts::default(),
        }
    }

    /// Makes the context that templates see in another way.
    #[must_use]
    pub fn with_contexts(mut self, contexts: Contexts) -> Self {
        self.contexts = contexts;
        self
    }
}

impl<F: Clone, S> Layer<S> for MappingLayer<F> {
    type Service = MappedService<F, S>;

    fn layer(&self, inner: S) -> MappedService<F, S> {
        MappedService {
            find: self.find.clone(),
            contexts: self.contexts.clone(),
            inner,
        }
    }
}

/// What [`MappingLayer`] makes of a service.
#[derive(Clone)]
pub struct MappedService<F, S> {
    find: F,
    contexts: Contexts,
    inner: S,
}

impl<F, S, B, R> Service<Request<B>> for MappedService<F, S>
where
    F: Fn(&Parts) -> Option<Arc<Mapping>>,
    S: Service<Request<Body>, Response = Response<R>> + Clone + Send + 'static,
    S::Error: 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = MappedFuture<S::Error>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let found = (self.find)(&parts).map(|mapping| (mapping, self.contexts.make(parts.clone())));
        // The one that was asked whether it is ready is the one that is called.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        MappedFuture(Box::pin(async move {
            let request = Request::from_parts(parts, Body::stream(body));
            let Some((mapping, mut context)) = found else {
                return Ok(inner.call(request).await?.map(Body::stream));
            };
            let request = match map_request(&mapping.request, &mut context, request).await {
                Ok(request) => request,
                Err(rejection) => return Ok(rejection.into_response()),
            };
            let answer = inner.call(request).await?;
            let response = map_answer(&mapping.responses, &context, answer).await;
            Ok(response.unwrap_or_else(Rejection::into_response))
        }))
    }
}

async fn map_request(
    mapping: &RequestMapping,
    context: &mut Context,
    request: Request<Body>,
) -> Result<Request<Body>, Rejection> {
    let (mut parts, body) = request.into_parts();
    refuse_coded(&parts)?;
    let template = mapping.select(&context.request)?;
    let takes_body = match &mapping.http {
        Some(http) => HttpRequest::has_body(&http.method(context)),
        None => true,
    };
    let passes = template.is_none() && mapping.passes_bodies();
    let (whole, streamed) = if passes {
        (Bytes::new(), Some(body))
    } else {
        let whole = collect(body).await.map_err(|error| match error {
            Unreadable::TooLarge => Rejection::raw(RawRejection::ContentTooLarge {
                limit: MAX_BODY_BYTES as u64,
            }),
            Unreadable::Broken(error) => Rejection::raw(RawRejection::BadRequest)
                .because(format!("the body cannot be read: {error}")),
        })?;
        (whole, None)
    };
    let MappedRequest {
        head,
        body,
        overrides,
    } = {
        let text = String::from_utf8_lossy(&whole);
        mapping.map(
            template,
            context,
            (whole.clone(), &Payload::new(&text)),
            None,
        )?
    };
    if let Some(overrides) = overrides {
        context.overrides = overrides;
    }
    if let Some(head) = head {
        parts.method = head.method;
        parts.uri = head.uri;
        parts.headers = head.headers;
        // These are the names that the client spelled, which the head has no more.
        parts.extensions.remove::<OriginalHeaders>();
    }
    // Templates could not read an answer in a coding.
    parts.headers.remove(header::ACCEPT_ENCODING);
    if streamed.is_none() || !takes_body {
        // The body is another one now.
        for name in [
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
            header::TRAILER,
        ] {
            parts.headers.remove(name);
        }
    }
    let body = match streamed {
        _ if !takes_body => Body::empty(),
        Some(body) => body,
        None => Body::from(body),
    };
    Ok(Request::from_parts(parts, body))
}

fn is_coded(headers: &HeaderMap) -> bool {
    content_codings(headers).next().is_some()
}

/// Templates need plain text; a layer further out may decode it.
fn refuse_coded(request: &Parts) -> Result<(), Rejection> {
    if !is_coded(&request.headers) {
        return Ok(());
    }
    let rejection = Rejection::new(GatewayResponseType::UnsupportedMediaType);
    Err(rejection.because("the body has a Content-Encoding, which this layer does not undo"))
}

async fn map_answer<R>(
    responses: &IntegrationResponses,
    context: &Context,
    answer: Response<R>,
) -> Result<Response<Body>, Rejection>
where
    R: http_body::Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    let (parts, body) = answer.into_parts();
    if is_coded(&parts.headers) {
        let reason = "the answer has a Content-Encoding, which this layer does not undo";
        return Err(Rejection::configuration(reason));
    }
    let body = collect(body).await.map_err(|error| {
        Rejection::configuration(match error {
            Unreadable::TooLarge => format!("the answer has more than {MAX_BODY_BYTES} bytes"),
            Unreadable::Broken(error) => format!("the answer cannot be read: {error}"),
        })
    })?;
    let selected = responses.select(parts.status.as_u16().into())?;
    let response = selected.map(context, (&parts.headers, body), None)?;
    Ok(response.map(Body::from))
}

enum Unreadable {
    TooLarge,
    Broken(BoxError),
}

async fn collect<B>(body: B) -> Result<Bytes, Unreadable>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Unreadable::TooLarge);
    }
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let collected = collected.map_err(|error| match error.is::<LengthLimitError>() {
        true => Unreadable::TooLarge,
        false => Unreadable::Broken(error),
    });
    Ok(collected?.to_bytes())
}

/// The response of a [`MappedService`].
#[must_use = "futures do nothing unless polled"]
pub struct MappedFuture<E>(Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>>);

impl<E> Future for MappedFuture<E> {
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<F> fmt::Debug for MappingLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MappingLayer").finish_non_exhaustive()
    }
}

impl<F, S: fmt::Debug> fmt::Debug for MappedService<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MappedService")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for MappedFuture<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MappedFuture").finish_non_exhaustive()
    }
}
