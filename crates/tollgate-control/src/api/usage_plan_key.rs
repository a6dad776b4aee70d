//! Keys of usage plans.

use std::collections::HashMap;

use serde_json::{Value, json};
use tollgate_model::{ApiKey, UsagePlan, UsagePlanKey};
use tollgate_store::{Change, Entity, EntityKey};

use super::{api_key, usage_plan};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, delete, get, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::shape::{Member, Shape, required};
use crate::texts::NO_API_KEY;

const ALL: &str = "/usageplans/{usageplanId}/keys";
const ONE: &str = "/usageplans/{usageplanId}/keys/{keyId}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateUsagePlanKey", ALL, MEMBERS, create),
    get("GetUsagePlanKeys", ALL, list_all),
    get("GetUsagePlanKey", ONE, read),
    delete("DeleteUsagePlanKey", ONE, remove),
];

const MEMBERS: &[Member] = &[
    required("keyId", Shape::Text),
    required("keyType", Shape::Text),
];

/// The only kind of key that there is.
const KEY_TYPE: &str = "API_KEY";

/// Usage plans that a key may be in (quotas of API Gateway).
const MAX_PLANS_OF_KEY: usize = 10;

fn create(call: &Call<'_>) -> Result<Outcome> {
    let input = call.input();
    if input.text("keyType") != Some(KEY_TYPE) {
        return Err(ControlError::bad_request(
            "Invalid key type specified. Valid options are API_KEY",
        ));
    }
    let plan = usage_plan::named(call)?;
    let key = api_key::find(call, input.text("keyId").unwrap_or_default())?;
    let change = Memberships::new(call).add(&plan.id, &key.id)?;
    let change = change.ok_or_else(|| {
        let (plan, key) = (&plan.id, &key.id);
        ControlError::conflict(format!("API key {key} is in usage plan {plan} already"))
    })?;
    Ok(Outcome::changing(vec![change], show(key)))
}

/// A plan that is not there has no keys (recorded).
fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let (plan, name) = (usage_plan::named(call).ok(), call.query("name"));
    let keys = plan.into_iter().flat_map(|plan| keys(call, plan));
    let keys = keys.filter(|key| api_key::begins_with(key, name));
    list(call, keys, |key| key.id.clone(), |key| show(key))
}

/// The keys of a plan, by id.
fn keys<'a>(call: &Call<'a>, plan: &'a UsagePlan) -> impl Iterator<Item = &'a ApiKey> {
    let state = call.state;
    let keys = state.usage_plan_keys(&plan.id);
    keys.filter_map(|key| state.api_key(&key.key_id))
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(named(call)?)))
}

fn remove(call: &Call<'_>) -> Result<Outcome> {
    let key = named(call)?;
    let plan = call.label("usageplanId").into();
    let key = EntityKey::UsagePlanKey(plan, key.id.as_str().into());
    Ok(Outcome::remove(key))
}

/// The key that the path names.
///
/// # Errors
///
/// 404 where the plan is not there, or the key is not in it.
pub(super) fn named<'a>(call: &Call<'a>) -> Result<&'a ApiKey> {
    let plan = usage_plan::named(call)?;
    let id = call.label("keyId");
    let mut plans = call.state.usage_plans_of(id);
    if !plans.any(|of| of == plan.id) {
        return Err(ControlError::not_found(NO_API_KEY));
    }
    api_key::find(call, id)
}

/// A key of a plan, as answers show it.
fn show(key: &ApiKey) -> Value {
    let mut shown = json!({ "id": key.id, "type": KEY_TYPE });
    for (member, text) in [("value", &key.value), ("name", &key.name)] {
        if let Some(text) = text {
            shown[member] = text.as_str().into();
        }
    }
    shown
}

/// Which keys are in which plans, with those that one call adds.
pub(super) struct Memberships<'a> {
    call: Call<'a>,
    /// The plans that were added, by key.
    added: HashMap<String, Vec<&'a UsagePlan>>,
}

impl<'a> Memberships<'a> {
    pub(super) fn new(call: &Call<'a>) -> Self {
        let (call, added) = (*call, HashMap::new());
        Self { call, added }
    }

    /// Puts a key into a plan; `None`: it is there already.
    ///
    /// # Errors
    ///
    /// Where there is no such plan, the key is in too many, or would be in two of one stage.
    pub(super) fn add(&mut self, plan: &str, key: &str) -> Result<Option<Change>> {
        let plan = usage_plan::find(&self.call, plan)?;
        let state = self.call.state;
        let known = state.usage_plans_of(key);
        let known = known.filter_map(|plan| state.usage_plan(plan));
        let added = self.added.get(key).into_iter().flatten().copied();
        let known: Vec<_> = known.chain(added).collect();
        if known.iter().any(|known| known.id == plan.id) {
            return Ok(None);
        }
        if known.len() >= MAX_PLANS_OF_KEY {
            return Err(ControlError::limit_exceeded(format!(
                "API key {key} is in {MAX_PLANS_OF_KEY} usage plans, which is as many as it may be in"
            )));
        }
        known
            .iter()
            .try_for_each(|known| check_apart(key, known, plan))?;
        self.added.entry(key.to_owned()).or_default().push(plan);
        let change = Change::Put(Entity::UsagePlanKey(UsagePlanKey::new(&plan.id, key)));
        Ok(Some(change))
    }
}

/// Whether no key of a plan is in another one of the same stage.
///
/// # Errors
///
/// Where one is.
pub(super) fn check_keys(call: &Call<'_>, plan: &UsagePlan) -> Result<()> {
    for key in call.state.usage_plan_keys(&plan.id) {
        for other in call.state.usage_plans_of(&key.key_id) {
            if let Some(other) = call.state.usage_plan(other).filter(|of| of.id != plan.id) {
                check_apart(&key.key_id, other, plan)?;
            }
        }
    }
    Ok(())
}

/// A key has one plan on a stage.
fn check_apart(key: &str, one: &UsagePlan, other: &UsagePlan) -> Result<()> {
    let is_open = |stage: &tollgate_model::ApiStage| {
        let mut stages = one.api_stages.iter();
        stages.any(|of| (&of.api_id, &of.stage) == (&stage.api_id, &stage.stage))
    };
    match other.api_stages.iter().find(|stage| is_open(stage)) {
        None => Ok(()),
        Some(stage) => Err(ControlError::conflict(format!(
            "API key {key} cannot be in the usage plans {} and {}, which both have the API stage {}:{}",
            one.id, other.id, stage.api_id, stage.stage
        ))),
    }
}
