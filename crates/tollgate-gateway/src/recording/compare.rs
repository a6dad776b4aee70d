//! Where two recordings of one request differ.

use std::fmt;

use serde_json::Value;

use crate::Secrets;

/// Characters of a value that are shown around the first that differs.
const EXCERPT: usize = 40;
/// Asterisks in a row that stand for something hidden.
const HIDDEN: &str = "***";
/// Members that tell times: these are the clock's, not the gateway's.
const TIMES: [&str; 3] = ["elapsed_micros", "took_micros", "latency_micros"];

/// Members that tell how long something is: another value, if that has a hidden part of another length.
const LENGTHS: [&str; 5] = ["length", "length_before", "plain", "encoded", "decoded"];

/// A value that is another one in the replay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Where the value stands, such as `steps[3].output.data`.
    pub place: String,
    /// The value that was recorded, as JSON; `None` where there was none.
    pub recorded: Option<String>,
    /// The value of the replay, as JSON; `None` where there is none.
    pub replayed: Option<String>,
}

impl Difference {
    /// The same difference without secrets.
    #[must_use]
    pub fn hide(&self, secrets: &Secrets) -> Self {
        let hide = |value: &Option<String>| {
            let value = value.as_ref();
            value.map(|value| secrets.at_place(&self.place, value))
        };
        Self {
            place: self.place.clone(),
            recorded: hide(&self.recorded),
            replayed: hide(&self.replayed),
        }
    }
}

/// Names the place and both values; of long ones, what is around the first character that differs.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            recorded,
            replayed,
        } = self;
        let (recorded, replayed) = (recorded.as_deref(), replayed.as_deref());
        let pairs = recorded.unwrap_or_default().chars();
        let mut pairs = pairs.zip(replayed.unwrap_or_default().chars());
        let common = pairs.by_ref().take_while(|(one, other)| one == other);
        let common = common.count();
        let shown = |value: Option<&str>| match value {
            Some(value) => excerpt(value, common),
            None => "nothing".to_owned(),
        };
        let (recorded, replayed) = (shown(recorded), shown(replayed));
        write!(f, "{place}: recorded {recorded}, replayed {replayed}")
    }
}

fn excerpt(value: &str, around: usize) -> String {
    let start = around.saturating_sub(EXCERPT);
    let mut chars = value.chars().skip(start);
    let shown: String = chars.by_ref().take(2 * EXCERPT).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if chars.next().is_some() { "…" } else { "" };
    format!("{before}{shown}{after}")
}

/// What comes of comparing.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// The first difference of each part.
    pub(super) differences: Vec<Difference>,
    /// The places of values that are hidden in the recording.
    pub(super) hidden: Vec<String>,
    /// Whether one of these is another value in its hidden part.
    is_guessed: bool,
}

impl Comparison {
    /// Compares a part: a list of messages or steps, or one message.
    pub(super) fn part(&mut self, place: &str, recorded: &Value, replayed: &Value) {
        let first = self.value(place, recorded, replayed);
        self.differences.extend(first.err());
    }

    /// Whether a length may be another one, for it is that of a text with a hidden part.
    fn may_differ(&self, name: &str, recorded: &Value, replayed: &Value) -> bool {
        let is_length = LENGTHS.contains(&name) && recorded.is_u64() && replayed.is_u64();
        is_length && self.is_guessed && recorded != replayed
    }
    /// Fails with the first difference. Values are nested as deeply as steps are, or as their reader
    /// allows.
    fn value(&mut self, place: &str, recorded: &Value, replayed: &Value) -> Result<(), Difference> {
        match (recorded, replayed) {
            (Value::Object(one), Value::Object(other)) => {
                for (name, value) in one {
                    if TIMES.contains(&name.as_str()) {
                        continue;
                    }
                    let place = format!("{place}.{name}");
                    match other.get(name) {
                        Some(other) if self.may_differ(name, value, other) => {
                            self.hidden.push(place);
                        }
                        Some(other) => self.value(&place, value, other)?,
                        None => return Err(difference(&place, Some(value), None)),
                    }
                }
                let more = other.iter().find(|(name, _)| !one.contains_key(*name));
                match more {
                    Some((name, value)) => {
                        Err(difference(&format!("{place}.{name}"), None, Some(value)))
                    }
                    None => Ok(()),
                }
            }
            (Value::Array(one), Value::Array(other)) => {
                for index in 0..one.len().max(other.len()) {
                    let place = format!("{place}[{index}]");
                    match (one.get(index), other.get(index)) {
                        (Some(one), Some(other)) => self.value(&place, one, other)?,
                        (one, other) => return Err(difference(&place, one, other)),
                    }
                }
                Ok(())
            }
            (Value::String(one), Value::String(other)) if one.contains(HIDDEN) => {
                self.hidden.push(place.to_owned());
                self.is_guessed |= one != other;
                if one == other || is_like(one, other) {
                    Ok(())
                } else {
                    Err(difference(place, Some(recorded), Some(replayed)))
                }
            }
            (one, other) if one == other => Ok(()),
            (one, other) => Err(difference(place, Some(one), Some(other))),
        }
    }
}

fn difference(place: &str, recorded: Option<&Value>, replayed: Option<&Value>) -> Difference {
    Difference {
        place: place.to_owned(),
        recorded: recorded.map(Value::to_string),
        replayed: replayed.map(Value::to_string),
    }
}

/// Whether a text has what a text with hidden parts shows, in its order.
fn is_like(hidden: &str, text: &str) -> bool {
    let mut shown = hidden.split(HIDDEN).map(|part| part.trim_matches('*'));
    let Some(mut rest) = shown
        .next()
        .and_then(|beginning| text.strip_prefix(beginning))
    else {
        return false;
    };
    let parts: Vec<_> = shown.filter(|part| !part.is_empty()).collect();
    let Some((end, between)) = parts.split_last() else {
        return true;
    };
    for part in between {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    if hidden.ends_with('*') {
        rest.contains(end)
    } else {
        rest.ends_with(end)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        for (recorded, replayed, expected) in [
            (json!({"a": [1, 2]}), json!({"a": [1, 2]}), ""),
            (
                json!({"a": [1, 2]}),
                json!({"a": [1, 3]}),
                "x.a[1]: recorded 2, replayed 3",
            ),
            (json!([1]), json!([]), "x[0]: recorded 1, replayed nothing"),
            (json!([]), json!([1]), "x[0]: recorded nothing, replayed 1"),
            (
                json!({}),
                json!({"b": 1}),
                "x.b: recorded nothing, replayed 1",
            ),
            (
                json!({"elapsed_micros": 1}),
                json!({"elapsed_micros": 2}),
                "",
            ),
            (json!(1), json!("1"), "x: recorded 1, replayed \"1\""),
        ] {
            let mut comparison = Comparison::default();
            comparison.part("x", &recorded, &replayed);
            let said: Vec<_> = comparison
                .differences
                .iter()
                .map(Difference::to_string)
                .collect();
            assert_eq!(said.join("\n"), expected, "{recorded} and {replayed}");
        }
        let long = "a".repeat(100);
        let mut comparison = Comparison::default();
        comparison.part("x", &json!(format!("{long}b{long}")), &json!(long));
        let said = comparison.differences[0].to_string();
        let (a, b) = ("a".repeat(40), "a".repeat(39));
        let expected = format!("x: recorded …{a}b{b}…, replayed …{a}\"");
        assert_eq!(said, expected);
    }

    #[test]
    fn what_is_hidden_may_be_anything() {
        for (hidden, text, expected) in [
            ("a=*****ef&b=1", "a=abcdef&b=1", true),
            ("a=*****ef&b=1", "a=abcdef&b=2", false),
            ("a=*****ef&b=1", "b=abcdef&b=1", false),
            ("***", "anything", true),
            ("x ***** y ***** z", "x 1 y 2 z", true),
            ("x ***** y ***** z", "x 1 2 z", false),
        ] {
            assert_eq!(is_like(hidden, text), expected, "{hidden} and {text}");
        }
    }
}
