//! A second service that gets a share of the requests.

use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use sha2::{Digest, Sha256};
use tollgate_core::{Percent, Random, SystemRandom};
use tower_layer::Layer;

use super::{Canary, CanaryShare};

/// Gives a share of the requests to another service, the canary.
///
/// Each request is drawn for anew: at 0 percent the canary never gets one, at 100 always. With
/// [`sticky_by`](Self::sticky_by), requests with the same key go the same way instead. A request has a
/// [`CanaryRequest`](tollgate_core::CanaryRequest) among its extensions then, which says where it went;
/// `$context.isCanaryRequest` of the layers within is it.
///
/// The canary's service answers what the other one would: the same type of response, and of error.
/// Neither gets a request before both are ready, but while the share is 0, the canary need not be. A
/// canary that fails to become ready fails the whole.
///
/// Two routers of axum behind one:
///
/// ```
/// use axum::{Router, routing::get};
/// use tollgate_core::Percent;
/// use tollgate_deploy::CanaryLayer;
/// use tower::Layer;
///
/// let stable = Router::new().route("/pets", get(async || "cats"));
/// let canary = Router::new().route("/pets", get(async || "cats and dogs"));
/// let layer = CanaryLayer::new(canary, Percent::new(5.0)?);
/// // Keep it, to let in more of them later.
/// let share = layer.share().clone();
/// let app: Router = Router::new().fallback_service(layer.layer(stable));
/// # let _ = (app, share);
/// # Ok::<(), tollgate_core::InvalidPercent>(())
/// ```
///
/// Any other two services, with a share that changes:
///
/// ```
/// use http::{Request, Response};
/// use tollgate_core::Percent;
/// use tollgate_deploy::CanaryLayer;
/// use tower::{Layer, Service, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let answer = |text: &'static str| {
///     service_fn(move |_: Request<()>| async move {
///         Ok::<_, std::convert::Infallible>(Response::new(text))
///     })
/// };
/// let layer = CanaryLayer::new(answer("new"), Percent::new(0.0)?);
/// let share = layer.share().clone();
/// let mut service = layer.layer(answer("old"));
///
/// # futures::executor::block_on(async {
/// let response = service.ready().await?.call(Request::new(())).await?;
/// assert_eq!(*response.body(), "old");
///
/// share.set(Percent::new(100.0)?);
/// let response = service.ready().await?.call(Request::new(())).await?;
/// assert_eq!(*response.body(), "new");
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CanaryLayer<C> {
    canary: C,
    choice: Choice,
}

impl<C> CanaryLayer<C> {
    /// A layer with this service for a canary, and this share of the requests for it.
    #[must_use]
    pub fn new(canary: C, share: Percent) -> Self {
        Self {
            canary,
            choice: Choice {
                share: CanaryShare::new(share),
                random: Arc::new(SystemRandom),
                key: None,
            },
        }
    }

    /// The share, which can be changed while requests are served. Services that the layer has made
    /// already follow it.
    #[must_use]
    pub const fn share(&self) -> &CanaryShare {
        &self.choice.share
    }

    /// Draws from another source.
    #[must_use]
    pub fn with_random(mut self, random: Arc<dyn Random>) -> Self {
        self.choice.random = random;
        self
    }

    /// Requests with the same key go the same way, on all nodes and as long as the share stays. When it
    /// grows, those that went to the canary still do. Requests without a key are drawn for.
    ///
    /// A client that may choose its key may choose its way.
    ///
    /// ```
    /// # use tollgate_core::Percent;
    /// # use tollgate_deploy::CanaryLayer;
    /// # fn layer<C>(canary: C) -> Result<CanaryLayer<C>, tollgate_core::InvalidPercent> {
    /// let layer = CanaryLayer::new(canary, Percent::new(10.0)?)
    ///     .sticky_by(|request| Some(request.headers.get("x-user")?.as_bytes()));
    /// # Ok(layer)
    /// # }
    /// ```
    #[must_use]
    pub fn sticky_by<F>(mut self, key: F) -> Self
    where
        F: Fn(&Parts) -> Option<&[u8]> + Send + Sync + 'static,
    {
        self.choice.key = Some(Key(Arc::new(key)));
        self
    }
}

impl<S, C: Clone> Layer<S> for CanaryLayer<C> {
    type Service = Canary<S, C>;

    fn layer(&self, inner: S) -> Canary<S, C> {
        Canary::new(inner, self.canary.clone(), self.choice.clone())
    }
}

/// How it is decided which requests are the canary's.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    share: CanaryShare,
    random: Arc<dyn Random>,
    key: Option<Key>,
}

#[derive(Clone)]
struct Key(Arc<KeyFn>);

type KeyFn = dyn Fn(&Parts) -> Option<&[u8]> + Send + Sync;

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Choice {
    /// Whether no request is the canary's as it stands.
    pub(super) fn is_never(&self) -> bool {
        self.share.get().get() <= 0.0
    }

    pub(super) fn is_canary(&self, request: &Parts) -> bool {
        let share = self.share.get();
        match self.key.as_ref().and_then(|key| (key.0)(request)) {
            Some(key) => share.draw(&Drawn(number(key))),
            None => share.draw(&*self.random),
        }
    }
}

/// A number that was drawn already: by the key.
#[derive(Debug)]
struct Drawn(u64);

impl Random for Drawn {
    fn next_u64(&self) -> u64 {
        self.0
    }
}

/// A number for a key, spread evenly and the same everywhere.
fn number(key: &[u8]) -> u64 {
    let digest = Sha256::digest(key);
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}
