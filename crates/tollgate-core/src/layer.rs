//! Refusals of inner layers, in the words of an API.

mod future;
mod service;

use std::sync::Arc;

use tower_layer::Layer;

pub use future::RewordedFuture;
pub use service::Reworded;

use crate::{Clock, Contexts, GatewayResponses, Ids, StageContext};

/// Says what inner layers refuse in the words of an API.
///
/// A layer that refuses answers with the service's own body, and puts the
/// [`Rejection`](crate::Rejection) into the response's extensions. This layer finds it there, and
/// answers with the [`GatewayResponses`] instead: their status, headers and body, and the ids of the
/// request that the service gives with every answer. The rejection stays among the extensions, and so
/// do headers that are not about the body. All other responses, and errors, pass.
///
/// `$context` knows the request as it came to this layer; which resource answers it is not known here.
///
/// ```
/// use http::{HeaderValue, Request, Response, StatusCode};
/// use tollgate_core::{
///     Body, GatewayResponse, GatewayResponseLayer, GatewayResponseType, GatewayResponses, Rejection,
///     Substitution,
/// };
/// use tower::{Layer, ServiceExt, service_fn};
///
/// let mut busy = GatewayResponse::default();
/// busy.status = Some(StatusCode::SERVICE_UNAVAILABLE);
/// busy.templates = vec![(
///     HeaderValue::from_static("application/json"),
///     Substitution::parse(r#"{"busy": $context.error.messageString, "path": "$context.path"}"#),
/// )];
/// let mut responses = GatewayResponses::default();
/// responses.insert(GatewayResponseType::Throttled, busy);
///
/// let refuses = service_fn(async |_: Request<()>| {
///     let rejection = Rejection::new(GatewayResponseType::Throttled);
///     Ok::<Response<Body>, std::convert::Infallible>(rejection.into_response())
/// });
/// let service = GatewayResponseLayer::new(responses).layer(refuses);
///
/// # futures::executor::block_on(async {
/// let response = service.oneshot(Request::get("/pets").body(())?).await?;
/// assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
/// let body = response.body().as_bytes();
/// assert_eq!(body, Some(&br#"{"busy": "Too Many Requests", "path": "/pets"}"#[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct GatewayResponseLayer {
    settings: Settings,
}

/// What the services of a layer share.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    responses: Arc<GatewayResponses>,
    contexts: Contexts,
}

impl GatewayResponseLayer {
    /// A layer that answers with these responses, as a [local](StageContext::local) stage.
    #[must_use]
    pub fn new(responses: GatewayResponses) -> Self {
        Self {
            settings: Settings {
                responses: Arc::new(responses),
                contexts: Contexts::default(),
            },
        }
    }

    /// Answers as another stage: `$context.stage`, `$stageVariables` and the like.
    #[must_use]
    pub fn with_stage(mut self, stage: Arc<StageContext>) -> Self {
        self.settings.contexts = self.settings.contexts.with_stage(stage);
        self
    }

    /// Reads the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.settings.contexts = self.settings.contexts.with_clock(clock);
        self
    }

    /// Takes the ids of refused requests from another source.
    #[must_use]
    pub fn with_ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.settings.contexts = self.settings.contexts.with_ids(ids);
        self
    }
}

impl<S> Layer<S> for GatewayResponseLayer {
    type Service = Reworded<S>;

    fn layer(&self, inner: S) -> Reworded<S> {
        Reworded::new(inner, self.settings.clone())
    }
}
