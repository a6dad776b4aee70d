//! Tags.

use indexmap::IndexMap;

use crate::error::{ControlError, Result};

/// Tags that one thing may have (AWS documentation).
const MAX_TAGS: usize = 50;
const MAX_KEY_CHARACTERS: usize = 128;
const MAX_VALUE_CHARACTERS: usize = 256;

/// # Errors
///
/// Where there are too many, or one is too long or reserved.
pub(crate) fn check_tags(tags: &IndexMap<String, String>) -> Result<()> {
    if tags.len() > MAX_TAGS {
        return Err(ControlError::bad_request(format!(
            "{} tags, of {MAX_TAGS} that one thing may have",
            tags.len()
        )));
    }
    tags.iter()
        .try_for_each(|(key, value)| check_tag(key, value))
}

fn check_tag(key: &str, value: &str) -> Result<()> {
    let characters = key.chars().count();
    let is_key = (1..=MAX_KEY_CHARACTERS).contains(&characters) && !key.starts_with("aws:");
    if is_key && value.chars().count() <= MAX_VALUE_CHARACTERS {
        return Ok(());
    }
    Err(ControlError::bad_request(format!(
        "tag {key:?}: expected a key of 1 to {MAX_KEY_CHARACTERS} characters that does not begin with \
         \"aws:\", and a value of at most {MAX_VALUE_CHARACTERS}"
    )))
}
