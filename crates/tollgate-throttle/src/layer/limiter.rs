//! A limit of a layer's own.

use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use tollgate_core::Moment;

use super::refusal::Refusal;
use super::service::Gate;
use super::settings::{LimitSettings, Pass};
use crate::{LimitScope, Standing, Until};

type Take = dyn Fn(&Parts, &LimitSettings, Moment) -> Taken + Send + Sync;

/// How a layer takes requests from its limit, whatever that is, and what becomes of those it refuses.
#[derive(Clone)]
pub(super) struct Limiter {
    take: Arc<Take>,
    settings: LimitSettings,
}

/// What came of taking a request from limits.
pub(super) struct Taken {
    pub(super) now: Moment,
    pub(super) refused: Option<(LimitScope, Until)>,
    /// Where the client stands then, where it is told.
    pub(super) standing: Option<Standing>,
}

impl Taken {
    /// There is no limit for the request.
    pub(super) const fn unlimited(now: Moment) -> Self {
        Self {
            now,
            refused: None,
            standing: None,
        }
    }
}

impl Limiter {
    pub(super) fn new(
        take: impl Fn(&Parts, &LimitSettings, Moment) -> Taken + Send + Sync + 'static,
    ) -> Self {
        Self {
            take: Arc::new(take),
            settings: LimitSettings::default(),
        }
    }

    pub(super) fn with_settings(mut self, settings: LimitSettings) -> Self {
        self.settings = settings;
        self
    }
}

impl Gate for Limiter {
    fn pass(&self, request: &mut Parts) -> Result<Pass, Refusal> {
        let now = self.settings.clock().now();
        let taken = (self.take)(request, &self.settings, now);
        self.settings.conclude(request, &taken)
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}
