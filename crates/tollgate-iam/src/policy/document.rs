//! The text of a policy as a JSON value, members that stand twice being seen.

use std::fmt;
use std::io;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::error::{Fault, FaultKind, InvalidPolicy};
use super::limits::{MAX_DEPTH, MAX_FAULTS, MAX_TEXT_LEN};
use super::place::Place;

/// A policy document that stands in another text, such as what a Lambda authorizer answers: read along
/// with that text, members that stand twice being seen.
///
/// ```
/// use std::collections::HashMap;
///
/// use tollgate_iam::policy::{Policy, PolicyDocument, PolicyKind};
///
/// let text = r#"{"policyDocument": {"Statement": [
///     {"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}
/// ]}}"#;
/// let answer: HashMap<String, PolicyDocument> = serde_json::from_str(text)?;
/// let refused = Policy::from_document(&answer["policyDocument"], PolicyKind::Authorizer);
/// assert!(refused.is_err_and(|error| error.to_string().contains("Effect")));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    pub(super) value: Value,
    pub(super) faults: Vec<Fault>,
}

impl<'de> Deserialize<'de> for PolicyDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut faults = Vec::new();
        let seed = Element {
            place: Place::ROOT,
            faults: &mut faults,
        };
        let value = seed.deserialize(deserializer)?;
        Ok(Self { value, faults })
    }
}

/// Reads a text; the faults are those that leave a value to go on with.
pub(super) fn read(text: &str) -> Result<(Value, Vec<Fault>), InvalidPolicy> {
    let fault = |kind| {
        InvalidPolicy::new(vec![Fault {
            pointer: String::new(),
            kind,
        }])
    };
    if text.len() > MAX_TEXT_LEN {
        return Err(fault(FaultKind::TextTooLong { length: text.len() }));
    }
    let mut faults = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Element {
        place: Place::ROOT,
        faults: &mut faults,
    };
    let value = seed
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| {
            if error.to_string().starts_with(TOO_DEEP) {
                return fault(FaultKind::TooDeep);
            }
            let place = format!(" at line {} column {}", error.line(), error.column());
            fault(FaultKind::NotJson {
                message: error.to_string().replace(&place, ""),
                line: error.line(),
                column: error.column(),
            })
        })?;
    Ok((value, faults))
}

/// Adds a fault; one past [`MAX_FAULTS`] is left out.
pub(super) fn push_fault(faults: &mut Vec<Fault>, place: &Place<'_>, kind: FaultKind) {
    if faults.len() < MAX_FAULTS {
        let pointer = place.to_string();
        faults.push(Fault { pointer, kind });
    }
}

const TOO_DEEP: &str = "nested too deep";

/// Characters of a document without white space between its tokens.
pub(super) fn size(document: &Value) -> usize {
    struct Count(usize);

    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // The first bytes of characters; those that continue one are 10xxxxxx.
            self.0 += bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(0);
    match serde_json::to_writer(&mut count, document) {
        Ok(()) => count.0,
        // A counter takes all bytes, and a `Value` has text keys only.
        Err(_) => usize::MAX,
    }
}

/// One value of the document, at its place.
struct Element<'a> {
    place: Place<'a>,
    faults: &'a mut Vec<Fault>,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut values = Vec::new();
        loop {
            let element = Element {
                place: self.place.index(values.len()),
                faults: self.faults,
            };
            match list.next_element_seed(element)? {
                Some(value) => values.push(value),
                None => return Ok(values.into()),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut members = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let place = self.place.key(&key);
            let value = object.next_value_seed(Element {
                place,
                faults: self.faults,
            })?;
            if members.contains_key(&key) {
                push_fault(
                    self.faults,
                    &place,
                    FaultKind::DuplicateMember { key: key.clone() },
                );
            } else {
                members.insert(key, value);
            }
        }
        Ok(members.into())
    }
}

impl Element<'_> {
    fn check_depth<E: Error>(&self) -> Result<(), E> {
        if self.place.depth() >= MAX_DEPTH {
            return Err(E::custom(TOO_DEEP));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{read, size};

    #[test]
    fn keeps_the_first_of_two_members_and_says_so() {
        let text = r#"{"a": {"b/c": 1, "b/c": [2], "d": true}, "e": [null, {"f": 1.5, "f": "x"}]}"#;
        let (value, faults) = read(text).unwrap();
        let expected = json!({"a": {"b/c": 1, "d": true}, "e": [null, {"f": 1.5}]});
        assert_eq!(value, expected);
        let faults: Vec<_> = faults.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(faults, ["/a/b~1c", "/e/1/f"]);
    }

    #[test]
    fn counts_characters_without_white_space() {
        assert_eq!(
            size(&json!({"a": ["ü", 1]})),
            r#"{"a":["ü",1]}"#.chars().count()
        );
    }
}
