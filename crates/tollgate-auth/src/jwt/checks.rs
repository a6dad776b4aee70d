//! What the claims of a verified token have to say.

use std::time::Duration;

use serde_json::{Map, Value};
use tollgate_core::Moment;

/// Why a token does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    Expired,
    Other(&'static str),
}

/// Whether the token is good now.
pub(super) fn time(
    claims: &Map<String, Value>,
    now: Moment,
    leeway: Duration,
) -> Result<(), Unfit> {
    let leeway = i64::try_from(leeway.as_secs()).unwrap_or(i64::MAX);
    let now = i64::try_from(now.unix_seconds()).unwrap_or(i64::MAX);
    let end = seconds(claims, "exp")?.ok_or(Unfit::Other("the token has no end"))?;
    if end.saturating_add(leeway) <= now {
        return Err(Unfit::Expired);
    }
    for (name, reason) in [
        ("nbf", "the token is not good yet"),
        ("iat", "the token was issued in the future"),
    ] {
        if seconds(claims, name)?.is_some_and(|begin| begin > now.saturating_add(leeway)) {
            return Err(Unfit::Other(reason));
        }
    }
    Ok(())
}

/// A time as whole seconds since 1970; fractions are left out.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, Unfit> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    // A conversion from a float ends at the least and the greatest number.
    let seconds = value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64));
    match seconds {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(Unfit::Other("a time of the token is no number")),
    }
}

/// Whom the token is for: `aud`.
pub(super) fn audience(claims: &Map<String, Value>) -> Vec<&str> {
    match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether the token has one of these scopes: in `scope`, or, where there is none, in `scp`; as a text
/// with blanks between them or as a list.
pub(super) fn has_scope(claims: &Map<String, Value>, wanted: &[Box<str>]) -> bool {
    let is_wanted = |scope: &str| wanted.iter().any(|wanted| **wanted == *scope);
    match claims.get("scope").or_else(|| claims.get("scp")) {
        Some(Value::String(scopes)) => scopes.split(' ').any(is_wanted),
        Some(Value::Array(scopes)) => scopes.iter().filter_map(Value::as_str).any(is_wanted),
        _ => false,
    }
}

/// Whether `token_use` says this.
pub(super) fn is_used_as(claims: &Map<String, Value>, token_use: &str) -> bool {
    claims.get("token_use").and_then(Value::as_str) == Some(token_use)
}
