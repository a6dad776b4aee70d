//! Methods of maps.

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Entry, Map, Value, equals};

use super::{Outcome, check_acyclic};

pub(super) fn call<'a>(
    map: &Map<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    if let Some(value) = read(map, method, arguments, budget)? {
        return Ok(Some(value));
    }
    if let Some(value) = change(map, method, arguments, budget)? {
        return Ok(Some(value));
    }
    match method {
        "size" | "isEmpty" | "clear" | "keySet" | "values" | "entrySet" | "toString"
        | "hashCode"
            if !arguments.is_empty() =>
        {
            Err(CallError::Arguments)
        }
        _ => Ok(None),
    }
}

fn read<'a>(
    map: &Map<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(Some(match (method, arguments) {
        ("size", []) => map.len().into(),
        ("isEmpty", []) => map.is_empty().into(),
        ("get", [key]) => map.get_value(key).unwrap_or(Value::Null),
        ("getOrDefault", [key, otherwise]) => {
            map.get_value(key).unwrap_or_else(|| otherwise.clone())
        }
        ("containsKey", [key]) => map.get_value(key).is_some().into(),
        ("containsValue", [wanted]) => {
            let mut found = false;
            for value in map.entries().values() {
                found = found || equals(value, wanted, budget)?;
            }
            found.into()
        }
        ("keySet" | "values" | "entrySet", []) => {
            budget.allocate_items(map.len(), map.len())?;
            view(method, map.to_vec())
        }
        _ => return Ok(None),
    }))
}

fn change<'a>(
    map: &Map<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let check =
        |value: &Value<'a>, budget: &mut Budget| check_acyclic(&map.clone().into(), value, budget);
    Ok(Some(match (method, arguments) {
        ("put", [key, value]) => {
            check(key, budget)?;
            check(value, budget)?;
            budget.allocate_items(map.len() + 1, 1)?;
            map.insert(key.clone(), value.clone()).into()
        }
        ("putIfAbsent", [key, value]) => match map.get_value(key) {
            Some(present) if !present.is_null() => present,
            _ => {
                check(key, budget)?;
                check(value, budget)?;
                budget.allocate_items(map.len() + 1, 1)?;
                map.insert(key.clone(), value.clone()).into()
            }
        },
        ("putAll", [Value::Map(others)]) => {
            let others = others.to_vec();
            budget.allocate_items(map.len() + others.len(), others.len())?;
            for (key, value) in others {
                check(&key, budget)?;
                check(&value, budget)?;
                map.insert(key, value);
            }
            Value::Null
        }
        ("remove", [key]) => {
            budget.take_pass(map.len())?;
            map.remove(key).into()
        }
        ("clear", []) => {
            // Taken out first: dropping values must not meet a borrowed map.
            let entries = std::mem::take(&mut *map.entries_mut());
            drop(entries);
            Value::Null
        }
        _ => return Ok(None),
    }))
}

/// `keySet()`, `values()` or `entrySet()` of some entries, as a list of its own.
pub(super) fn view<'a>(which: &str, entries: Vec<(Value<'a>, Value<'a>)>) -> Value<'a> {
    let entries = entries.into_iter();
    match which {
        "keySet" => Value::list(entries.map(|(key, _)| key)),
        "values" => Value::list(entries.map(|(_, value)| value)),
        _ => Value::list(entries.map(|(key, value)| Value::Entry(Entry::new(key, value)))),
    }
}
