//! Texts of a document that have a meaning of their own.

use http::{HeaderName, StatusCode};
use tollgate_core::ParameterSource;

/// A status that ends an exchange; the ones below 200 announce another.
pub(super) fn final_status(code: &str) -> Option<StatusCode> {
    let is_final = |status: &StatusCode| (200..600).contains(&status.as_u16());
    code.parse().ok().filter(is_final)
}

/// A header that is mapped: `{prefix}{name}` from a source.
pub(super) fn header_mapping(
    target: &str,
    prefix: &str,
    source: &str,
) -> Result<(HeaderName, ParameterSource), String> {
    let name = target
        .strip_prefix(prefix)
        .and_then(|name| name.parse().ok());
    let name = name.ok_or_else(|| {
        format!("invalid target {target:?}, expected {prefix}name; it is ignored")
    })?;
    let source = source
        .parse()
        .map_err(|error| format!("{error}; it is ignored"))?;
    Ok((name, source))
}

/// A member's name as a part of a JSON pointer (RFC 6901, section 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
