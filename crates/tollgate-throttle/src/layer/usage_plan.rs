//! Usage plans in front of an HTTP service.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use tollgate_core::Moment;
use tower_layer::Layer;

use super::api_key::{ApiKeyId, claimed};
use super::current::Current;
use super::limiter::Taken;
use super::refusal::Refusal;
use super::service::{Gate, Gated};
use super::settings::{LimitSettings, Pass};
use crate::{Admission, LimitScope, Limited, StagePlans, Standing, UsagePlans, take_all};

type FindStage = dyn Fn(&Parts) -> Option<(Cow<'_, str>, Cow<'_, str>)> + Send + Sync;
type FindMethod = dyn Fn(&Parts) -> Option<Cow<'_, str>> + Send + Sync;

/// Refuses requests without a key that a usage plan lets in, and those beyond the plan's limits.
///
/// What a request takes from is the rate of its method in the plan, the rate of the plan and the quota:
/// all of them, or none where one refuses. A request that passes has the key's [`ApiKeyId`] among its
/// extensions.
///
/// The layer asks which method of an API a request is for, and lets it pass where that needs no key:
/// such a request is counted nowhere, even if it has one.
///
/// ```
/// use http::request::Parts;
/// use http::{Request, Response};
/// use tollgate_core::{Body, Clock, RateLimit, SystemClock, SystemRandom};
/// use tollgate_throttle::{ApiKey, Current, PlanStage, UsagePlan, UsagePlanLayer, UsagePlans};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut plan = UsagePlan::new("trial");
/// plan.throttle = Some(RateLimit::new(0.1, 1)?);
/// plan.stages.push(PlanStage::new("api", "prod"));
/// plan.keys.push("key1".into());
/// let keys = [ApiKey::new("key1", "0123456789abcdefghij")?];
///
/// let now = SystemClock::new().now();
/// let table = UsagePlans::new(&SystemRandom).updated(&[plan], &keys, now);
/// let plans = Current::new(table.expect("they fit each other"));
/// let layer = UsagePlanLayer::for_stage(plans.clone(), "api", "prod", |request: &Parts| {
///     let path = request.uri.path();
///     (path != "/health").then(|| format!("{path}/{}", request.method).into())
/// });
/// let service = layer.layer(service_fn(async |_: Request<()>| {
///     Ok::<_, std::convert::Infallible>(Response::new(Body::from("hello")))
/// }));
///
/// # futures::executor::block_on(async {
/// for (path, key, status) in [
///     ("/health", "", 200),
///     ("/pets", "", 403),
///     ("/pets", "0123456789abcdefghij", 200),
///     ("/pets", "0123456789abcdefghij", 429),
/// ] {
///     let request = Request::get(path).header("x-api-key", key).body(())?;
///     assert_eq!(service.clone().oneshot(request).await?.status(), status);
/// }
/// // No keys any more: what is used of limits would go on for those that stay.
/// let table = plans.load().updated(&[], &[], SystemClock::new().now());
/// plans.replace(table.expect("they fit each other"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })
/// # }
/// ```
///
/// # Refusals
///
/// They are responses as Amazon API Gateway gives them, with the typed
/// [`Rejection`](tollgate_core::Rejection) among their extensions, and of limits the
/// [`LimitRefusal`](crate::LimitRefusal). Errors of the service pass. Keys are refused even where the
/// limits are [only observed](LimitSettings::in_shadow).
///
/// | fault | answer |
/// |---|---|
/// | no key, none that a plan of the stage has, or a disabled one | 403, `INVALID_API_KEY` |
/// | no plan opens the stage | 403, `INVALID_API_KEY` |
/// | a rate is exceeded | 429, `THROTTLED` |
/// | the quota is used up | 429, `QUOTA_EXCEEDED` |
#[derive(Clone)]
pub struct UsagePlanLayer {
    plans: Current<UsagePlans>,
    stage: Arc<StageOf>,
    method: Arc<FindMethod>,
    settings: LimitSettings,
}

/// The stage of a request.
enum StageOf {
    /// The same for all.
    Fixed(Box<str>, Box<str>),
    Found(Box<FindStage>),
}

impl UsagePlanLayer {
    /// A layer in front of one stage of an API. `method` tells the method that a request is for, such as
    /// `/pets/GET`, or `//GET` for the root, and `None` for one that needs no key.
    #[must_use]
    pub fn for_stage(
        plans: Current<UsagePlans>,
        api_id: impl Into<Box<str>>,
        stage: impl Into<Box<str>>,
        method: impl Fn(&Parts) -> Option<Cow<'_, str>> + Send + Sync + 'static,
    ) -> Self {
        let stage = StageOf::Fixed(api_id.into(), stage.into());
        Self::of(plans, stage, method)
    }

    /// A layer in front of several stages: `stage` tells the API's id and the stage's name, and where
    /// it does not, no key opens anything. `method` is as in [`for_stage`](Self::for_stage).
    #[must_use]
    pub fn for_stages(
        plans: Current<UsagePlans>,
        stage: impl Fn(&Parts) -> Option<(Cow<'_, str>, Cow<'_, str>)> + Send + Sync + 'static,
        method: impl Fn(&Parts) -> Option<Cow<'_, str>> + Send + Sync + 'static,
    ) -> Self {
        Self::of(plans, StageOf::Found(Box::new(stage)), method)
    }

    fn of(
        plans: Current<UsagePlans>,
        stage: StageOf,
        method: impl Fn(&Parts) -> Option<Cow<'_, str>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            plans,
            stage: Arc::new(stage),
            method: Arc::new(method),
            settings: LimitSettings::default(),
        }
    }

    /// Enforces the limits of plans as these settings say.
    #[must_use]
    pub fn with_settings(mut self, settings: LimitSettings) -> Self {
        self.settings = settings;
        self
    }

    fn take(&self, admission: Admission<'_>, method: &str) -> Taken {
        let clock = self.settings.clock();
        let now = clock.now();
        let limits = admission.limits(method);
        let refused = take_all(limits, now, clock).err();
        Taken {
            now,
            refused: refused.map(|refused| (LimitScope::OF_PLAN[refused.index], refused.until)),
            standing: self.settings.told(|| least(admission, limits, now)),
        }
    }
}

impl StageOf {
    fn find<'p>(&self, plans: &'p UsagePlans, request: &Parts) -> Option<&'p StagePlans> {
        match self {
            Self::Fixed(api_id, stage) => plans.stage(api_id, stage),
            Self::Found(find) => {
                let (api_id, stage) = find(request)?;
                plans.stage(&api_id, &stage)
            }
        }
    }
}

/// Where a caller stands with the limit of which least is left.
fn least(
    admission: Admission<'_>,
    limits: [Option<Limited<'_>>; 3],
    now: Moment,
) -> Option<Standing> {
    let counts = |limit: &Limited<'_>| match limit {
        Limited::Rate(_) => true,
        // What has no limit is counted, too.
        Limited::Quota(..) => admission.quota().is_some(),
    };
    let standings = limits
        .iter()
        .flatten()
        .filter(|limit| counts(limit))
        .map(|limit| limit.standing(now));
    standings.min_by_key(|standing| standing.remaining)
}

impl Gate for UsagePlanLayer {
    fn pass(&self, request: &mut Parts) -> Result<Pass, Refusal> {
        let Some(method) = (self.method)(request) else {
            return Ok(None);
        };
        let plans = self.plans.guard();
        let stage = self.stage.find(&plans, request);
        let stage = stage.ok_or(Refusal::Forbidden("no usage plan opens the stage"))?;
        let admission = stage.admit(claimed(request)).map_err(Refusal::unknown)?;
        let taken = self.take(admission, &method);
        let key = ApiKeyId::of(admission.shared_key());
        request.extensions.insert(key);
        self.settings.conclude(request, &taken)
    }
}

impl<S> Layer<S> for UsagePlanLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated::new(inner, Arc::new(self.clone()))
    }
}

impl fmt::Debug for UsagePlanLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsagePlanLayer")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
