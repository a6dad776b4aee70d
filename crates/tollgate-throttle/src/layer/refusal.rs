//! Why a layer refuses, or would.

use std::time::Duration;

use http::{HeaderValue, Response, header};
use tollgate_core::{Body, GatewayResponseType, Moment, Rejection};

use super::headers;
use crate::{LimitScope, NoPlan, Standing, Until};

/// A limit that a request ran into.
///
/// It stands among the extensions of the response that a layer refuses with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitRefusal {
    scope: LimitScope,
    until: Until,
    now: Moment,
    is_enforced: bool,
}

impl LimitRefusal {
    pub(super) const fn new(
        (scope, until): (LimitScope, Until),
        now: Moment,
        is_enforced: bool,
    ) -> Self {
        Self {
            scope,
            until,
            now,
            is_enforced,
        }
    }

    /// Which limit it was.
    #[must_use]
    pub const fn scope(&self) -> LimitScope {
        self.scope
    }

    /// When the request came.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.now
    }

    /// How long after that the limit would have admitted it; `None`: never.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.until.duration(self.now)
    }

    /// Whether the request was refused; otherwise the limit is only observed.
    #[must_use]
    pub const fn is_enforced(&self) -> bool {
        self.is_enforced
    }
}

/// Limits that would have refused a request, if they were not only observed, the outermost first.
///
/// They stand among the extensions of such a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShadowRefusals(pub Vec<LimitRefusal>);

/// The refusal of a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    /// A limit refuses; clients may be told where they stand.
    Limit(LimitRefusal, Option<Standing>),
    /// No key opens anything for the request, for this reason.
    Forbidden(&'static str),
}

impl Refusal {
    pub(super) const fn unknown(reason: NoPlan) -> Self {
        Self::Forbidden(match reason {
            NoPlan::NoKey => "the request has no API key",
            NoPlan::UnknownKey => "the API key is not known here",
            NoPlan::Disabled => "the API key is disabled",
        })
    }

    pub(super) fn into_response(self) -> Response<Body> {
        match self {
            Self::Limit(refusal, standing) => refusal.into_response(standing),
            Self::Forbidden(reason) => Rejection::new(GatewayResponseType::InvalidApiKey)
                .because(reason)
                .into_response(),
        }
    }
}

impl LimitRefusal {
    fn into_response(self, standing: Option<Standing>) -> Response<Body> {
        let response_type = if self.scope.is_quota() {
            GatewayResponseType::QuotaExceeded
        } else {
            GatewayResponseType::Throttled
        };
        let rejection = Rejection::new(response_type).because(reason(self.scope));
        let mut response = rejection.into_response();
        response.extensions_mut().insert(self);
        if let Some(standing) = standing {
            headers::tell(response.headers_mut(), standing);
            if let Some(after) = self.retry_after() {
                // Nobody is told to come at once.
                let seconds = HeaderValue::from(headers::seconds(after).max(1));
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
        }
        response
    }
}

const fn reason(scope: LimitScope) -> &'static str {
    match scope {
        LimitScope::PlanMethod => "the key's rate for the method is exceeded",
        LimitScope::Plan => "the key's rate is exceeded",
        LimitScope::PlanQuota => "the key's quota is used up",
        LimitScope::Method
        | LimitScope::Account
        | LimitScope::Process
        | LimitScope::Client
        | LimitScope::Rate => "the rate is exceeded",
        LimitScope::Quota => "the quota is used up",
    }
}
