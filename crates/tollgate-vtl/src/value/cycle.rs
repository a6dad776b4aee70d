//! Keeps collections from coming to contain themselves.
//!
//! Values are counted references: one that contains itself would never be freed.

use std::collections::HashSet;

use super::{Kind, Value, View};
use crate::limits::LimitExceeded;
use crate::render::Budget;

/// Whether putting `value` into `collection` would make it contain itself.
///
/// # Errors
///
/// [`LimitExceeded`] when looking through the value takes too many steps.
pub(crate) fn would_contain_itself<'a>(
    collection: &Value<'a>,
    value: &Value<'a>,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    let Some(target) = address(collection) else {
        return Ok(false);
    };
    let mut pending: Vec<Value<'a>> = Vec::new();
    let mut seen = HashSet::new();
    let mut look_at = |value: &Value<'a>, pending: &mut Vec<Value<'a>>| {
        if let Some(address) = address(value)
            && seen.insert(address)
        {
            pending.push(value.clone());
        }
    };
    look_at(value, &mut pending);
    while let Some(value) = pending.pop() {
        if address(&value) == Some(target) {
            return Ok(true);
        }
        match &value {
            Value::List(list) => {
                budget.take_pass(list.len())?;
                // What a view or a part shows next is what its source has by then.
                match list.kind() {
                    Kind::View(View::Values | View::Entries, Some(map)) => {
                        let map = map.upgrade().map(Value::Map);
                        map.iter().for_each(|map| look_at(map, &mut pending));
                    }
                    Kind::Part(whole, _) => {
                        let whole = whole.upgrade().map(Value::List);
                        whole.iter().for_each(|whole| look_at(whole, &mut pending));
                    }
                    _ => {}
                }
                list.items()
                    .iter()
                    .for_each(|item| look_at(item, &mut pending));
            }
            Value::Map(map) => {
                budget.take_pass(map.len())?;
                for (key, value) in map.entries().iter() {
                    look_at(&key.0, &mut pending);
                    look_at(value, &mut pending);
                }
            }
            Value::Entry(entry) => {
                look_at(entry.key(), &mut pending);
                look_at(entry.value(), &mut pending);
            }
            _ => {}
        }
    }
    Ok(false)
}

/// What tells one collection from another; none for other values.
fn address(value: &Value<'_>) -> Option<usize> {
    match value {
        Value::List(list) => Some(list.address()),
        Value::Map(map) => Some(map.address()),
        Value::Entry(entry) => Some(entry.address()),
        _ => None,
    }
}
