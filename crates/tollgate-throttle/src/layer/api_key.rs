//! Keys in front of an HTTP service.

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderName, HeaderValue};
use tower_layer::Layer;

use super::current::Current;
use super::refusal::Refusal;
use super::service::{Gate, Gated};
use super::settings::Pass;
use crate::{ApiKey, ApiKeys};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The key that a request proved, among its extensions: its id, and not its value.
#[derive(Clone, Debug)]
pub struct ApiKeyId(Arc<ApiKey>);

impl ApiKeyId {
    pub(super) fn of(key: &Arc<ApiKey>) -> Self {
        Self(key.clone())
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.id()
    }
}

/// The value that a request claims; of several headers the last one counts, as for all parameters.
pub(super) fn claimed(request: &Parts) -> Option<&str> {
    let mut all = request.headers.get_all(API_KEY).iter();
    all.next_back().map(HeaderValue::to_str)?.ok()
}

/// Refuses requests without a key that is known and enabled, in the header `x-api-key`.
///
/// A request that passes has the key's [`ApiKeyId`] among its extensions. The keys can be replaced
/// while the service is in use.
///
/// ```
/// use http::{Request, Response};
/// use tollgate_core::{Body, SystemRandom};
/// use tollgate_throttle::{ApiKey, ApiKeyId, ApiKeyLayer, ApiKeys, Current};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = ApiKey::new("key1", "0123456789abcdefghij")?;
/// let keys = Current::new(ApiKeys::new([key], &SystemRandom)?);
/// let service = ApiKeyLayer::new(keys.clone()).layer(service_fn(async |request: Request<()>| {
///     let caller = request.extensions().get::<ApiKeyId>().map(ApiKeyId::as_str);
///     assert_eq!(caller, Some("key1"));
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from("hello")))
/// }));
///
/// # futures::executor::block_on(async {
/// let ask = || Request::builder().header("x-api-key", "0123456789abcdefghij").body(());
/// let response = service.clone().oneshot(ask()?).await?;
/// assert_eq!(response.status(), 200);
///
/// keys.replace(ApiKeys::new([], &SystemRandom)?);
/// let response = service.oneshot(ask()?).await?;
/// assert_eq!(response.status(), 403);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })
/// # }
/// ```
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them: 403 `INVALID_API_KEY`,
/// `{"message":"Forbidden"}`, with the typed [`Rejection`](tollgate_core::Rejection) among their
/// extensions, which alone says whether the key is missing, unknown or disabled. Errors of the service
/// pass.
#[derive(Clone, Debug)]
pub struct ApiKeyLayer {
    keys: Current<ApiKeys>,
}

impl ApiKeyLayer {
    /// A layer that knows these keys.
    #[must_use]
    pub const fn new(keys: Current<ApiKeys>) -> Self {
        Self { keys }
    }
}

impl Gate for ApiKeyLayer {
    fn pass(&self, request: &mut Parts) -> Result<Pass, Refusal> {
        let keys = self.keys.guard();
        let key = keys.find(claimed(request)).map_err(Refusal::unknown)?;
        request.extensions.insert(ApiKeyId::of(key));
        Ok(None)
    }
}

impl<S> Layer<S> for ApiKeyLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated::new(inner, Arc::new(self.clone()))
    }
}
