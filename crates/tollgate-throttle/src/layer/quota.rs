//! Quotas in front of an HTTP service.

use std::hash::Hash;
use std::sync::Arc;

use http::request::Parts;
use tollgate_core::Moment;
use tower_layer::Layer;

use super::limiter::{Limiter, Taken};
use super::service::Gated;
use super::settings::LimitSettings;
use crate::{KeyedQuotas, LimitScope, Until};

/// Refuses requests of clients whose quota is used up.
///
/// All services that the layer makes, and all their clones, share its counts. They are gone when the
/// process ends; those of [usage plans](crate::UsagePlanLayer) can be kept.
///
/// ```
/// use http::request::Parts;
/// use http::{Request, Response};
/// use tollgate_core::{Body, Quota, QuotaPeriod, Rejection};
/// use tollgate_throttle::{Day, KeyedQuotas, QuotaLayer};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let quotas = KeyedQuotas::new(Quota::new(1, QuotaPeriod::Month, 0)?, Day::default());
/// let layer = QuotaLayer::per_client(quotas, |request: &Parts| {
///     request.headers.get("x-tenant").cloned()
/// });
/// let service = layer.layer(service_fn(async |_: Request<()>| {
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from("hello")))
/// }));
///
/// # futures::executor::block_on(async {
/// for (tenant, status) in [("one", 200), ("two", 200), ("one", 429)] {
///     let request = Request::builder().header("x-tenant", tenant).body(())?;
///     let response = service.clone().oneshot(request).await?;
///     assert_eq!(response.status(), status);
///     if status == 429 {
///         let rejection = response.extensions().get::<Rejection>().expect("it says why");
///         assert_eq!(rejection.message(), Some("Limit Exceeded"));
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })
/// # }
/// ```
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them: 429 `QUOTA_EXCEEDED`, `{"message":"Limit
/// Exceeded"}`, with the typed [`Rejection`](tollgate_core::Rejection) and the
/// [`LimitRefusal`](crate::LimitRefusal) among their extensions. Errors of the service pass.
#[derive(Clone, Debug)]
pub struct QuotaLayer(Limiter);

impl QuotaLayer {
    /// A layer with a quota for each client, as `client` tells them apart. Whoever it says the same of
    /// shares a count.
    #[must_use]
    pub fn per_client<K>(
        quotas: impl Into<Arc<KeyedQuotas<K>>>,
        client: impl Fn(&Parts) -> K + Send + Sync + 'static,
    ) -> Self
    where
        K: Hash + 'static,
    {
        let quotas = quotas.into();
        let take = move |request: &Parts, settings: &LimitSettings, now: Moment| {
            let client = client(request);
            let refused = quotas.take(&client, now).err();
            Taken {
                now,
                refused: refused.map(|refused| (LimitScope::Quota, Until::from(refused))),
                standing: settings.told(|| Some(quotas.standing(&client, now))),
            }
        };
        Self(Limiter::new(take))
    }

    /// Enforces the quota as these settings say.
    #[must_use]
    pub fn with_settings(self, settings: LimitSettings) -> Self {
        Self(self.0.with_settings(settings))
    }
}

impl<S> Layer<S> for QuotaLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated::new(inner, Arc::new(self.0.clone()))
    }
}
