//! Patches of usage plans.

use tollgate_core::QuotaPeriod;
use tollgate_model::{ApiStage, ThrottleSettings, UsagePlan};

use super::{Methods, QuotaParts, add_stage, find_stage, unknown_stage};
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::patch::{
    ADD_REMOVE, ADD_REPLACE, ALL, Edit, Op, REMOVE, REPLACE, Row, Style, Table, Target, row,
};

/// A plan that is being changed: its quota may lack parts in between.
struct Editing {
    plan: UsagePlan,
    quota: Option<QuotaParts>,
}

/// Those that can be removed, in the order in which the service tells them.
const TABLE: Table<Editing> = Table {
    style: Style::Strict,
    rows: ROWS,
};

const METHOD: &str = "/apiStages/{apidId:stageName}/throttle/{resourcePath}/{httpMethod}";

const ROWS: &[Row<Editing>] = &[
    row("/apiStages", ADD_REMOVE, Edit::With(edit_stages)),
    row("/quota", REMOVE, Edit::With(remove_quota)),
    row("/throttle", REMOVE, Edit::With(remove_throttle)),
    row(
        "/productCode",
        ALL,
        Edit::Text(|of| &mut of.plan.product_code),
    ),
    row(METHOD, REMOVE, Edit::With(edit_method)),
    row(
        "/apiStages/{apidId:stageName}/throttle",
        ALL,
        Edit::With(edit_methods),
    ),
    row(
        "/apiStages/{apidId:stageName}/throttle/{resourcePath}/{httpMethod}/rateLimit",
        ADD_REPLACE,
        Edit::With(set_rate_of_method),
    ),
    row(
        "/apiStages/{apidId:stageName}/throttle/{resourcePath}/{httpMethod}/burstLimit",
        ADD_REPLACE,
        Edit::With(set_burst_of_method),
    ),
    row("/name", REPLACE, Edit::With(set_name)),
    row(
        "/description",
        REPLACE,
        Edit::Text(|of| &mut of.plan.description),
    ),
    row("/throttle/rateLimit", ADD_REPLACE, Edit::With(set_rate)),
    row("/throttle/burstLimit", ADD_REPLACE, Edit::With(set_burst)),
    row("/quota/limit", ADD_REPLACE, Edit::With(set_limit)),
    row("/quota/offset", ADD_REPLACE, Edit::With(set_offset)),
    row("/quota/period", ADD_REPLACE, Edit::With(set_period)),
    // Terraform writes the resource's path with its slashes as they are.
    row(
        "/apiStages/{apidId:stageName}/throttle/{method+}",
        ALL,
        Edit::With(edit_method),
    ),
];

/// A plan with the call's patches.
pub(super) fn edited(call: &Call<'_>, plan: UsagePlan) -> Result<UsagePlan> {
    let quota = plan.quota.map(QuotaParts::of);
    let mut editing = Editing { plan, quota };
    TABLE.apply(call, &mut editing)?;
    let Editing { mut plan, quota } = editing;
    plan.quota = quota.map(QuotaParts::whole).transpose()?;
    Ok(plan)
}

fn set_name(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    target.value().clone_into(&mut of.plan.name);
    Ok(())
}

fn edit_stages(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    let plan = &mut of.plan;
    let (api, stage) = stage_of(target.value())?;
    if target.op() == Op::Remove {
        let place = position(plan, api, stage)?;
        plan.api_stages.remove(place);
    } else {
        let stage = find_stage(target.call, plan, api, stage)?;
        add_stage(plan, stage);
    }
    Ok(())
}

fn stage_of(text: &str) -> Result<(&str, &str)> {
    let parts = text.split_once(':');
    let parts = parts.filter(|(api, stage)| !api.is_empty() && !stage.is_empty());
    parts.ok_or_else(|| ControlError::bad_request("Invalid API Stage specified"))
}

fn position(plan: &UsagePlan, api: &str, stage: &str) -> Result<usize> {
    let mut stages = plan.api_stages.iter();
    let place = stages.position(|of| of.api_id.as_str() == api && of.stage.as_str() == stage);
    place.ok_or_else(|| unknown_stage(plan, api, stage))
}

/// The stage of the plan that the path names.
fn stage<'a>(plan: &'a mut UsagePlan, target: &Target<'_>) -> Result<&'a mut ApiStage> {
    let named = target.names().first().map_or("", String::as_str);
    let (api, stage) = stage_of(named)?;
    let place = position(plan, api, stage)?;
    Ok(&mut plan.api_stages[place])
}

fn edit_methods(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    let stage = stage(&mut of.plan, target)?;
    stage.throttle = if target.op() == Op::Remove {
        Methods::new()
    } else {
        serde_json::from_str(target.value()).map_err(|error| {
            ControlError::bad_request(format!(
                "Invalid throttle specified: expected limits by methods, such as {{\"/pets/GET\": \
                 {{\"rateLimit\": 1, \"burstLimit\": 1}}}}: {error}"
            ))
        })?
    };
    Ok(())
}

/// One method, or one of its limits, whose name is last.
fn edit_method(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    match target.names() {
        [_, method @ ..] if target.op() == Op::Remove => {
            let stage = stage(&mut of.plan, target)?;
            let removed = stage.throttle.shift_remove(&spelled(method));
            let removed = removed.map(drop);
            removed.ok_or_else(|| ControlError::not_found(format!("no limit at {}", target.path())))
        }
        [_, .., last] if last == "rateLimit" => set_rate_of_method(of, target),
        [_, .., last] if last == "burstLimit" => set_burst_of_method(of, target),
        _ => {
            let message = format!("Invalid patch path {}", target.path());
            Err(ControlError::bad_request(message))
        }
    }
}

/// A method as limits name it: the path with its slash, and the verb.
fn spelled(parts: &[String]) -> String {
    let method = parts.join("/");
    if method.starts_with('/') {
        method
    } else {
        format!("/{method}")
    }
}

fn set_rate_of_method(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    let rate = number(target)?;
    of_method(of, target)?.rate_limit = Some(rate);
    Ok(())
}

fn set_burst_of_method(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    let burst = whole_number(target)?;
    of_method(of, target)?.burst_limit = Some(burst);
    Ok(())
}

/// The limits of a method, which are made if they are not there.
fn of_method<'a>(of: &'a mut Editing, target: &Target<'_>) -> Result<&'a mut ThrottleSettings> {
    let names = target.names();
    // The name of the limit is among them where slashes are as they are.
    let is_limit = |name: &String| name == "rateLimit" || name == "burstLimit";
    let end = names.len() - usize::from(names.last().is_some_and(is_limit));
    let method = spelled(names.get(1..end).unwrap_or_default());
    let stage = stage(&mut of.plan, target)?;
    Ok(stage.throttle.entry(method).or_default())
}

fn remove_throttle(of: &mut Editing, _: &Target<'_>) -> Result<()> {
    of.plan.throttle = None;
    Ok(())
}

fn set_rate(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    of.plan.throttle.get_or_insert_default().rate_limit = Some(number(target)?);
    Ok(())
}

fn set_burst(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    of.plan.throttle.get_or_insert_default().burst_limit = Some(whole_number(target)?);
    Ok(())
}

fn remove_quota(of: &mut Editing, _: &Target<'_>) -> Result<()> {
    of.quota = None;
    Ok(())
}

fn set_limit(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    of.quota.get_or_insert_default().limit = Some(whole_number(target)?);
    Ok(())
}

fn set_offset(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    of.quota.get_or_insert_default().offset = Some(whole_number(target)?);
    Ok(())
}

fn set_period(of: &mut Editing, target: &Target<'_>) -> Result<()> {
    let all = [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month];
    let found = all.into_iter().find(|one| one.as_str() == target.value());
    let period = found.ok_or_else(|| {
        let value = target.value();
        ControlError::bad_request(format!(
            "{value:?} at {}: expected DAY, WEEK or MONTH",
            target.path()
        ))
    })?;
    of.quota.get_or_insert_default().period = Some(period);
    Ok(())
}

/// A whole number, as clients read it: of 31 bits.
fn whole_number<T: From<u32>>(target: &Target<'_>) -> Result<T> {
    let number = target.value().parse::<u32>().ok();
    let number = number.filter(|number| i32::try_from(*number).is_ok());
    number.map(T::from).ok_or_else(|| no_number(target))
}

fn number(target: &Target<'_>) -> Result<f64> {
    target.value().parse().map_err(|_| no_number(target))
}

fn no_number(target: &Target<'_>) -> ControlError {
    let (value, path) = (target.value(), target.path());
    ControlError::bad_request(format!(
        "{value:?} at {path}: expected a number that is not negative, of at most 31 bits"
    ))
}
