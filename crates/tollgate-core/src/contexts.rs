//! What the contexts of a layer's requests are made of.

use std::sync::Arc;

use http::request::Parts;

use crate::{
    CanaryRequest, ClientRequest, Clock, Context, Identity, Ids, Moment, RandomIds, StageContext,
    SystemClock, SystemRandom,
};

/// Makes the [`Context`] of a request for a layer that stands alone.
///
/// By default requests are those of a [local](StageContext::local) stage, with the time and ids of
/// the system. A layer further out that knows the stage says so by an `Arc<StageContext>` among the
/// extensions, and whether the canary serves the request by a [`CanaryRequest`].
///
/// ```
/// use tollgate_core::Contexts;
///
/// let (parts, ()) = http::Request::get("/pets").body(())?.into_parts();
/// let context = Contexts::default().make(parts);
/// assert_eq!(context.path(), "/pets");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Contexts {
    stage: Arc<StageContext>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Default for Contexts {
    fn default() -> Self {
        Self {
            stage: Arc::new(StageContext::local()),
            clock: Arc::new(SystemClock::new()),
            ids: Arc::new(RandomIds::new(Arc::new(SystemRandom))),
        }
    }
}

impl Contexts {
    /// Requests are those of another stage: `$context.stage`, `$stageVariables` and the like.
    #[must_use]
    pub fn with_stage(mut self, stage: Arc<StageContext>) -> Self {
        self.stage = stage;
        self
    }

    /// Reads the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes the ids of requests from another source.
    #[must_use]
    pub fn with_ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// What is known of a request that arrives now: its head, and what the server and layers further
    /// out put among its extensions.
    #[must_use]
    pub fn make(&self, request: Parts) -> Context {
        self.make_at(self.now(), request)
    }

    /// The same for a request that arrived before.
    #[must_use]
    pub fn make_at(&self, received_at: Moment, request: Parts) -> Context {
        let identity = Identity::of_connection(&request.extensions);
        let stage = request.extensions.get::<Arc<StageContext>>();
        let stage = stage.unwrap_or(&self.stage).clone();
        let canary = request.extensions.get::<CanaryRequest>().copied();
        let client = ClientRequest::from(request);
        let mut context = Context::new(stage, self.ids.request(), received_at, client);
        context.identity = identity;
        context.is_canary_request = canary.map(|canary| canary.0);
        context
    }
}
