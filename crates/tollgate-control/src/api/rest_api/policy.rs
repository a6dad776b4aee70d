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
pub(in crate::api) fn stored(
    call: &Call<'_>,
    api: &RestApi,
    policy: &str,
) -> Result<Option<String>> {
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
    let prefix = prefix(call.home, id);
    let spelled_out = |arn: &str| Some(format!("{prefix}{}", arn.strip_prefix(SHORT)?));
    let is_changed = rewrite(&mut document, &spelled_out);
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

/// A policy about one API, as a policy about another.
pub(super) fn readdressed(policy: &str, from: &ApiId, to: &ApiId) -> String {
    let swap = |arn: &str| {
        let resource = arn.splitn(6, ':').nth(5)?;
        let rest = resource.strip_prefix(from.as_str())?;
        let is_of_api = arn.contains(":execute-api:") && (rest.is_empty() || rest.starts_with('/'));
        let begin = &arn[..arn.len() - resource.len()];
        is_of_api.then(|| format!("{begin}{to}{rest}"))
    };
    let mut document: Value = serde_json::from_str(policy).unwrap_or_default();
    if rewrite(&mut document, &swap) {
        document.to_string()
    } else {
        policy.to_owned()
    }
}

/// Changes the resources of statements; whether any was.
fn rewrite(value: &mut Value, with: &dyn Fn(&str) -> Option<String>) -> bool {
    let Value::Object(members) = value else {
        return false;
    };
    let mut is_changed = false;
    for (name, member) in members {
        is_changed |= match (name.as_str(), member) {
            ("Resource" | "NotResource", member) => rewrite_texts(member, with),
            ("Statement", Value::Array(statements)) => {
                let changed = statements.iter_mut().map(|one| rewrite(one, with));
                changed.fold(false, |one, other| one | other)
            }
            ("Statement", statement) => rewrite(statement, with),
            _ => false,
        };
    }
    is_changed
}

fn rewrite_texts(value: &mut Value, with: &dyn Fn(&str) -> Option<String>) -> bool {
    match value {
        Value::String(text) => match with(text) {
            Some(other) => {
                *text = other;
                true
            }
            None => false,
        },
        Value::Array(texts) => {
            let changed = texts.iter_mut().map(|text| rewrite_texts(text, with));
            changed.fold(false, |one, other| one | other)
        }
        _ => false,
    }
}
