//! Methods of the embedder's objects, and those of maps on top.

use crate::render::Budget;
use crate::value::{Object, Value};

use super::{Outcome, map};

pub(super) fn call<'a>(
    object: &(dyn Object<'a> + 'a),
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    if let Some(value) = object.call(method, arguments)? {
        return Ok(Some(value));
    }
    Ok(Some(match (method, arguments) {
        ("get", [Value::Str(name)]) => object.property(name).unwrap_or(Value::Null),
        ("getOrDefault", [Value::Str(name), otherwise]) => {
            object.property(name).unwrap_or_else(|| otherwise.clone())
        }
        ("containsKey", [Value::Str(name)]) => object.property(name).is_some().into(),
        ("put", [Value::Str(name), value]) => {
            let before = object.property(name);
            object.set(name, value.clone());
            before.into()
        }
        ("size", []) => object.entries().len().into(),
        ("isEmpty", []) => object.entries().is_empty().into(),
        ("keySet" | "values" | "entrySet", []) => {
            let entries = object.entries();
            budget.allocate_items(entries.len(), entries.len())?;
            map::view(method, entries)
        }
        _ => return Ok(None),
    }))
}
