//! Keywords whose meaning lies in a single value: the crate `jsonschema` judges them.
//!
//! What a schema makes of other schemas (references, combinations, members, items) is run by this
//! crate, since there it is that a small schema and a small body can cost more than anybody can pay:
//! every step is counted. For the rest, the meaning of numbers, patterns and formats, there is a
//! library.

use std::fmt;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::limits::{
    MAX_BACKTRACKED_BYTES, MAX_BACKTRACKS, MAX_COMPILED_PATTERN_BYTES, MAX_PATTERN_BYTES,
};

/// One keyword, or two that belong together.
pub(crate) struct Judge {
    validator: Validator,
    cost: Cost,
}

/// What a judgement costs, in steps.
#[derive(Clone, Copy, Debug)]
enum Cost {
    /// The same for all values.
    Steps(u64),
    /// A pattern of this length, in linear time.
    Linear(u64),
    /// A pattern that backtracks.
    Backtracking,
    /// One for each value in the list, however deep.
    Values,
    /// Reading a text as a pattern.
    Regex,
}

/// A pattern could not be matched within its limits.
#[derive(Debug)]
pub(crate) struct Undecided;

impl Judge {
    /// The judge of these members of a schema, which have no schema inside.
    pub(crate) fn new(keywords: Map<String, Value>) -> Result<Self, String> {
        let options = || {
            jsonschema::options()
                .with_draft(Draft::Draft4)
                .should_validate_formats(true)
        };
        if let Some(Value::String(pattern)) = keywords.get("pattern") {
            if pattern.len() > MAX_PATTERN_BYTES {
                return Err(format!("a pattern has more than {MAX_PATTERN_BYTES} bytes"));
            }
            let length = pattern.len() as u64;
            let keywords = Value::Object(keywords);
            let linear = PatternOptions::regex().size_limit(MAX_COMPILED_PATTERN_BYTES);
            if let Ok(validator) = options().with_pattern_options(linear).build(&keywords) {
                let cost = Cost::Linear(length);
                return Ok(Self { validator, cost });
            }
            let backtracking = PatternOptions::fancy_regex()
                .backtrack_limit(MAX_BACKTRACKS)
                .size_limit(MAX_COMPILED_PATTERN_BYTES);
            let built = options()
                .with_pattern_options(backtracking)
                .build(&keywords);
            let validator =
                built.map_err(|_| "a pattern is no regular expression, or too large".to_owned())?;
            let cost = Cost::Backtracking;
            return Ok(Self { validator, cost });
        }
        let cost = match keywords.get("enum") {
            Some(options) => Cost::Steps(values(options)),
            None if keywords.contains_key("uniqueItems") => Cost::Values,
            None if keywords.get("format").is_some_and(|it| it == "regex") => Cost::Regex,
            None if keywords.contains_key("format") => Cost::Linear(1),
            None => Cost::Steps(1),
        };
        let validator = options()
            .with_pattern_options(PatternOptions::regex())
            .build(&Value::Object(keywords))
            .map_err(|error| error.masked().to_string())?;
        Ok(Self { validator, cost })
    }

    /// How many steps it takes to judge a value.
    pub(crate) fn cost(&self, value: &Value) -> u64 {
        let length = value.as_str().map_or(0, str::len) as u64;
        match self.cost {
            Cost::Steps(steps) => steps,
            Cost::Linear(pattern) => 1 + length / 64 * (1 + pattern / 64),
            // Each time that it goes back, it may read the text to its end.
            Cost::Backtracking => 2_000 + length.min(MAX_BACKTRACKS as u64) * length / 4_096,
            Cost::Values => values(value),
            Cost::Regex => 1 + length,
        }
    }

    /// Whether a value fits.
    pub(crate) fn judge(&self, value: &Value) -> Result<bool, Undecided> {
        if matches!(self.cost, Cost::Steps(_) | Cost::Values) {
            return Ok(self.validator.is_valid(value));
        }
        if matches!(self.cost, Cost::Backtracking)
            && value
                .as_str()
                .is_some_and(|text| text.len() > MAX_BACKTRACKED_BYTES)
        {
            return Err(Undecided);
        }
        if matches!(self.cost, Cost::Regex)
            && value
                .as_str()
                .is_some_and(|text| text.len() > MAX_PATTERN_BYTES)
        {
            return Ok(false);
        }
        match self.validator.validate(value) {
            Ok(()) => Ok(true),
            Err(error) => match error.kind() {
                ValidationErrorKind::BacktrackLimitExceeded { .. }
                | ValidationErrorKind::RegexEngineFailure { .. } => Err(Undecided),
                _ => Ok(false),
            },
        }
    }
}

/// How many values there are, however deep. JSON is read no deeper than 128 levels.
pub(crate) fn values(value: &Value) -> u64 {
    1 + match value {
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(members) => members.values().map(values).sum(),
        Value::String(text) => text.len() as u64 / 64,
        _ => 0,
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge")
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}
