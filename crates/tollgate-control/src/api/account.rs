//! The settings of an account in a region.

use serde_json::{Value, json};
use tollgate_model::Account;
use tollgate_store::{Change, Entity};

use crate::arn;
use crate::call::Call;
use crate::error::{ControlError, Result};
use crate::operation::{Operation, get, patch};
use crate::outcome::Outcome;
use crate::patch::{ADD_REMOVE, Edit, Op, REPLACE, Row, Style, Table, Target, row};
use crate::view::wire;

pub(super) const OPERATIONS: &[Operation] = &[
    get("GetAccount", "/account", read),
    patch("UpdateAccount", "/account", update),
];

const TABLE: Table<Account> = Table {
    style: Style::Loose,
    rows: ROWS,
};

const ROWS: &[Row<Account>] = &[
    row("/cloudwatchRoleArn", REPLACE, Edit::With(set_role)),
    row("/features", ADD_REMOVE, Edit::With(edit_features)),
];

/// What the service shows besides, which nobody sets.
const BURST_LIMIT: u32 = 5_000;
const RATE_LIMIT: f64 = 10_000.0;
const API_KEY_VERSION: &str = "4";

fn read(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::reply(show(&known(call))))
}

/// An account that has set nothing is not kept.
fn update(call: &Call<'_>) -> Result<Outcome> {
    let mut account = known(call);
    TABLE.apply(call, &mut account)?;
    let reply = show(&account);
    let is_set = account != Account::new(call.home.clone());
    let entity = Entity::Account(account);
    let changes = match (is_set, call.state.account(call.home)) {
        (true, _) => vec![Change::Put(entity)],
        (false, Some(_)) => vec![Change::Remove(entity.key())],
        (false, None) => Vec::new(),
    };
    Ok(Outcome::changing(changes, reply))
}

fn known(call: &Call<'_>) -> Account {
    let known = call.state.account(call.home).cloned();
    known.unwrap_or_else(|| Account::new(call.home.clone()))
}

fn show(account: &Account) -> Value {
    let mut members = wire(account);
    members.remove("home");
    let throttle = json!({ "burstLimit": BURST_LIMIT, "rateLimit": RATE_LIMIT });
    members.insert("throttleSettings".to_owned(), throttle);
    members.insert("apiKeyVersion".to_owned(), API_KEY_VERSION.into());
    Value::Object(members)
}

fn set_role(account: &mut Account, target: &Target<'_>) -> Result<()> {
    let role = target.some_value();
    if role
        .as_deref()
        .is_some_and(|role| !arn::is_well_formed(role))
    {
        return Err(ControlError::bad_request(
            "Invalid ARN specified in the request",
        ));
    }
    account.cloudwatch_role_arn = role;
    Ok(())
}

/// There is one, which is always on.
fn edit_features(_: &mut Account, target: &Target<'_>) -> Result<()> {
    if target.value() != Account::USAGE_PLANS {
        return Err(ControlError::bad_request(
            "Invalid feature specified. Valid options are UsagePlans",
        ));
    }
    if target.op() == Op::Remove {
        return Err(ControlError::bad_request(
            "Usage Plans cannot be disabled once enabled",
        ));
    }
    Ok(())
}
