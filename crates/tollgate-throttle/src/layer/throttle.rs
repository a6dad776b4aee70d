//! Rates in front of an HTTP service.

use std::hash::Hash;
use std::sync::Arc;

use http::request::Parts;
use tollgate_core::{Moment, RateLimit};
use tower_layer::Layer;

use super::limiter::{Limiter, Taken};
use super::service::Gated;
use super::settings::LimitSettings;
use crate::{KeyedBuckets, LimitScope, Standing, TokenBucket, Until, Wait};

/// Refuses requests beyond a rate.
///
/// All services that the layer makes, and all their clones, share its buckets: those of an axum router
/// limit all its routes and connections together.
///
/// One bucket for everybody:
///
/// ```
/// use http::{Request, Response};
/// use tollgate_core::{Body, RateLimit, Rejection};
/// use tollgate_throttle::ThrottleLayer;
/// use tower::{Layer, ServiceExt, service_fn};
///
/// let layer = ThrottleLayer::new(RateLimit::new(0.1, 1)?);
/// let service = layer.layer(service_fn(async |_: Request<()>| {
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from("hello")))
/// }));
///
/// # futures::executor::block_on(async {
/// let response = service.clone().oneshot(Request::new(())).await?;
/// assert_eq!(response.status(), 200);
///
/// let response = service.oneshot(Request::new(())).await?;
/// assert_eq!(response.status(), 429);
/// let rejection = response.extensions().get::<Rejection>().expect("it says why");
/// assert_eq!(rejection.message(), Some("Too Many Requests"));
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
///
/// One for each client, here by the address that it comes from:
///
/// ```
/// use tollgate_core::RateLimit;
/// use tollgate_throttle::{KeyedBuckets, ThrottleLayer, source_network};
///
/// let buckets = KeyedBuckets::new(RateLimit::new(10.0, 20)?).with_most_keys(100_000);
/// let layer = ThrottleLayer::per_client(buckets, source_network);
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
///
/// One that is chosen for each request:
///
/// ```
/// use std::sync::Arc;
///
/// use http::request::Parts;
/// use tollgate_core::RateLimit;
/// use tollgate_throttle::{ThrottleLayer, TokenBucket};
///
/// let reports = Arc::new(TokenBucket::new(RateLimit::new(0.5, 2)?));
/// let layer = ThrottleLayer::chosen(move |request: &Parts| {
///     request.uri.path().starts_with("/reports/").then(|| reports.clone())
/// });
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them: 429 `THROTTLED`, `{"message":"Too Many
/// Requests"}`, with the typed [`Rejection`](tollgate_core::Rejection) and the
/// [`LimitRefusal`](crate::LimitRefusal) among their extensions. Errors of the service pass.
#[derive(Clone, Debug)]
pub struct ThrottleLayer(Limiter);

impl ThrottleLayer {
    /// A layer with one bucket for all requests.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        let bucket = Arc::new(TokenBucket::new(limit));
        Self::chosen(move |_| Some(bucket.clone()))
    }

    /// A layer with a bucket for each client, as `client` tells them apart: by its address, by who it
    /// was found to be, by a header. Whoever it says the same of shares a bucket.
    #[must_use]
    pub fn per_client<K>(
        buckets: impl Into<Arc<KeyedBuckets<K>>>,
        client: impl Fn(&Parts) -> K + Send + Sync + 'static,
    ) -> Self
    where
        K: Hash + 'static,
    {
        let buckets = buckets.into();
        Self(Limiter::new(move |request, settings, now| {
            let client = client(request);
            let outcome = buckets.take(&client, now);
            taken(outcome, settings, now, || buckets.standing(&client, now))
        }))
    }

    /// A layer that takes each request from the bucket that `choose` finds for it; one that it finds
    /// none for passes.
    #[must_use]
    pub fn chosen(
        choose: impl Fn(&Parts) -> Option<Arc<TokenBucket>> + Send + Sync + 'static,
    ) -> Self {
        Self(Limiter::new(move |request, settings, now| {
            let Some(bucket) = choose(request) else {
                return Taken::unlimited(now);
            };
            let outcome = bucket.take(1, now).map(drop);
            taken(outcome, settings, now, || bucket.standing(now))
        }))
    }

    /// Enforces the limit as these settings say.
    #[must_use]
    pub fn with_settings(self, settings: LimitSettings) -> Self {
        Self(self.0.with_settings(settings))
    }
}

fn taken(
    outcome: Result<(), Wait>,
    settings: &LimitSettings,
    now: Moment,
    standing: impl FnOnce() -> Standing,
) -> Taken {
    Taken {
        now,
        refused: outcome
            .err()
            .map(|wait| (LimitScope::Rate, Until::Rate(wait))),
        standing: settings.told(|| Some(standing())),
    }
}

impl<S> Layer<S> for ThrottleLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated::new(inner, Arc::new(self.0.clone()))
    }
}
