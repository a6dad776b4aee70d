//! What is served on a stage: a plan, and that of a canary.

use std::sync::Arc;

use http::uri::PathAndQuery;
use tollgate_core::{Percent, Random};
use tollgate_model::Stage;

use crate::Plan;

/// What is served on a stage: the plan of production and, where the stage has a canary, the canary's
/// plan and how many requests of a hundred it gets.
///
/// A [`Plan`] alone is one, too. Which of two plans a request gets is drawn for each request anew, and
/// `$context.isCanaryRequest` shows it; without a canary that is empty.
///
/// ```
/// use tollgate_core::Percent;
/// use tollgate_gateway::{Gateway, Plan, StagePlans};
/// use tollgate_model::{ApiDocument, CanarySettings, Stage};
///
/// let (document, next) = (ApiDocument::new("pets"), ApiDocument::new("pets"));
/// let mut stage = Stage::new("prod".parse()?);
/// let mut canary = CanarySettings::default();
/// canary.deployment_id = Some("d3p10y".into());
/// canary.percent_traffic = 12.5;
/// stage.canary_settings = Some(canary);
///
/// let plans = StagePlans::new(Plan::compile(&document, &stage)?);
/// let plans = match stage.of_canary() {
///     Some(seen) => plans.with_canary(Plan::compile(&next, &seen)?, Percent::new(12.5)?),
///     None => plans,
/// };
/// let gateway = Gateway::new(plans);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct StagePlans {
    production: Arc<Plan>,
    canary: Option<(Arc<Plan>, Percent)>,
}

impl StagePlans {
    /// A stage without a canary.
    #[must_use]
    pub fn new(production: impl Into<Arc<Plan>>) -> Self {
        Self {
            production: production.into(),
            canary: None,
        }
    }

    /// Gives so many requests to a canary, whose plan is compiled for
    /// [what it sees of the same stage](Stage::of_canary).
    #[must_use]
    pub fn with_canary(mut self, plan: impl Into<Arc<Plan>>, percent: Percent) -> Self {
        self.canary = Some((plan.into(), percent));
        self
    }

    /// The plan of the requests that are not the canary's.
    #[must_use]
    pub const fn production(&self) -> &Arc<Plan> {
        &self.production
    }

    /// The plan of the canary, and how many requests it gets.
    #[must_use]
    pub fn canary(&self) -> Option<(&Arc<Plan>, Percent)> {
        let (plan, percent) = self.canary.as_ref()?;
        Some((plan, *percent))
    }

    /// The same deployments under other settings of the stage, without compiling anything: see
    /// [`Plan::with_settings`]. The canary's share is one of these settings.
    ///
    /// A canary that is promoted or has gone needs no compiling either. `None` where the stage, or its
    /// canary, has a deployment or variables that neither of the two plans was compiled for.
    #[must_use]
    pub fn with_settings(&self, stage: &Stage) -> Option<Self> {
        let canary = self.canary.iter().map(|(plan, _)| plan);
        let plans = || [&self.production].into_iter().chain(canary.clone());
        let find = |seen: &Stage| plans().find_map(|plan| plan.with_settings(seen));
        let found = Self::new(find(stage)?);
        let (Some(settings), Some(seen)) = (&stage.canary_settings, stage.of_canary()) else {
            return Some(found);
        };
        // No share at all where it is none: the plans' diagnostics say so.
        let percent = Percent::new(settings.percent_traffic).unwrap_or_default();
        Some(found.with_canary(find(&seen)?, percent))
    }

    /// Draws the plan for a request.
    pub(crate) fn choose(&self, random: &dyn Random) -> Chosen {
        let Some((canary, percent)) = &self.canary else {
            return Chosen {
                plan: self.production.clone(),
                is_canary: None,
                is_test: false,
                sent_target: None,
            };
        };
        let is_canary = percent.draw(random);
        let plan = if is_canary { canary } else { &self.production };
        Chosen {
            plan: plan.clone(),
            is_canary: Some(is_canary),
            is_test: false,
            sent_target: None,
        }
    }
}

impl From<Plan> for StagePlans {
    fn from(plan: Plan) -> Self {
        Self::new(plan)
    }
}

impl From<Arc<Plan>> for StagePlans {
    fn from(plan: Arc<Plan>) -> Self {
        Self::new(plan)
    }
}

/// The plan that a request runs along.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) plan: Arc<Plan>,
    /// Whether it is the canary's; `None` where the stage has none.
    pub(crate) is_canary: Option<bool>,
    /// Whether the request tests the plan's only method, whatever its path says.
    pub(crate) is_test: bool,
    /// The target that the client has sent, and maybe signed, where the request runs along with
    /// another one.
    pub(crate) sent_target: Option<PathAndQuery>,
}
