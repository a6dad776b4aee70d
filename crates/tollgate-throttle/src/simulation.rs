//! Recorded requests under proposed plans.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;

use tollgate_core::{Clock, Moment, RateLimit, SeededRandom};

use crate::{
    ApiKey, InvalidPlan, KeyedBuckets, LimitScope, NoPlan, Until, UsagePlan, UsagePlans, take_all,
};

/// Callers that a report lists; those after them are counted together.
pub const MOST_LISTED_CALLERS: usize = 100_000;

/// Runs requests that were made through usage plans that are proposed: who would be refused, when, and
/// by which limit.
///
/// It decides by the same code as a gateway, on a clock that shows the requests' own times.
///
/// ```
/// use std::time::Duration;
///
/// use tollgate_core::RateLimit;
/// use tollgate_throttle::{
///     LimitScope, PlanStage, SimulatedCaller, SimulatedRefusal, SimulatedRequest, Simulation, UsagePlan,
/// };
///
/// let mut plan = UsagePlan::new("trial");
/// plan.throttle = Some(RateLimit::new(1.0, 1)?);
/// plan.stages.push(PlanStage::new("api", "prod"));
/// plan.keys.push("key1".into());
/// let mut simulation = Simulation::new(&[plan]).expect("the plan is right");
///
/// let mut run = |millis: u64| {
///     let caller = SimulatedCaller::Key("key1");
///     let at = Duration::from_millis(1_700_000_000_000 + millis);
///     simulation.run(&SimulatedRequest::new(at, caller, ("api", "prod"), "/pets/GET"))
/// };
/// assert!(run(0).is_ok());
/// let refused = run(400).unwrap_err();
/// assert_eq!(refused.scope(), Some(LimitScope::Plan));
/// assert!(run(1_001).is_ok());
/// assert_eq!(simulation.report().total.refused(), 1);
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
#[derive(Debug)]
pub struct Simulation {
    plans: UsagePlans,
    /// The values of keys, which are made up, by the keys' ids.
    values: HashMap<Box<str>, String>,
    clients: Option<KeyedBuckets<String>>,
    /// The times of the first request, and of the latest.
    times: Option<(Duration, Duration)>,
    report: SimulationReport,
}

/// A request that was made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SimulatedRequest<'a> {
    /// When it was made, since 1970-01-01T00:00:00Z.
    pub at: Duration,
    /// Who made it.
    pub caller: SimulatedCaller<'a>,
    /// The API's id, and the stage's name.
    pub stage: (&'a str, &'a str),
    /// The resource's path and the verb, such as `/pets/GET`.
    pub method: &'a str,
}

/// Who made a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SimulatedCaller<'a> {
    /// The API key of this id.
    Key(&'a str),
    /// Somebody without a key, such as an address.
    Client(&'a str),
}

/// Why a request would be refused.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SimulatedRefusal {
    /// No plan lets the key in.
    NoPlan(NoPlan),
    /// A limit refuses.
    Limit {
        /// Which one.
        scope: LimitScope,
        /// How long after that it would admit the request; `None`: never.
        retry_after: Option<Duration>,
    },
}

/// What a simulation has found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulationReport {
    /// All requests.
    pub total: CallerReport,
    /// Those of each caller, at most [`MOST_LISTED_CALLERS`] of them.
    pub callers: BTreeMap<ReportedCaller, CallerReport>,
    /// Those of callers that came when the list was full.
    pub others: CallerReport,
}

/// A caller in a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportedCaller {
    /// The API key of this id.
    Key(Box<str>),
    /// Somebody without a key.
    Client(Box<str>),
}

/// Requests, and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallerReport {
    /// Requests that are admitted.
    pub admitted: u64,
    /// Those whose key no plan lets in.
    pub without_plan: u64,
    /// Those that limits refuse.
    pub limited: BTreeMap<LimitScope, u64>,
    /// When the first and the last were refused, since 1970-01-01T00:00:00Z.
    pub refused_between: Option<(Duration, Duration)>,
}

impl<'a> SimulatedRequest<'a> {
    /// A request.
    #[must_use]
    pub const fn new(
        at: Duration,
        caller: SimulatedCaller<'a>,
        stage: (&'a str, &'a str),
        method: &'a str,
    ) -> Self {
        Self {
            at,
            caller,
            stage,
            method,
        }
    }
}

impl SimulatedRefusal {
    /// The limit that refuses; `None`: no plan lets the key in.
    #[must_use]
    pub const fn scope(&self) -> Option<LimitScope> {
        match self {
            Self::NoPlan(_) => None,
            Self::Limit { scope, .. } => Some(*scope),
        }
    }

    fn limit(scope: LimitScope, until: Until, now: Moment) -> Self {
        let retry_after = until.duration(now);
        Self::Limit { scope, retry_after }
    }
}

/// A clock that stands still.
#[derive(Debug)]
struct At(Moment);

impl Clock for At {
    fn now(&self) -> Moment {
        self.0
    }
}

impl Simulation {
    /// A simulation in which all keys of the plans are enabled. Callers without a key are admitted.
    ///
    /// # Errors
    ///
    /// All that is wrong with the plans.
    pub fn new(plans: &[UsagePlan]) -> Result<Self, Vec<InvalidPlan>> {
        let mut values = HashMap::new();
        for id in plans.iter().flat_map(|plan| &plan.keys) {
            let value = format!("simulated-key-{:020}", values.len());
            values.entry(id.clone()).or_insert(value);
        }
        let keys: Vec<_> = values
            .iter()
            .filter_map(|(id, value)| ApiKey::new(id.clone(), value.as_str()).ok())
            .collect();
        // The values are no secrets.
        let empty = UsagePlans::new(&SeededRandom::default());
        Ok(Self {
            plans: empty.updated(plans, &keys, Moment::default())?,
            values,
            clients: None,
            times: None,
            report: SimulationReport::default(),
        })
    }

    /// Limits each caller without a key.
    #[must_use]
    pub fn with_client_limit(mut self, limit: RateLimit) -> Self {
        self.clients = Some(KeyedBuckets::new(limit));
        self
    }

    /// Makes a request. Requests come in the order of their times; one that is earlier than the one
    /// before it is made at the same time as that.
    ///
    /// # Errors
    ///
    /// [`SimulatedRefusal`] where it would be refused.
    pub fn run(&mut self, request: &SimulatedRequest<'_>) -> Result<(), SimulatedRefusal> {
        let (first, latest) = self.times.unwrap_or((request.at, request.at));
        let at = latest.max(request.at);
        self.times = Some((first, at));
        let now = Moment::new(at.saturating_sub(first), at);
        let outcome = self.decide(request, now);
        self.report.note(request.caller, outcome.err(), at);
        outcome
    }

    fn decide(&self, request: &SimulatedRequest<'_>, now: Moment) -> Result<(), SimulatedRefusal> {
        let id = match request.caller {
            SimulatedCaller::Key(id) => id,
            SimulatedCaller::Client(client) => {
                let Some(clients) = &self.clients else {
                    return Ok(());
                };
                let taken = clients.take(client, now);
                return taken.map_err(|wait| {
                    SimulatedRefusal::limit(LimitScope::Rate, Until::Rate(wait), now)
                });
            }
        };
        let (api_id, stage) = request.stage;
        let value = self.values.get(id).map(String::as_str);
        let unknown = SimulatedRefusal::NoPlan(NoPlan::UnknownKey);
        let plans = self.plans.stage(api_id, stage).ok_or(unknown)?;
        let admission = value.ok_or(unknown).and_then(|value| {
            let admitted = plans.admit(Some(value));
            admitted.map_err(SimulatedRefusal::NoPlan)
        })?;
        let taken = take_all(admission.limits(request.method), now, &At(now));
        taken.map_err(|refused| {
            SimulatedRefusal::limit(LimitScope::OF_PLAN[refused.index], refused.until, now)
        })
    }

    /// What was found so far.
    #[must_use]
    pub const fn report(&self) -> &SimulationReport {
        &self.report
    }
}

impl SimulationReport {
    fn note(
        &mut self,
        caller: SimulatedCaller<'_>,
        refusal: Option<SimulatedRefusal>,
        at: Duration,
    ) {
        self.total.note(refusal, at);
        let caller = ReportedCaller::from(caller);
        let of_caller = if self.callers.len() < MOST_LISTED_CALLERS {
            self.callers.entry(caller).or_default()
        } else {
            self.callers.get_mut(&caller).unwrap_or(&mut self.others)
        };
        of_caller.note(refusal, at);
    }
}

impl CallerReport {
    /// Requests that are refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.without_plan + self.limited.values().sum::<u64>()
    }

    fn note(&mut self, refusal: Option<SimulatedRefusal>, at: Duration) {
        match refusal {
            None => self.admitted += 1,
            Some(SimulatedRefusal::NoPlan(_)) => self.without_plan += 1,
            Some(SimulatedRefusal::Limit { scope, .. }) => {
                *self.limited.entry(scope).or_default() += 1;
            }
        }
        if refusal.is_some() {
            let first = self.refused_between.map_or(at, |(first, _)| first);
            self.refused_between = Some((first, at));
        }
    }
}

impl From<SimulatedCaller<'_>> for ReportedCaller {
    fn from(caller: SimulatedCaller<'_>) -> Self {
        match caller {
            SimulatedCaller::Key(id) => Self::Key(id.into()),
            SimulatedCaller::Client(client) => Self::Client(client.into()),
        }
    }
}

impl fmt::Display for ReportedCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "key {id}"),
            Self::Client(client) => write!(f, "client {client}"),
        }
    }
}
