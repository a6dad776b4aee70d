//! Names of what is kept here.

use tollgate_model::Home;

/// The ARN of a path, such as `/restapis/a1b2c3d4e5`. It names no account.
pub(crate) fn of(home: &Home, path: &str) -> String {
    let (partition, region) = (home.region.partition(), &home.region);
    format!("arn:{partition}:apigateway:{region}::{path}")
}

/// Whether a text has the parts of an ARN.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let begin = (parts.next(), parts.next(), parts.next());
    let is_named = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    begin.0 == Some("arn") && is_named(begin.1) && is_named(begin.2) && is_named(parts.nth(2))
}
