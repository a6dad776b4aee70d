//! Tokens in front of a service.

use std::sync::Arc;

use http::request::Parts;
use tollgate_core::Contexts;
use tower_layer::Layer;

use super::service::{Gate, Gated, Judging};
use crate::JwtAuthorizer;

/// Lets only the bearers of tokens through.
///
/// The service finds what the token says among the request's extensions, as
/// [`Claims`](crate::Claims).
///
/// ```
/// use std::error::Error;
/// use std::sync::Arc;
///
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use tollgate_auth::{
///     Claims, JwksSource, JwtAuthorizer, JwtIssuer, JwtLayer, StageAccess, TrustedIssuer,
/// };
/// use tollgate_core::{Body, StageContext, SystemClock};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// /// Fetches keys by an HTTP client of one's own.
/// #[derive(Debug)]
/// struct Client;
///
/// #[async_trait]
/// impl JwksSource for Client {
///     async fn fetch(&self, url: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
///         Err(format!("nobody is at {url}").into())
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn Error>> {
/// // It says itself where its keys are; `JwtIssuer::new` takes their URL.
/// let issuer = JwtIssuer::discovered(
///     "https://id.example.com",
///     Arc::new(Client),
///     Arc::new(SystemClock::new()),
/// );
/// let trusted = TrustedIssuer::new(issuer, ["my-api"]);
/// let access = StageAccess::new(&StageContext::local());
/// let source = "method.request.header.Authorization";
/// let layer = JwtLayer::new(JwtAuthorizer::new(source, [trusted], access)?)
///     .with_scopes(["pets/read"]);
/// let service = layer.layer(service_fn(async |request: Request<Body>| {
///     let claims = request.extensions().get::<Claims>().cloned();
///     let subject = claims.and_then(|claims| Some(claims.subject()?.to_owned()));
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from(subject.unwrap_or_default())))
/// }));
///
/// # futures::executor::block_on(async {
/// let response = service.oneshot(Request::get("/pets").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 401);
/// # Ok::<(), Box<dyn Error>>(())
/// # })
/// # }
/// ```
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them, with the typed
/// [`Rejection`](tollgate_core::Rejection) among their extensions; see
/// [`JwtAuthorizer::authorize`]. Errors of the service pass.
#[derive(Clone, Debug)]
pub struct JwtLayer {
    authorizer: Arc<JwtAuthorizer>,
    scopes: Arc<[Box<str>]>,
    contexts: Contexts,
}

impl JwtLayer {
    /// A layer with this authorizer.
    #[must_use]
    pub fn new(authorizer: JwtAuthorizer) -> Self {
        Self {
            authorizer: Arc::new(authorizer),
            scopes: Arc::default(),
            contexts: Contexts::default(),
        }
    }

    /// Tokens need one of these scopes (`authorizationScopes` of a method).
    #[must_use]
    pub fn with_scopes<T: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Takes what is known of requests from here: the time, their ids and the stage.
    #[must_use]
    pub fn with_contexts(mut self, contexts: Contexts) -> Self {
        self.contexts = contexts;
        self
    }
}

impl Gate for JwtLayer {
    fn judge(self: Arc<Self>, mut request: Parts) -> Judging {
        Box::pin(async move {
            let context = self.contexts.make(request.clone());
            let claims = self.authorizer.authorize(&context, &self.scopes).await?;
            request.extensions.insert(claims);
            Ok(request)
        })
    }
}

impl<S> Layer<S> for JwtLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated::new(inner, Arc::new(self.clone()))
    }
}
