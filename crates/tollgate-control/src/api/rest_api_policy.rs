//! Resource policies, as they are kept and shown.

use serde_json::Value;
use tollgate_core::ApiId;
use tollgate_iam::policy::{Policy, PolicyKind};
use tollgate_model::{Home, RestApi};

use crate::call::Call;
use crate::error::{ControlError, Result};

/// What the resources of an API are abbreviated to.
const SHORT: &str = "execute-api:/";

/// A policy as it is kept: with whole ARNs in place of abbreviated ones (recorded). An empty one is none.
///
/// # Errors
///
/// Where it is no resource policy.
pub(super) fn stored(call: &Call<'_>, api: &RestApi, policy: &str) -> Result<Option<String>> {
    if policy.trim().is_empty() {
        return Ok(None);
    }
    let invalid = |reason: String| {
        ControlError::bad_request(format!(
            "Invalid policy document. Please check the policy syntax and ensure that Principals are \
             valid. {reason}"
        ))
    };
    let mut document: Value =
        serde_json::from_str(policy).map_err(|error| invalid(error.to_string()))?;
    let id = api.id.as_ref().map_or("", ApiId::as_str);
    let is_changed = spell_out(&mut document, &prefix(call.home, id));
    let text = if is_changed {
        document.to_string()
    } else {
        policy.to_owned()
    };
    Policy::parse(&text, PolicyKind::Resource).map_err(|error| invalid(error.to_string()))?;
    Ok(Some(text))
}

/// A policy as answers show it: with backslashes before its quotes and slashes.
pub(super) fn escaped(policy: &str) -> String {
    policy.replace('"', "\\\"").replace('/', "\\/")
}

fn prefix(home: &Home, api: &str) -> String {
    let Home {
        account_id, region, ..
    } = home;
    let partition = region.partition();
    format!("arn:{partition}:execute-api:{region}:{account_id}:{api}/")
}

/// Whether there was something to be spelled out.
fn spell_out(value: &mut Value, prefix: &str) -> bool {
    let mut is_changed = false;
    if let Value::Object(members) = value {
        for (name, member) in members {
            is_changed |= match (name.as_str(), member) {
                ("Resource" | "NotResource", member) => spell_out_texts(member, prefix),
                ("Statement", Value::Array(statements)) => {
                    let spelled = statements.iter_mut().map(|one| spell_out(one, prefix));
                    spelled.fold(false, |one, other| one | other)
                }
                ("Statement", statement) => spell_out(statement, prefix),
                _ => false,
            };
        }
    }
    is_changed
}

fn spell_out_texts(value: &mut Value, prefix: &str) -> bool {
    match value {
        Value::String(text) => match text.strip_prefix(SHORT) {
            Some(rest) => {
                *text = format!("{prefix}{rest}");
                true
            }
            None => false,
        },
        Value::Array(texts) => {
            let spelled = texts.iter_mut().map(|text| spell_out_texts(text, prefix));
            spelled.fold(false, |one, other| one | other)
        }
        _ => false,
    }
}
