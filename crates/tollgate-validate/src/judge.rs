//! Keywords whose meaning lies in a single value.
//!
//! What a schema makes of other schemas (references, combinations, members, items) is run by this
//! crate, since there it is that a small schema and a small body can cost more than anybody can pay:
//! every step is counted. The same goes for patterns and for the comparison of all items of a list.
//! For the rest, the meaning of numbers and formats, there is the crate `jsonschema`.

use std::fmt;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value};

use crate::limits::MAX_PATTERN_BYTES;
use crate::unique::is_unique;

/// One keyword, or two that belong together.
pub(crate) enum Judge {
    UniqueItems,
    Library { validator: Validator, cost: Cost },
}

/// What a judgement of the library costs, in steps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cost {
    /// The same for all values.
    Steps(u64),
    /// A walk through the text.
    Text,
    /// Reading a text as a pattern: names of groups are compared with each other.
    Regex,
}

impl Judge {
    /// The judge of these members of a schema, which have no schema inside and no pattern.
    pub(crate) fn new(keywords: Map<String, Value>) -> Result<Self, String> {
        let cost = match keywords.get("enum") {
            Some(options) => Cost::Steps(values(options)),
            None if keywords.contains_key("uniqueItems") => return Ok(Self::UniqueItems),
            None if keywords.get("format").is_some_and(|it| it == "regex") => Cost::Regex,
            None if keywords.contains_key("format") => Cost::Text,
            // Fractions of hundreds of digits, where the exponents are far apart.
            None if keywords.contains_key("multipleOf") => Cost::Steps(8),
            None => Cost::Steps(1),
        };
        let validator = jsonschema::options()
            .with_draft(Draft::Draft4)
            .should_validate_formats(true)
            .build(&Value::Object(keywords))
            .map_err(|error| error.masked().to_string())?;
        Ok(Self::Library { validator, cost })
    }

    /// How many steps it takes to judge a value.
    pub(crate) fn cost(&self, value: &Value) -> u64 {
        let length = value.as_str().map_or(0, str::len) as u64;
        match self {
            Self::UniqueItems => match value {
                // They are written anew, sorted, and looked up.
                Value::Array(_) => values(value).saturating_mul(4),
                _ => 1,
            },
            Self::Library { cost, .. } => match cost {
                Cost::Steps(steps) => *steps,
                Cost::Text => 1 + length / 16,
                Cost::Regex if length > MAX_PATTERN_BYTES as u64 => 1,
                Cost::Regex => 1 + length + regex_steps(length),
            },
        }
    }

    /// Whether a value fits.
    pub(crate) fn judge(&self, value: &Value) -> bool {
        match self {
            Self::UniqueItems => value.as_array().is_none_or(|items| is_unique(items)),
            Self::Library { validator, cost } => {
                let is_too_long = |text: &str| text.len() > MAX_PATTERN_BYTES;
                if matches!(cost, Cost::Regex) && value.as_str().is_some_and(is_too_long) {
                    return false;
                }
                validator.is_valid(value)
            }
        }
    }
}

/// What it takes to read a text as a pattern, beside going through it: the names of groups are
/// compared with each other.
fn regex_steps(length: u64) -> u64 {
    length.saturating_mul(length) / 8_192
}

/// What it takes to see whether a value is a schema, at the pace of the library.
pub(crate) fn schema_steps(value: &Value) -> u64 {
    let walk = values(value).saturating_mul(32);
    walk.saturating_add(patterns(value))
}

/// Any text may be a pattern.
fn patterns(value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(patterns).fold(0, u64::saturating_add),
        Value::Object(members) => members.values().map(patterns).fold(0, u64::saturating_add),
        Value::String(text) => regex_steps(text.len() as u64),
        _ => 0,
    }
}

/// How many values there are, however deep, and the length of their texts. JSON is read no deeper
/// than 128 levels.
pub(crate) fn values(value: &Value) -> u64 {
    let text = |text: &str| text.len() as u64 / 64;
    1 + match value {
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| text(name) + values(value))
                .sum()
        }
        Value::String(it) => text(it),
        _ => 0,
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UniqueItems => f.write_str("UniqueItems"),
            Self::Library { cost, .. } => f
                .debug_struct("Library")
                .field("cost", cost)
                .finish_non_exhaustive(),
        }
    }
}
