//! Parts of the model as answers show them.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};

/// In which answer something is shown: each has its own rule for tags (recorded).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The answer to its creation: tags where some were given.
    Created,
    /// An answer about it alone: always with tags.
    Alone,
    /// In a list: tags where there are some.
    Listed,
}

/// A part of the model, spelled as it is on the wire.
pub(crate) fn wire<T: Serialize>(part: &T) -> Map<String, Value> {
    match serde_json::to_value(part) {
        Ok(Value::Object(members)) => members,
        // The model has texts for keys, and structures for parts.
        _ => Map::new(),
    }
}

/// Gives a member a value that shows where it was given none.
pub(crate) fn fill(members: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    members.entry(name).or_insert_with(|| value.into());
}

/// Shows tags by the rule of the answer.
pub(crate) fn show_tags(
    members: &mut Map<String, Value>,
    tags: &IndexMap<String, String>,
    shown: Shown,
) {
    if tags.is_empty() && shown != Shown::Alone {
        members.remove("tags");
    } else {
        let tags = tags.iter();
        let tags = tags.map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        members.insert("tags".to_owned(), Value::Object(tags.collect()));
    }
}
