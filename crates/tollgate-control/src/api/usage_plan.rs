//! Usage plans.

use indexmap::IndexMap;
use serde_json::Value;
use tollgate_core::{ApiId, Quota, QuotaPeriod, RateLimit, StageName};
use tollgate_deploy::check_tags;
use tollgate_model::{ApiStage, QuotaSettings, ThrottleSettings, UsagePlan};
use tollgate_store::{Entity, EntityKey};
use tollgate_throttle::MOST_PLAN_METHODS;

use super::usage_plan_key::check_keys;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::input::Input;
use crate::operation::{Operation, delete, get, patch, post};
use crate::outcome::Outcome;
use crate::page::list;
use crate::shape::{Member, Shape, TEXT_MAP, optional, required};

use crate::texts::NO_USAGE_PLAN;
use crate::view::{Shown, show_tags, wire};

mod edit;

const ALL: &str = "/usageplans";
const ONE: &str = "/usageplans/{usageplanId}";

pub(super) const OPERATIONS: &[Operation] = &[
    post("CreateUsagePlan", ALL, MEMBERS, create),
    get("GetUsagePlans", ALL, list_all),
    get("GetUsagePlan", ONE, read),
    patch("UpdateUsagePlan", ONE, update),
    delete("DeleteUsagePlan", ONE, remove),
];

const THROTTLE: Shape = Shape::Object(&[
    optional("burstLimit", Shape::Integer),
    optional("rateLimit", Shape::Number),
]);

const MEMBERS: &[Member] = &[
    required("name", Shape::Text),
    optional("description", Shape::Text),
    optional(
        "apiStages",
        Shape::List(&Shape::Object(&[
            optional("apiId", Shape::Text),
            optional("stage", Shape::Text),
            optional("throttle", Shape::Map(&THROTTLE)),
        ])),
    ),
    optional("throttle", THROTTLE),
    optional(
        "quota",
        Shape::Object(&[
            optional("limit", Shape::Integer),
            optional("offset", Shape::Integer),
            optional("period", Shape::OneOf(&["DAY", "WEEK", "MONTH"])),
        ]),
    ),
    optional("tags", TEXT_MAP),
];

fn create(call: &Call<'_>) -> Result<Outcome> {
    let input = call.input();
    let id = call.new_id(6, |id| call.state.usage_plan(id).is_some());
    let mut plan = UsagePlan::new(id, input.text("name").unwrap_or_default());
    plan.home = Some(call.home.clone());
    plan.description = input.some_text("description");
    for stage in input.objects("apiStages") {
        let stage = read_stage(call, &plan, &stage)?;
        add_stage(&mut plan, stage);
    }
    plan.throttle = input.read_member("throttle")?;
    if let Some(quota) = input.object("quota") {
        plan.quota = Some(QuotaParts::read(&quota)?.whole()?);
    }
    plan.tags = input.map("tags");
    check_tags(&plan.tags)?;
    check(&plan)?;
    let reply = show(&plan, Shown::Created);
    Ok(Outcome::put(Entity::UsagePlan(plan), reply))
}

fn read_stage(call: &Call<'_>, plan: &UsagePlan, input: &Input) -> Result<ApiStage> {
    let (api, stage) = (input.some_text("apiId"), input.some_text("stage"));
    let (Some(api), Some(stage)) = (api, stage) else {
        // As the service says it.
        return Err(ControlError::bad_request(
            "Invalid API Stage {api: %s, stage: %s} specified for usageplan %s",
        ));
    };
    let mut stage = find_stage(call, plan, &api, &stage)?;
    stage.throttle = input.read_member("throttle")?.unwrap_or_default();
    Ok(stage)
}

/// A stage that is here, without limits of its methods.
///
/// # Errors
///
/// 404.
fn find_stage(call: &Call<'_>, plan: &UsagePlan, api: &str, stage: &str) -> Result<ApiStage> {
    let unknown = || unknown_stage(plan, api, stage);
    let id = ApiId::new(api);
    let name: StageName = stage.parse().map_err(|_| unknown())?;
    let of = call.state.api(&id).ok_or_else(unknown)?;
    let is_there = call.is_here(of.home.as_ref()) && call.state.stage(&id, &name).is_some();
    if !is_there {
        return Err(unknown());
    }
    Ok(ApiStage::new(id, name))
}

fn unknown_stage(plan: &UsagePlan, api: &str, stage: &str) -> ControlError {
    let id = &plan.id;
    ControlError::not_found(format!(
        "Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan {id}"
    ))
}

/// A stage that is there stays as it is.
fn add_stage(plan: &mut UsagePlan, stage: ApiStage) {
    let mut stages = plan.api_stages.iter();
    if !stages.any(|known| (&known.api_id, &known.stage) == (&stage.api_id, &stage.stage)) {
        plan.api_stages.push(stage);
    }
}

/// What must be so of any plan: one that cannot be enforced would keep all others from it.
fn check(plan: &UsagePlan) -> Result<()> {
    if plan.name.is_empty() {
        return Err(ControlError::bad_request("Usage Plan name cannot be blank"));
    }
    if let Some(throttle) = &plan.throttle {
        check_throttle(throttle)?;
    }
    if let Some(quota) = &plan.quota {
        Quota::new(quota.limit, quota.period, quota.offset)
            .map_err(|error| ControlError::bad_request(error.to_string()))?;
    }
    plan.api_stages.iter().try_for_each(check_methods)
}

fn check_methods(stage: &ApiStage) -> Result<()> {
    let count = stage.throttle.len();
    if count > MOST_PLAN_METHODS {
        return Err(ControlError::limit_exceeded(format!(
            "API stage {}:{} has limits of {count} methods, of {MOST_PLAN_METHODS} that it may have",
            stage.api_id, stage.stage
        )));
    }
    for (method, throttle) in &stage.throttle {
        let path = method.rsplit_once('/').map_or("", |(path, _)| path);
        if !path.starts_with('/') {
            return Err(ControlError::bad_request(format!(
                "throttle {method:?}: expected a path and a verb, such as /pets/GET, or //GET of the \
                 root"
            )));
        }
        check_throttle(throttle)?;
    }
    Ok(())
}

fn check_throttle(throttle: &ThrottleSettings) -> Result<()> {
    let rate = RateLimit::new(throttle.rate_limit.unwrap_or_default(), 0);
    rate.map(drop)
        .map_err(|error| ControlError::bad_request(error.to_string()))
}

fn list_all(call: &Call<'_>) -> Result<Outcome> {
    let state = call.state;
    let show = |plan: &&UsagePlan| show(plan, Shown::Listed);
    let id = |plan: &&UsagePlan| plan.id.clone();
    let is_here = |plan: &&UsagePlan| call.is_here(plan.home.as_ref());
    match call.query("keyId") {
        None => list(call, state.usage_plans().filter(is_here), id, show),
        Some(key) => {
            let plans = state.usage_plans_of(key);
            let plans = plans.filter_map(|plan| state.usage_plan(plan));
            list(call, plans.filter(is_here), id, show)
        }
    }
}

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(named(call)?, Shown::Alone)))
}

fn update(call: &Call<'_>) -> Result<Outcome> {
    let plan = edit::edited(call, named(call)?.clone())?;
    check(&plan)?;
    check_keys(call, &plan)?;
    let reply = show(&plan, Shown::Alone);
    Ok(Outcome::put(Entity::UsagePlan(plan), reply))
}

/// A plan with stages stays; those that have been removed meanwhile are none.
fn remove(call: &Call<'_>) -> Result<Outcome> {
    let plan = named(call)?;
    let mut stages = plan.api_stages.iter();
    let stage = stages.find(|of| call.state.stage(&of.api_id, &of.stage).is_some());
    if let Some(stage) = stage {
        return Err(ControlError::bad_request(format!(
            "Cannot delete Usage Plan {} because there are API Stages associated with it, including \
             {}:{}",
            plan.id, stage.api_id, stage.stage
        )));
    }
    let id = plan.id.as_str().into();
    Ok(Outcome::remove(EntityKey::UsagePlan(id)))
}

/// The plan that the path names.
///
/// # Errors
///
/// 404.
pub(super) fn named<'a>(call: &Call<'a>) -> Result<&'a UsagePlan> {
    find(call, call.label("usageplanId"))
}

/// The plan of an id, if it is here.
///
/// # Errors
///
/// 404.
pub(super) fn find<'a>(call: &Call<'a>, id: &str) -> Result<&'a UsagePlan> {
    let plan = call.state.usage_plan(id);
    let here = plan.filter(|plan| call.is_here(plan.home.as_ref()));
    here.ok_or_else(|| ControlError::not_found(NO_USAGE_PLAN))
}

/// A plan, as answers show it.
fn show(plan: &UsagePlan, shown: Shown) -> Value {
    let mut members = wire(plan);
    members.remove("home");
    show_tags(&mut members, &plan.tags, shown);
    Value::Object(members)
}

/// A quota of which not all need be said yet.
#[derive(Debug, Default)]
struct QuotaParts {
    limit: Option<u64>,
    offset: Option<u32>,
    period: Option<QuotaPeriod>,
}

impl QuotaParts {
    fn read(input: &Input) -> Result<Self> {
        Ok(Self {
            limit: input.read_member("limit")?,
            offset: input.read_member("offset")?,
            period: input.read_member("period")?,
        })
    }

    const fn of(quota: QuotaSettings) -> Self {
        Self {
            limit: Some(quota.limit),
            offset: Some(quota.offset),
            period: Some(quota.period),
        }
    }

    fn whole(self) -> Result<QuotaSettings> {
        let (Some(limit), Some(period)) = (self.limit, self.period) else {
            return Err(ControlError::bad_request(
                "quota: expected a limit and a period",
            ));
        };
        let mut quota = QuotaSettings::new(limit, period);
        quota.offset = self.offset.unwrap_or_default();
        Ok(quota)
    }
}

/// Limits of methods.
type Methods = IndexMap<String, ThrottleSettings>;
