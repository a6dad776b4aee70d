//! The shapes of what calls send: which members there are, and what they can be.
//!
//! A body is held against its shape before anything else is looked at. Values of another JSON type are
//! a `SerializationException`; values that a member does not allow are `ValidationException`s, all of
//! them in one (control-plane reference, recorded texts).

use serde_json::{Map, Value};

use crate::error::{ControlError, ErrorKind, Result};
use crate::input::Input;

/// What a value can be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A text of this pattern, which is told as it stands here.
    Like(&'static str, fn(&str) -> bool),
    /// True or false.
    Flag,
    /// A whole number of 32 bits.
    Integer,
    /// A number.
    Number,
    /// A list.
    List(&'static Self),
    /// An object whose members have any name.
    Map(&'static Self),
    /// An object with these members; others are ignored.
    Object(&'static [Member]),
    /// An object with these members and no others, which might have been meant to forbid something.
    Exact(&'static [Member]),
}

/// A list of texts.
pub(crate) const TEXTS: Shape = Shape::List(&Shape::Text);
/// Texts by name.
pub(crate) const TEXT_MAP: Shape = Shape::Map(&Shape::Text);
/// Flags by name.
pub(crate) const FLAG_MAP: Shape = Shape::Map(&Shape::Flag);

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    name: &'static str,
    shape: Shape,
    is_required: bool,
}

/// A member that may be absent.
pub(crate) const fn optional(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        shape,
        is_required: false,
    }
}

/// A member that must be there.
pub(crate) const fn required(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        shape,
        is_required: true,
    }
}

/// Entries that a list or a map may have (a decision).
const MAX_ENTRIES: usize = 10_000;

/// Bytes that a text may have: those of the largest model and mapping template of the service, and more
/// (a decision).
const MAX_TEXT_BYTES: usize = 512 * 1024;

/// Characters of a value that are told.
const MAX_TOLD_CHARACTERS: usize = 1_024;

/// What a member of an object must be that has no others.
const KNOWN: &str = "a known member";

/// Violations that are told.
const MAX_TOLD: usize = 100;

/// What is wrong with the values of a call, all of it.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<String>);

impl Violations {
    fn add(&mut self, value: &str, at: &str, constraint: &str) {
        self.0.push(format!(
            "Value {value} at '{at}' failed to satisfy constraint: {constraint}"
        ));
    }

    /// Holds a text against its shape.
    pub(crate) fn check_text(&mut self, text: &str, shape: Shape, at: &str) {
        if let Some(constraint) = broken(text, shape) {
            let beginning: String = text.chars().take(MAX_TOLD_CHARACTERS).collect();
            self.add(&format!("'{beginning}'"), at, &constraint);
        }
    }

    /// # Errors
    ///
    /// Where there are any.
    pub(crate) fn finish(self) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let (count, told) = (self.0.len(), self.0.len().min(MAX_TOLD));
        let all = self.0[..told].join("; ");
        let errors = if count == 1 { "error" } else { "errors" };
        let message = format!("{count} validation {errors} detected: {all}");
        Err(ControlError::new(ErrorKind::Validation, message))
    }
}

/// The constraint of its shape that a text breaks.
fn broken(text: &str, shape: Shape) -> Option<String> {
    match shape {
        Shape::OneOf(all) if !all.contains(&text) => Some(format!(
            "Member must satisfy enum value set: [{}]",
            all.join(", ")
        )),
        Shape::Like(pattern, is_it) if !is_it(text) => Some(format!(
            "Member must satisfy regular expression pattern: {pattern}"
        )),
        _ => None,
    }
}

/// Reads a JSON body; what is `null` is as absent, but in maps.
///
/// # Errors
///
/// Where it is no JSON object, or a member has another type; values go to `violations`.
pub(crate) fn read(
    body: &[u8],
    members: &'static [Member],
    at: &str,
    violations: &mut Violations,
) -> Result<Input> {
    let value = if body.iter().all(u8::is_ascii_whitespace) {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(body).map_err(|error| {
            ControlError::new(
                ErrorKind::Serialization,
                format!("the body is no JSON: {error}"),
            )
        })?
    };
    let Value::Object(object) = value else {
        return Err(mismatch(&value, "Structure"));
    };
    Ok(Input::new(read_members(object, members, at, violations)?))
}

fn read_members(
    mut object: Map<String, Value>,
    members: &'static [Member],
    at: &str,
    violations: &mut Violations,
) -> Result<Map<String, Value>> {
    let mut known = Map::new();
    for member in members {
        let at = format!("{at}.{}", member.name);
        match object.remove(member.name) {
            None | Some(Value::Null) => {
                if member.is_required {
                    violations.add("null", &at, "Member must not be null");
                }
            }
            Some(value) => {
                let value = read_value(value, member.shape, &at, violations)?;
                known.insert(member.name.to_owned(), value);
            }
        }
    }
    Ok(known)
}

fn read_value(value: Value, shape: Shape, at: &str, violations: &mut Violations) -> Result<Value> {
    check_size(&value, at)?;
    match (shape, value) {
        (Shape::Text | Shape::OneOf(_) | Shape::Like(..), Value::String(text)) => {
            violations.check_text(&text, shape, at);
            Ok(Value::String(text))
        }
        (Shape::Flag, value @ Value::Bool(_)) => Ok(value),
        (Shape::Number, value @ Value::Number(_)) => Ok(value),
        (Shape::Integer, Value::Number(number)) => {
            let whole = number
                .as_i64()
                .filter(|whole| i32::try_from(*whole).is_ok());
            let whole = whole.ok_or_else(|| mismatch(&Value::Number(number), "Integer"))?;
            Ok(whole.into())
        }
        (Shape::List(of), Value::Array(values)) => {
            read_list(values, *of, at, violations).map(Value::Array)
        }
        (Shape::Map(of), Value::Object(object)) => {
            let read = |(name, value)| {
                let value = match value {
                    Value::Null => Value::Null,
                    value => read_value(value, *of, &format!("{at}.{name}"), violations)?,
                };
                Ok((name, value))
            };
            let map: Result<Map<_, _>> = object.into_iter().map(read).collect();
            Ok(Value::Object(map?))
        }
        (Shape::Object(members), Value::Object(object)) => {
            read_members(object, members, at, violations).map(Value::Object)
        }
        (Shape::Exact(members), Value::Object(object)) => {
            let is_known = |name: &String| members.iter().any(|one| one.name == *name);
            for name in object.keys().filter(|name| !is_known(name)) {
                violations.check_text(name, Shape::Like(KNOWN, |_| false), at);
            }
            read_members(object, members, at, violations).map(Value::Object)
        }
        (shape, value) => Err(mismatch(&value, shape.class())),
    }
}

fn check_size(value: &Value, at: &str) -> Result<()> {
    let (found, what, most) = match value {
        Value::String(text) => (text.len(), "bytes", MAX_TEXT_BYTES),
        Value::Array(values) => (values.len(), "entries", MAX_ENTRIES),
        Value::Object(members) => (members.len(), "entries", MAX_ENTRIES),
        _ => return Ok(()),
    };
    if found <= most {
        return Ok(());
    }
    Err(ControlError::bad_request(format!(
        "{at} has {found} {what}, of {most} that it may have"
    )))
}

fn read_list(
    values: Vec<Value>,
    of: Shape,
    at: &str,
    violations: &mut Violations,
) -> Result<Vec<Value>> {
    let texts = values.iter().filter_map(Value::as_str);
    // The whole list is told where one of its texts is not allowed.
    if let Some(constraint) = texts.clone().find_map(|text| broken(text, of)) {
        let texts: Vec<_> = texts.collect();
        let texts = texts.join(", ");
        let beginning: String = texts.chars().take(MAX_TOLD_CHARACTERS).collect();
        violations.add(
            &format!("'[{beginning}]'"),
            at,
            &format!("Member must satisfy constraint: [{constraint}]"),
        );
        return Ok(Vec::new());
    }
    let read = |(place, value)| {
        let at = format!("{at}.{}.member", place + 1);
        read_value(value, of, &at, violations)
    };
    values.into_iter().enumerate().map(read).collect()
}

impl Shape {
    /// What the service calls it where something else is sent (recorded for texts).
    const fn class(self) -> &'static str {
        match self {
            Self::Text | Self::OneOf(_) | Self::Like(..) => "String",
            Self::Flag => "Boolean",
            Self::Integer => "Integer",
            Self::Number => "Double",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
            Self::Object(_) | Self::Exact(_) => "Structure",
        }
    }
}

fn mismatch(value: &Value, expected: &str) -> ControlError {
    let class = match value {
        Value::Null => "null",
        Value::Bool(_) => "class java.lang.Boolean",
        Value::Number(_) => "class com.amazon.coral.value.json.numbers.TruncatingBigNumber",
        Value::String(_) => "class java.lang.String",
        Value::Array(_) => "class java.util.ArrayList",
        Value::Object(_) => "class java.util.LinkedHashMap",
    };
    let message = format!("{class} can not be converted to an {expected}");
    ControlError::new(ErrorKind::Serialization, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBERS: &[Member] = &[
        required("name", Shape::Text),
        optional("kind", Shape::OneOf(&["CAT", "DOG"])),
        optional("legs", Shape::Integer),
        optional("types", Shape::List(&Shape::OneOf(&["PRIVATE", "EDGE"]))),
        optional("tags", TEXT_MAP),
        optional(
            "parts",
            Shape::List(&Shape::Object(&[optional("op", Shape::OneOf(&["add"]))])),
        ),
    ];

    fn refused(body: &str) -> String {
        let mut violations = Violations::default();
        let outcome = read(body.as_bytes(), MEMBERS, "createPetInput", &mut violations);
        let outcome = outcome.and_then(|_| violations.finish());
        let error = outcome.expect_err(body);
        format!("{}: {}", error.exception(), error.message())
    }

    #[test]
    fn another_type_is_told_by_its_java_class() {
        let cases = [
            (
                r#"{"name": true}"#,
                "class java.lang.Boolean can not be converted to an String",
            ),
            (
                r#"{"name": 1}"#,
                "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted \
                 to an String",
            ),
            (
                r#"{"name": "a", "tags": []}"#,
                "class java.util.ArrayList can not be converted to an Map",
            ),
            (
                r#"{"name": "a", "legs": 2147483648}"#,
                "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted \
                 to an Integer",
            ),
            (
                "[]",
                "class java.util.ArrayList can not be converted to an Structure",
            ),
        ];
        for (body, message) in cases {
            assert_eq!(refused(body), format!("SerializationException: {message}"));
        }
        assert!(refused("{").starts_with("SerializationException: the body is no JSON"));
        let deep = "[".repeat(10_000);
        assert!(refused(&deep).contains("recursion limit exceeded"));
    }

    #[test]
    fn values_that_are_not_allowed_are_told_together() {
        assert_eq!(
            refused(""),
            "ValidationException: 1 validation error detected: Value null at 'createPetInput.name' \
             failed to satisfy constraint: Member must not be null"
        );
        assert_eq!(
            refused(r#"{"kind": "COW", "types": ["EDGE", "x"], "parts": [{}, {"op": "sub"}]}"#),
            "ValidationException: 4 validation errors detected: Value null at 'createPetInput.name' \
             failed to satisfy constraint: Member must not be null; Value 'COW' at \
             'createPetInput.kind' failed to satisfy constraint: Member must satisfy enum value set: \
             [CAT, DOG]; Value '[EDGE, x]' at 'createPetInput.types' failed to satisfy constraint: \
             Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE]]; \
             Value 'sub' at 'createPetInput.parts.2.member.op' failed to satisfy constraint: Member \
             must satisfy enum value set: [add]"
        );
    }

    #[test]
    fn what_is_not_known_or_null_is_as_absent_but_in_maps() {
        let body = br#"{"name": "a", "kind": null, "other": 1, "tags": {"a": null}}"#;
        let mut violations = Violations::default();
        let input = read(body, MEMBERS, "createPetInput", &mut violations);
        violations.finish().expect("all values are allowed");
        let input = input.expect("it has the shape");
        assert_eq!(input.text("name"), Some("a"));
        assert_eq!(input.text("kind"), None);
        assert!(!input.has("other"));
        assert!(input.has("tags"));
    }
}
