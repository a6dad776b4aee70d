//! YAML: values and places by `serde-saphyr`.

use std::panic::resume_unwind;
use std::{fmt, thread};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::{Error, Location, MessageFormatter, Options, Spanned, UserMessageFormatter};
use tollgate_core::{Diagnostic, Position};

use super::{START, invalid};
use crate::limits::{
    FREE_YAML_NODES, FREE_YAML_SCALAR_BYTES, MAX_NESTING, MAX_YAML_GROWTH, MAX_YAML_NODES,
    MAX_YAML_SCALAR_BYTES,
};
use crate::place::Place;

/// Enough for twice [`MAX_NESTING`] levels.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Reads a YAML text as the JSON it stands for.
///
/// Merge keys are applied, and tags left out. Booleans are those of YAML 1.2, so that `no` and
/// `on` stay words; numbers with leading zeros or underscores stay text.
pub(super) fn read(text: &str) -> Result<(Value, Place), Diagnostic> {
    let Part { value, place } = placed(parse(text)?);
    Ok((value, place))
}

/// Reads a text on a stack of its own: unoptimized, the parser needs up to 40 KiB of it for each
/// level of nesting, more than the threads of a server have.
fn parse(text: &str) -> Result<Spanned<Part>, Diagnostic> {
    let parse = || {
        serde_saphyr::from_str_with_options(text, options(text.len()))
            .map_err(|error| syntax_error(&error))
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, parse)
            .map_err(|error| invalid(&format!("no thread to read YAML on: {error}"), START))?;
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// How a text of so many bytes is read.
fn options(bytes: usize) -> Options {
    let grown = bytes.saturating_mul(MAX_YAML_GROWTH);
    let max_nodes = grown.saturating_add(FREE_YAML_NODES).min(MAX_YAML_NODES);
    let max_scalar_bytes = grown.saturating_add(FREE_YAML_SCALAR_BYTES);
    serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: MAX_NESTING,
            max_nodes: max_nodes,
            max_events: 4 * max_nodes,
            max_total_scalar_bytes: max_scalar_bytes.min(MAX_YAML_SCALAR_BYTES),
            // What aliases stand for is counted, however many there are of one anchor.
            enforce_alias_anchor_ratio: false,
        },
    }
}

fn syntax_error(error: &Error) -> Diagnostic {
    let detail = match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => there_twice(key),
        other => UserMessageFormatter.format_message(other).into_owned(),
    };
    let position = error.location().map_or(START, position);
    invalid(&format!("not YAML: {detail}"), position)
}

fn there_twice(name: &str) -> String {
    format!("the member `{name}` is there twice")
}

fn position(location: Location) -> Position {
    // Neither can overflow: texts are far shorter.
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Position {
        line: count(location.line()),
        column: count(location.column()),
    }
}

/// A value, and the places of what is in it.
struct Part {
    value: Value,
    place: Place,
}

impl Part {
    fn scalar(value: impl Into<Value>) -> Self {
        Self {
            value: value.into(),
            place: Place::new(START),
        }
    }
}

fn placed(spanned: Spanned<Part>) -> Part {
    let mut part = spanned.value;
    part.place.position = position(spanned.referenced);
    // Of a scalar behind an alias, what is written is at its anchor.
    let offset = spanned.defined.span().byte_offset();
    if let Some(offset) = offset.and_then(|offset| usize::try_from(offset).ok()) {
        part.place.set_value_offset(offset);
    }
    part
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Part, A::Error> {
        let mut object = Map::new();
        let mut place = Place::new(START);
        while let Some((name, part)) = members.next_entry::<Spanned<String>, Spanned<Part>>()? {
            let mut part = placed(part);
            part.place.position = position(name.referenced);
            // YAML tells the number 200 from the text, and JSON does not.
            if object.insert(name.value.clone(), part.value).is_some() {
                return Err(A::Error::custom(there_twice(&name.value)));
            }
            place.insert(name.value, part.place);
        }
        let value = Value::Object(object);
        Ok(Part { value, place })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Part, A::Error> {
        let mut list = Vec::new();
        let mut place = Place::new(START);
        while let Some(part) = elements.next_element::<Spanned<Part>>()? {
            let part = placed(part);
            place.push(part.place);
            list.push(part.value);
        }
        let value = Value::Array(list);
        Ok(Part { value, place })
    }

    fn visit_bool<E>(self, value: bool) -> Result<Part, E> {
        Ok(Part::scalar(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Part, E> {
        Ok(Part::scalar(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Part, E> {
        Ok(Part::scalar(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Part, E> {
        Ok(Part::scalar(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Part, E> {
        Ok(Part::scalar(value))
    }

    fn visit_unit<E>(self) -> Result<Part, E> {
        Ok(Part::scalar(Value::Null))
    }
}
