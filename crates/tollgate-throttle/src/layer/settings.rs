//! What the layers of limits have in common.

use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use tollgate_core::{Clock, SystemClock};

use super::limiter::Taken;
use super::refusal::{LimitRefusal, Refusal, ShadowRefusals};
use crate::Standing;

type Observe = dyn Fn(&Parts, &LimitRefusal) + Send + Sync;

/// How a layer enforces its limits: by refusing, and without telling anybody, unless it is set
/// otherwise.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use tollgate_core::RateLimit;
/// use tollgate_throttle::{LimitSettings, ThrottleLayer};
///
/// // Would this limit be too strict? Nobody is refused, and it is counted who would be.
/// let refused = Arc::new(AtomicU64::new(0));
/// let counter = refused.clone();
/// let settings = LimitSettings::default().in_shadow().observing(move |_, refusal| {
///     assert!(!refusal.is_enforced());
///     counter.fetch_add(1, Ordering::Relaxed);
/// });
/// let layer = ThrottleLayer::new(RateLimit::new(100.0, 200)?).with_settings(settings);
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
#[derive(Clone)]
pub struct LimitSettings {
    clock: Arc<dyn Clock>,
    has_headers: bool,
    is_shadow: bool,
    observe: Option<Arc<Observe>>,
}

impl LimitSettings {
    /// Tells clients where they stand, which the service does not: by `RateLimit-Limit`,
    /// `RateLimit-Remaining` and `RateLimit-Reset`
    /// ([draft 06](https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06)), and
    /// refused ones by `Retry-After`.
    ///
    /// The limit of a rate is its burst, which is there again after the seconds of the reset; that of
    /// a quota is what its window admits, which ends then. Of several limits it is the one of which
    /// least is left.
    #[must_use]
    pub const fn with_headers(mut self) -> Self {
        self.has_headers = true;
        self
    }

    /// Observes the limits without enforcing them: a request that would be refused passes, with
    /// [`ShadowRefusals`] among its extensions, and takes from no limit. Headers say nothing of them.
    #[must_use]
    pub const fn in_shadow(mut self) -> Self {
        self.is_shadow = true;
        self
    }

    /// Calls this with each request that a limit refuses, or would refuse if it were enforced. It runs
    /// on the request's own path, so it must be quick.
    #[must_use]
    pub fn observing(
        mut self,
        observe: impl Fn(&Parts, &LimitRefusal) + Send + Sync + 'static,
    ) -> Self {
        self.observe = Some(Arc::new(observe));
        self
    }

    /// Reads the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Where the client stands, where it is told.
    pub(super) fn told(&self, standing: impl FnOnce() -> Option<Standing>) -> Option<Standing> {
        (self.has_headers && !self.is_shadow)
            .then(standing)
            .flatten()
    }

    /// What becomes of a request that was taken from limits.
    pub(super) fn conclude(&self, request: &mut Parts, taken: &Taken) -> Result<Pass, Refusal> {
        let Some(refused) = taken.refused else {
            return Ok(taken.standing);
        };
        let refusal = LimitRefusal::new(refused, taken.now, !self.is_shadow);
        if let Some(observe) = &self.observe {
            observe(request, &refusal);
        }
        if !self.is_shadow {
            return Err(Refusal::Limit(refusal, taken.standing));
        }
        let ShadowRefusals(refusals) = request.extensions.get_or_insert_default();
        refusals.push(refusal);
        Ok(None)
    }
}

/// What a request that passes is told.
pub(super) type Pass = Option<Standing>;

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            has_headers: false,
            is_shadow: false,
            observe: None,
        }
    }
}

impl fmt::Debug for LimitSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitSettings")
            .field("clock", &self.clock)
            .field("has_headers", &self.has_headers)
            .field("is_shadow", &self.is_shadow)
            .finish_non_exhaustive()
    }
}
