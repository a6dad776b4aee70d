//! Usage plans and keys, compiled to what a request asks.

use std::collections::HashMap;
use std::sync::Arc;

use thiserror::Error;
use tollgate_core::{Moment, Quota, QuotaPeriod, Random, RateLimit};

use crate::api_key::KeyIndex;
use crate::usage_plan::MOST_PLAN_METHODS;
use crate::{
    ApiKey, LimitKey, Limited, PlanStage, QuotaCounter, QuotaLimit, StoredLimit, TokenBucket,
    UsagePlan,
};

/// All usage plans and their keys.
///
/// A table does not change. The next one is [built](Self::updated) from it and goes on with its
/// buckets and counts.
#[derive(Debug)]
pub struct UsagePlans {
    /// By API and stage.
    stages: HashMap<Box<str>, HashMap<Box<str>, StagePlans>>,
    /// By plan and key.
    subscriptions: HashMap<(Box<str>, Box<str>), Arc<Subscription>>,
    /// For hashes of the same secret.
    like: KeyIndex<()>,
}

/// The plans that open a stage.
#[derive(Debug)]
pub struct StagePlans {
    keys: KeyIndex<Subscriber>,
}

/// A key on a stage.
#[derive(Debug)]
struct Subscriber {
    subscription: Arc<Subscription>,
    /// Limits of methods, sorted.
    methods: Box<[(Box<str>, Arc<StoredLimit>)]>,
}

/// A key of a plan, with what it has used.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) plan: Box<str>,
    pub(crate) key: Arc<ApiKey>,
    pub(crate) quota: Arc<QuotaLimit>,
    /// Whether the plan has a quota; what is used is counted anyway.
    has_quota: bool,
    is_shadow: bool,
    bucket: Option<Arc<StoredLimit>>,
    pub(crate) counter: Arc<QuotaCounter>,
    /// The counter and its quota, for stores.
    pub(crate) counted: Arc<StoredLimit>,
    /// Limits of methods.
    methods: HashMap<MethodOfStage, Arc<StoredLimit>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct MethodOfStage {
    api_id: Box<str>,
    stage: Box<str>,
    method: Box<str>,
}

impl MethodOfStage {
    fn new(stage: &PlanStage, method: &str) -> Self {
        Self {
            api_id: stage.api_id.clone(),
            stage: stage.stage.clone(),
            method: method.into(),
        }
    }
}

/// What a usage plan cannot mean.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidPlan {
    /// There are two of the name.
    #[error("there are two usage plans {0:?}")]
    Twice(Box<str>),
    /// Two keys have the same value or id.
    #[error("there are two API keys {0:?}, or two with its value")]
    KeyTwice(Box<str>),
    /// A plan has a key that is not there.
    #[error("usage plan {plan:?} has the key {key:?}, which is not known")]
    UnknownKey {
        /// The plan.
        plan: Box<str>,
        /// The key's id.
        key: Box<str>,
    },
    /// A key would have two plans on a stage: which one counts?
    #[error(
        "key {key:?} is in the usage plans {one:?} and {other:?}, which both open {api_id}:{stage}"
    )]
    Ambiguous {
        /// The key's id.
        key: Box<str>,
        /// A plan.
        one: Box<str>,
        /// Another one.
        other: Box<str>,
        /// The API's id.
        api_id: Box<str>,
        /// The stage's name.
        stage: Box<str>,
    },
    /// More methods of a stage than a plan can limit.
    #[error("usage plan {0:?} limits more than 20 methods of a stage")]
    TooManyMethods(Box<str>),
}

/// Why a request may not be made: who calls is not known, or has no plan here. All of them are 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoPlan {
    /// The request has no key.
    #[error("the request has no API key")]
    NoKey,
    /// No key that is known here has this value.
    #[error("the API key is not known here")]
    UnknownKey,
    /// The key is switched off.
    #[error("the API key is disabled")]
    Disabled,
}

/// A caller with a plan.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a>(&'a Subscriber);

impl UsagePlans {
    /// No plans and no keys.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self {
            stages: HashMap::new(),
            subscriptions: HashMap::new(),
            like: KeyIndex::new(random),
        }
    }

    /// Other plans and keys. Buckets and counts of a key in a plan go on: with as much as a changed
    /// limit lets them have, and from nothing where the period of the quota is another.
    ///
    /// # Errors
    ///
    /// All that is wrong; nothing changes then.
    pub fn updated(
        &self,
        plans: &[UsagePlan],
        keys: &[ApiKey],
        now: Moment,
    ) -> Result<Self, Vec<InvalidPlan>> {
        let mut errors = Vec::new();
        let keys = keys_by_id(keys, &self.like, &mut errors);
        let mut table = Self {
            stages: HashMap::new(),
            subscriptions: HashMap::new(),
            like: KeyIndex::empty_like(&self.like),
        };
        let mut known = HashMap::new();
        for plan in plans {
            if known.insert(&plan.id, ()).is_some() {
                errors.push(InvalidPlan::Twice(plan.id.clone()));
                continue;
            }
            if plan
                .stages
                .iter()
                .any(|stage| stage.methods.len() > MOST_PLAN_METHODS)
            {
                errors.push(InvalidPlan::TooManyMethods(plan.id.clone()));
            }
            let quota = self.quota_of(plan);
            for id in &plan.keys {
                let Some(key) = keys.get(id) else {
                    let (plan, key) = (plan.id.clone(), id.clone());
                    errors.push(InvalidPlan::UnknownKey { plan, key });
                    continue;
                };
                let place = (plan.id.clone(), id.clone());
                let before = self.subscriptions.get(&place).map(|known| &**known);
                let subscription = Arc::new(subscription(plan, key, &quota, before, now));
                table.open(plan, &subscription, &mut errors);
                table.subscriptions.insert(place, subscription);
            }
            // A stage that a plan opens for nobody is still closed to everybody else.
            for stage in &plan.stages {
                table.stage_mut(&stage.api_id, &stage.stage);
            }
        }
        if errors.is_empty() {
            Ok(table)
        } else {
            Err(errors)
        }
    }

    /// The plans of a stage; `None` where there are none, so that no key opens it.
    #[must_use]
    pub fn stage(&self, api_id: &str, stage: &str) -> Option<&StagePlans> {
        self.stages.get(api_id)?.get(stage)
    }

    pub(crate) fn subscriptions(&self) -> impl Iterator<Item = &Arc<Subscription>> {
        self.subscriptions.values()
    }

    pub(crate) fn subscription(&self, plan: &str, key: &str) -> Option<&Arc<Subscription>> {
        self.subscriptions.get(&(plan.into(), key.into()))
    }

    /// The quota of a plan; the one that there is already if it is the same.
    fn quota_of(&self, plan: &UsagePlan) -> Arc<QuotaLimit> {
        let quota = plan.quota.unwrap_or(UNLIMITED);
        let wanted = QuotaLimit::new(quota, plan.begun);
        let mut known = self.subscriptions.values();
        let known = known.find(|known| known.plan == plan.id && known.quota.quota() == quota);
        known.map_or_else(|| Arc::new(wanted), |known| known.quota.clone())
    }

    fn stage_mut(&mut self, api_id: &str, stage: &str) -> &mut StagePlans {
        let like = &self.like;
        let of_api = self.stages.entry(api_id.into()).or_default();
        of_api.entry(stage.into()).or_insert_with(|| StagePlans {
            keys: KeyIndex::empty_like(like),
        })
    }

    /// Lets a key into the stages of its plan.
    fn open(
        &mut self,
        plan: &UsagePlan,
        subscription: &Arc<Subscription>,
        errors: &mut Vec<InvalidPlan>,
    ) {
        for stage in &plan.stages {
            let mut methods: Vec<_> = stage
                .methods
                .iter()
                .filter_map(|(method, _)| {
                    let place = MethodOfStage::new(stage, method);
                    let bucket = subscription.methods.get(&place)?;
                    Some((method.clone(), bucket.clone()))
                })
                .collect();
            methods.sort_by(|one, other| one.0.cmp(&other.0));
            let subscriber = Subscriber {
                subscription: subscription.clone(),
                methods: methods.into(),
            };
            let keys = &mut self.stage_mut(&stage.api_id, &stage.stage).keys;
            let before = keys.insert(subscription.key.clone(), subscriber);
            if let Some((key, before)) = before {
                errors.push(InvalidPlan::Ambiguous {
                    key: key.id().into(),
                    one: before.subscription.plan.clone(),
                    other: plan.id.clone(),
                    api_id: stage.api_id.clone(),
                    stage: stage.stage.clone(),
                });
            }
        }
    }
}

/// What counts where a plan has no quota: days, without an end.
const UNLIMITED: Quota = match Quota::new(QuotaLimit::NONE, QuotaPeriod::Day, 0) {
    Ok(quota) => quota,
    Err(_) => panic!("days take no offset"),
};

fn keys_by_id(
    keys: &[ApiKey],
    like: &KeyIndex<()>,
    errors: &mut Vec<InvalidPlan>,
) -> HashMap<Box<str>, Arc<ApiKey>> {
    let mut values = KeyIndex::empty_like(like);
    let mut by_id = HashMap::new();
    for key in keys {
        let key = Arc::new(key.clone());
        let is_known = values.insert(key.clone(), ()).is_some();
        if by_id.insert(key.id().into(), key.clone()).is_some() || is_known {
            errors.push(InvalidPlan::KeyTwice(key.id().into()));
        }
    }
    by_id
}

fn subscription(
    plan: &UsagePlan,
    key: &Arc<ApiKey>,
    quota: &Arc<QuotaLimit>,
    before: Option<&Subscription>,
    now: Moment,
) -> Subscription {
    let period = quota.quota().period();
    let counted = before.filter(|before| before.quota.quota().period() == period);
    let counter = counted.map_or_else(Arc::default, |before| before.counter.clone());
    let counted = counted
        .filter(|before| Arc::ptr_eq(&before.quota, quota))
        .map(|before| before.counted.clone());
    let counted = counted.unwrap_or_else(|| {
        let (counter, quota) = (counter.clone(), quota.clone());
        Arc::new(StoredLimit::quota(&plan.id, key.id(), counter, quota))
    });
    let bucket_before = before.and_then(|before| before.bucket.as_ref());
    let mut methods = HashMap::new();
    for stage in &plan.stages {
        for (method, limit) in &stage.methods {
            let place = MethodOfStage::new(stage, method);
            let known = before.and_then(|before| before.methods.get(&place));
            let bucket = rate(known, *limit, now, || {
                let stage = (&*stage.api_id, &*stage.stage);
                LimitKey::plan_method((&plan.id, key.id()), stage, method)
            });
            methods.insert(place, bucket);
        }
    }
    Subscription {
        plan: plan.id.clone(),
        key: key.clone(),
        quota: quota.clone(),
        has_quota: plan.quota.is_some(),
        is_shadow: plan.is_shadow,
        bucket: plan.throttle.map(|limit| {
            let key = || LimitKey::plan(&plan.id, key.id());
            rate(bucket_before, limit, now, key)
        }),
        counter,
        counted,
        methods,
    }
}

/// The limit that there is, with this rate, or a new one.
fn rate(
    before: Option<&Arc<StoredLimit>>,
    rate: RateLimit,
    now: Moment,
    key: impl FnOnce() -> LimitKey,
) -> Arc<StoredLimit> {
    match before {
        Some(before) => before.with_rate(rate, now),
        None => Arc::new(StoredLimit::rate(key(), TokenBucket::new(rate))),
    }
}

impl StagePlans {
    /// The caller that a key's value proves.
    ///
    /// # Errors
    ///
    /// [`NoPlan`]; the client learns none of its reasons.
    pub fn admit(&self, value: Option<&str>) -> Result<Admission<'_>, NoPlan> {
        let (_, subscriber) = self.keys.find(value)?;
        Ok(Admission(subscriber))
    }
}

impl<'a> Admission<'a> {
    /// The caller's key.
    #[must_use]
    pub fn key(self) -> &'a ApiKey {
        &self.0.subscription.key
    }

    #[cfg(feature = "tower")]
    pub(crate) fn shared_key(self) -> &'a Arc<ApiKey> {
        &self.0.subscription.key
    }

    /// The id of the plan that the key has here.
    #[must_use]
    pub fn plan_id(self) -> &'a str {
        &self.0.subscription.plan
    }

    /// What the plan limits of a request to a method, such as `/pets/GET`: the method itself, all
    /// requests, and their number.
    ///
    /// They are to be taken with the other limits of the request, by [`take_all`](crate::take_all). The
    /// quota is counted where there is no limit, too.
    #[must_use]
    pub fn limits(self, method: &str) -> [Option<Limited<'a>>; 3] {
        let subscription = &*self.0.subscription;
        [
            self.of_method(method).map(StoredLimit::limited),
            subscription.bucket.as_deref().map(StoredLimit::limited),
            Some(Limited::Quota(&subscription.counter, &subscription.quota)),
        ]
    }

    /// The same limits, to be taken from a [`Store`](crate::Store).
    ///
    /// No decision waits for a store because of a plan without a quota: its requests are counted later.
    #[must_use]
    pub fn stored_limits(self, method: &str) -> [Option<&'a StoredLimit>; 3] {
        let subscription = &*self.0.subscription;
        [
            self.of_method(method),
            subscription.bucket.as_deref(),
            Some(&subscription.counted),
        ]
    }

    fn of_method(self, method: &str) -> Option<&'a StoredLimit> {
        let methods = &self.0.methods;
        let found = methods.binary_search_by(|(known, _)| (**known).cmp(method));
        let (_, limit) = methods.get(found.ok()?)?;
        Some(limit)
    }

    /// Whether the plan's limits are only observed: [`UsagePlan::is_shadow`].
    #[must_use]
    pub fn is_shadow(self) -> bool {
        self.0.subscription.is_shadow
    }

    /// The plan's quota, where it has one.
    #[must_use]
    pub fn quota(self) -> Option<Quota> {
        let subscription = &self.0.subscription;
        subscription.has_quota.then(|| subscription.quota.quota())
    }
}
