//! What keys have used of their plans.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tollgate_gateway::Limits;
use tollgate_node::Node;
use tollgate_router::Verb;
use tollgate_throttle::{Day, KeyUsage, NoUsage};

use super::{usage_plan, usage_plan_key};
use crate::call::Call;
use crate::error::{ControlError, ErrorKind, Result};
use crate::operation::{Operation, Payload, Question, ask};
use crate::options::ControlOptions;
use crate::outcome::Reply;
use crate::page::Page;
use crate::patch::{Edit, REPLACE, Row, Style, Table, Target, row};
use crate::texts::NO_API_KEY;

pub(super) const OPERATIONS: &[Operation] = &[
    ask(
        "GetUsage",
        Verb::Get,
        "/usageplans/{usageplanId}/usage",
        Payload::None,
        Question::GetUsage,
    ),
    ask(
        "UpdateUsage",
        Verb::Patch,
        "/usageplans/{usageplanId}/keys/{keyId}/usage",
        Payload::Patch,
        Question::UpdateUsage,
    ),
];

/// What remains of a quota, if the call says so.
const TABLE: Table<Option<u64>> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<Option<u64>>] = &[row("/remaining", REPLACE, Edit::With(set_remaining))];

/// Seconds of a day.
const DAY_SECONDS: u64 = 86_400;

/// What the keys of a plan used on the days of a range, a page of keys at a time.
///
/// # Errors
///
/// Where there is no such plan or key, the range is none, or the counts are away.
pub(crate) async fn read(call: &Call<'_>, node: &Node) -> Result<Reply> {
    let plan = usage_plan::named(call)?;
    let range = (day(call, "startDate")?, day(call, "endDate")?);
    let page = Page::of(call)?;
    let key = call.query("keyId");
    let usage = limits(node).usage(&plan.id, key, range).await;
    let usage = usage.map_err(refused)?;
    let (usage, position) = page.take(usage.into_iter(), |usage| usage.key_id.to_string());
    let mut report = report(&plan.id, range, &usage);
    if let Some(position) = position {
        report["position"] = position.into();
    }
    Ok(Reply::Json(report))
}

fn day(call: &Call<'_>, name: &str) -> Result<Day> {
    let day = call.query(name).unwrap_or_default().parse::<Day>();
    day.map_err(|error| ControlError::bad_request(format!("{name}: {error}")))
}

/// Lets a key have another rest of its quota, and tells what it has used today.
///
/// # Errors
///
/// Where there is no such plan or key, it has no quota, or the counts are away.
pub(crate) async fn update(
    call: &Call<'_>,
    node: &Node,
    options: &ControlOptions,
) -> Result<Reply> {
    let plan = usage_plan::named(call)?;
    let key = usage_plan_key::named(call)?;
    let mut remaining = None;
    TABLE.apply(call, &mut remaining)?;
    let limits = limits(node);
    if let Some(remaining) = remaining {
        let set = limits.set_remaining((&plan.id, &key.id), remaining).await;
        set.map_err(refused)?;
        if let Some(keep) = &options.keep_usage {
            keep().await.map_err(|error| {
                let message = format!("it is set, but not kept yet: {error}");
                ControlError::new(ErrorKind::Unavailable, message)
            })?;
        }
    }
    let today = u32::try_from(call.now.seconds() / DAY_SECONDS).unwrap_or(u32::MAX);
    let today = Day::from_number(today);
    let range = (today, today);
    let usage = limits.usage(&plan.id, Some(&key.id), range).await;
    let usage = usage.map_err(refused)?;
    Ok(Reply::Json(report(&plan.id, range, &usage)))
}

fn set_remaining(remaining: &mut Option<u64>, target: &Target<'_>) -> Result<()> {
    let value = target.value();
    let number = value.parse();
    let number = number.map_err(|_| {
        ControlError::bad_request(format!(
            "{value:?} at /remaining: expected a whole number that is not negative"
        ))
    })?;
    *remaining = Some(number);
    Ok(())
}

fn limits(node: &Node) -> Arc<Limits> {
    node.options().compile.limits
}

fn refused(error: NoUsage) -> ControlError {
    let kind = match error {
        NoUsage::UnknownKey => return ControlError::not_found(NO_API_KEY),
        NoUsage::Away(_) => ErrorKind::Unavailable,
        _ => ErrorKind::BadRequest,
    };
    ControlError::new(kind, error.to_string())
}

/// Days as clients read them, who know numbers of 63 bits: a plan without a quota has more left.
fn report(plan: &str, (first, last): (Day, Day), usage: &[KeyUsage]) -> Value {
    let most = i64::MAX.unsigned_abs();
    let days = |usage: &KeyUsage| {
        let days = usage.days.iter();
        days.map(|day| day.map(|count| count.min(most))).collect()
    };
    let of_key = |usage: &KeyUsage| {
        let days: Vec<[u64; 2]> = days(usage);
        (usage.key_id.to_string(), json!(days))
    };
    let values: Map<String, Value> = usage.iter().map(of_key).collect();
    json!({
        "usagePlanId": plan,
        "startDate": first.to_string(),
        "endDate": last.to_string(),
        "values": values,
    })
}
