//! A Lambda authorizer in front of a service.

use std::sync::Arc;

use http::request::Parts;
use tollgate_core::Contexts;
use tower_layer::Layer;

use super::service::{Gate, Gated, Judging};
use crate::LambdaAuthorizer;

/// Lets only the callers through that a Lambda authorizer allows.
///
/// The service finds what the authorizer's function said of the caller among the request's
/// extensions, as an `Arc` of [`AuthorizerAnswer`](crate::AuthorizerAnswer).
///
/// ```
/// use std::sync::Arc;
///
/// use http::{Request, Response};
/// use serde_json::json;
/// use tollgate_auth::{
///     Authorizer, AuthorizerAnswer, AuthorizerCache, AuthorizerLayer, LambdaAuthorizer, StageAccess,
///     TokenIdentity, authorizer_fn,
/// };
/// use tollgate_core::{Body, StageContext, SystemClock};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let function = authorizer_fn(async |event| {
///     Ok(json!({
///         "principalId": event.authorization_token(),
///         "policyDocument": {
///             "Version": "2012-10-17",
///             "Statement": [{
///                 "Effect": "Allow",
///                 "Action": "execute-api:Invoke",
///                 "Resource": "arn:aws:execute-api:*:*:*/*/GET/pets"
///             }]
///         }
///     }))
/// });
/// let identity = TokenIdentity::new("method.request.header.Authorization")?;
/// let layer = AuthorizerLayer::new(LambdaAuthorizer::new(
///     Authorizer::new("auth01", identity, None)?,
///     StageAccess::new(&StageContext::local()),
///     Arc::new(function),
///     AuthorizerCache::new(Arc::new(SystemClock::new())),
/// ));
/// let service = layer.layer(service_fn(async |request: Request<Body>| {
///     let caller = request.extensions().get::<Arc<AuthorizerAnswer>>();
///     assert_eq!(caller.map(|caller| caller.principal_id()), Some("alice"));
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from("hello")))
/// }));
///
/// # futures::executor::block_on(async {
/// for (path, status) in [("/pets", 200), ("/orders", 403)] {
///     let request = Request::get(path).header("authorization", "alice").body(Body::empty())?;
///     assert_eq!(service.clone().oneshot(request).await?.status(), status);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })
/// # }
/// ```
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them, with the typed
/// [`Rejection`](tollgate_core::Rejection) among their extensions; see
/// [`LambdaAuthorizer::authorize`]. Errors of the service pass.
#[derive(Clone, Debug)]
pub struct AuthorizerLayer {
    authorizer: Arc<LambdaAuthorizer>,
    contexts: Contexts,
}

impl AuthorizerLayer {
    /// A layer with this authorizer.
    #[must_use]
    pub fn new(authorizer: LambdaAuthorizer) -> Self {
        Self {
            authorizer: Arc::new(authorizer),
            contexts: Contexts::default(),
        }
    }

    /// Takes what is known of requests from here: the time, their ids, and the stage, which should be
    /// that of the authorizer.
    #[must_use]
    pub fn with_contexts(mut self, contexts: Contexts) -> Self {
        self.contexts = contexts;
        self
    }
}

impl Gate for AuthorizerLayer {
    fn judge(self: Arc<Self>, mut request: Parts) -> Judging {
        Box::pin(async move {
            let context = self.contexts.make(request.clone());
            let answer = self.authorizer.authorize(&context).await?;
            request.extensions.insert(answer);
            Ok(request)
        })
    }
}

impl<S> Layer<S> for AuthorizerLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated::new(inner, Arc::new(self.clone()))
    }
}
