//! The texts of an API's models, and the addresses by which they refer to each other.

use jsonschema::{Uri, uri};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::limits::{MAX_PATTERN_BYTES, MAX_SCHEMA_BYTES, MAX_URI_BYTES};
use crate::report::cut;

/// The host in references between models, the same in all regions (recorded on the service).
const RESTAPIS: &str = "https://apigateway.amazonaws.com/restapis/";

/// One model's text, read.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) name: String,
    /// An object; an empty one, if there is a fault.
    pub(crate) root: Value,
    pub(crate) fault: Option<Fault>,
}

/// Why a schema cannot be used.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Where it is, below the schema that it is kept with.
    pub(crate) below: String,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            below: String::new(),
            message: message.into(),
        }
    }
}

impl Document {
    pub(crate) fn read(name: String, text: &str) -> Self {
        let (root, fault) = match read(text) {
            Ok(root) => (root, None),
            Err(fault) => (Value::Object(Map::new()), Some(fault)),
        };
        Self { name, root, fault }
    }

    pub(crate) fn broken(name: String, fault: Fault) -> Self {
        Self {
            name,
            root: Value::Object(Map::new()),
            fault: Some(fault),
        }
    }

    /// The address by which the other models of the API know it.
    pub(crate) fn base(&self) -> Result<Uri<String>, Fault> {
        let name = utf8_percent_encode(&self.name, NON_ALPHANUMERIC);
        uri::from_str(&format!("{RESTAPIS}api/models/{name}"))
            .map_err(|_| Fault::new("the name of the model cannot be part of a reference"))
    }
}

fn read(text: &str) -> Result<Value, Fault> {
    if text.len() > MAX_SCHEMA_BYTES {
        let message = format!("the schema has more than {MAX_SCHEMA_BYTES} bytes");
        return Err(Fault::new(message));
    }
    let root: Value = serde_json::from_str(text)
        .map_err(|error| Fault::new(format!("the schema is no JSON: {error}")))?;
    check_form(&root)?;
    Ok(root)
}

/// Compares a schema with the schema of schemas.
pub(crate) fn check_form(schema: &Value) -> Result<(), Fault> {
    if !schema.is_object() {
        return Err(Fault::new("a schema is a JSON object"));
    }
    check_patterns(schema)?;
    jsonschema::draft4::meta::validate(schema).map_err(|error| Fault {
        below: error.instance_path().to_string(),
        message: format!(
            "it is not as JSON Schema draft 4 has it: {}",
            error.masked()
        ),
    })
}

/// Looks at the length of all patterns, since it takes its square to read one.
fn check_patterns(value: &Value) -> Result<(), Fault> {
    let inside = |step: String, value| {
        check_patterns(value).map_err(|mut fault| {
            fault.below.insert_str(0, &step);
            fault
        })
    };
    match value {
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| inside(format!("/{index}"), item))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, value)| match value {
            Value::String(text) if name == "pattern" && text.len() > MAX_PATTERN_BYTES => {
                let message = format!("a pattern has more than {MAX_PATTERN_BYTES} bytes");
                let below = "/pattern".to_owned();
                Err(Fault { below, message })
            }
            Value::Array(_) | Value::Object(_) => inside(format!("/{}", escaped(name)), value),
            _ => Ok(()),
        }),
        _ => Ok(()),
    }
}

/// A text of strangers, at a length that can be repeated in every message.
pub(crate) fn shortened(text: &str) -> String {
    const BYTES: usize = 200;
    if text.len() <= BYTES {
        return text.to_owned();
    }
    format!("{}…", cut(text, BYTES))
}

/// The name of the model that an address without fragment means, whatever API it names.
pub(crate) fn model_of(address: &str) -> Option<String> {
    let (_, model) = address.strip_prefix(RESTAPIS)?.split_once('/')?;
    let name = model.strip_prefix("models/")?;
    if name.contains(['/', '?']) {
        return None;
    }
    Some(percent_decode_str(name).decode_utf8_lossy().into_owned())
}

/// An address relative to another one.
pub(crate) fn resolve(base: &Uri<String>, reference: &str) -> Result<Uri<String>, Fault> {
    let too_long = || Fault::new(format!("an address has more than {MAX_URI_BYTES} bytes"));
    if reference.len() > MAX_URI_BYTES {
        return Err(too_long());
    }
    let absolute = uri::resolve_against(&base.borrow(), reference).map_err(|_| {
        Fault::new(format!(
            "{:?} is no address of a schema",
            shortened(reference)
        ))
    })?;
    if absolute.as_str().len() > MAX_URI_BYTES {
        return Err(too_long());
    }
    Ok(absolute)
}

/// The steps of a JSON pointer in a fragment, decoded.
pub(crate) fn steps(fragment: &str) -> impl Iterator<Item = String> {
    fragment.split('/').skip(1).map(|step| {
        let step = percent_decode_str(step).decode_utf8_lossy();
        step.replace("~1", "/").replace("~0", "~")
    })
}

/// The schemas that stand in a schema, with the way to each.
pub(crate) fn inside(schema: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            (
                "properties" | "patternProperties" | "definitions" | "dependencies",
                Value::Object(all),
            ) => {
                for (name, one) in all {
                    found.push((format!("/{keyword}/{}", escaped(name)), one));
                }
            }
            ("additionalItems" | "additionalProperties" | "items" | "not", Value::Object(_)) => {
                found.push((format!("/{keyword}"), value));
            }
            ("allOf" | "anyOf" | "oneOf" | "items", Value::Array(all)) => {
                for (index, one) in all.iter().enumerate() {
                    found.push((format!("/{keyword}/{index}"), one));
                }
            }
            _ => {}
        }
    }
    found.retain(|(_, value)| value.is_object());
    found
}

/// A name as a step of a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
