//! What the texts of a stage may be.

use indexmap::IndexMap;

use crate::DeployError;

/// Stage variables that a stage, and the overrides of its canary, may have (developer guide, "Amazon
/// API Gateway quotas").
pub const MAX_VARIABLES: usize = 100;

/// Tags that a stage may have.
pub const MAX_TAGS: usize = 50;

/// Bytes that a description, a certificate's id, a version or the like may have.
pub const MAX_TEXT_BYTES: usize = 1024;

/// Bytes that the line of an access log may have.
pub const MAX_LOG_FORMAT_BYTES: usize = 3 << 10;

/// Checks a stage variable (developer guide, "Stage variables reference").
pub(crate) fn check_variable(name: &str, value: &str) -> Result<(), DeployError> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !(1..=64).contains(&name.len()) || !name.bytes().all(is_name) {
        return Err(DeployError::InvalidVariableName(beginning(name)));
    }
    let is_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    if !(1..=512).contains(&value.len()) || !value.bytes().all(is_value) {
        return Err(DeployError::InvalidVariableValue {
            name: name.to_owned(),
            value: beginning(value),
        });
    }
    Ok(())
}

pub(crate) fn check_variables(variables: &IndexMap<String, String>) -> Result<(), DeployError> {
    check_count("stage variables", variables.len(), MAX_VARIABLES)?;
    variables
        .iter()
        .try_for_each(|(name, value)| check_variable(name, value))
}

/// Characters that the value of a tag may have (AWS documentation).
pub(crate) const MAX_TAG_VALUE_CHARACTERS: usize = 256;

pub(crate) fn check_tag(key: &str, value: &str) -> Result<(), DeployError> {
    if !(1..=128).contains(&key.chars().count()) || key.starts_with("aws:") {
        return Err(DeployError::InvalidTagKey(beginning(key)));
    }
    let characters = value.chars().count();
    if characters > MAX_TAG_VALUE_CHARACTERS {
        return Err(DeployError::TagValueTooLong {
            key: key.to_owned(),
            characters,
        });
    }
    Ok(())
}

/// That tags can be those of a thing: of a stage, or of something else that takes them.
///
/// # Errors
///
/// Where there are more than [`MAX_TAGS`], one has no key or a reserved one, or is too long.
pub fn check_tags(tags: &IndexMap<String, String>) -> Result<(), DeployError> {
    check_count("tags", tags.len(), MAX_TAGS)?;
    tags.iter()
        .try_for_each(|(key, value)| check_tag(key, value))
}

pub(crate) fn check_count(what: &'static str, count: usize, max: usize) -> Result<(), DeployError> {
    if count > max {
        return Err(DeployError::TooMany { what, max });
    }
    Ok(())
}

pub(crate) fn check_length(what: &'static str, text: &str, max: usize) -> Result<(), DeployError> {
    let bytes = text.len();
    if bytes > max {
        return Err(DeployError::TooLong { what, bytes, max });
    }
    Ok(())
}

/// A text of bounded length, or nothing where it is empty: so the service stores it.
pub(crate) fn some_text(
    what: &'static str,
    text: Option<&str>,
) -> Result<Option<String>, DeployError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    check_length(what, text, MAX_TEXT_BYTES)?;
    Ok(Some(text.to_owned()))
}

/// As much of a refused text as an error shows.
pub(crate) fn beginning(text: &str) -> String {
    const SHOWN: usize = 256;
    text.chars().take(SHOWN).collect()
}
