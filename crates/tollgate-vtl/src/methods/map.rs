//! Methods of maps.

use crate::error::CallError;
use crate::limits::LimitExceeded;
use crate::render::Budget;
use crate::value::{Entry, Kind, List, ListStyle, Map, Value, View, equals, weight};

use super::name::Name;
use super::{Outcome, check_acyclic, nothing};

pub(super) fn call<'a>(
    map: &Map<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    match read(map, name, arguments, budget)? {
        Some(value) => Ok(Some(value)),
        None => change(map, name, arguments, budget),
    }
}

fn read<'a>(
    map: &Map<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(Some(match (name, arguments) {
        (Name::Size, []) => map.len().into(),
        (Name::IsEmpty, []) => map.is_empty().into(),
        (Name::Get, [key]) => map.get_value(key).unwrap_or(Value::Null),
        (Name::GetOrDefault, [key, otherwise]) => {
            map.get_value(key).unwrap_or_else(|| otherwise.clone())
        }
        (Name::ContainsKey, [key]) => map.get_value(key).is_some().into(),
        (Name::ContainsValue, [wanted]) => {
            let mut found = false;
            for value in map.entries().values() {
                found = found || equals(value, wanted, budget)?;
            }
            found.into()
        }
        (Name::Clone, []) => {
            budget.allocate_entries(map.len(), map.len())?;
            map.to_vec().into_iter().collect::<Map<'_>>().into()
        }
        (Name::KeySet | Name::Values | Name::EntrySet, []) => {
            budget.allocate_items(map.len(), map.len())?;
            let view = view_of(name);
            allocate_projection(view, map.len(), budget)?;
            let kind = Kind::View(view, Some(map.downgrade()));
            List::of_kind(project(view, map.to_vec()), ListStyle::Java, kind).into()
        }
        _ => return Ok(None),
    }))
}

fn change<'a>(
    map: &Map<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let put = |key: &Value<'a>, value: &Value<'a>, budget: &mut Budget| {
        let target = map.clone().into();
        check_acyclic(&target, key, budget)?;
        check_acyclic(&target, value, budget)?;
        Ok::<_, CallError>(Value::from(insert(
            map,
            key.clone(),
            value.clone(),
            budget,
        )?))
    };
    Ok(Some(match (name, arguments) {
        (Name::Put, [key, value]) => put(key, value, budget)?,
        (Name::PutIfAbsent, [key, value]) => match map.get_value(key) {
            Some(present) if !present.is_null() => present,
            _ => put(key, value, budget)?,
        },
        (Name::Replace, [key, value]) => match map.get_value(key) {
            Some(_) => put(key, value, budget)?,
            None => Value::Null,
        },
        (Name::Replace, [key, old, value]) => {
            let same = holds(map, key, old, budget)?;
            if same {
                put(key, value, budget)?;
            }
            same.into()
        }
        (Name::PutAll, [Value::Map(others)]) => {
            for (key, value) in others.to_vec() {
                put(&key, &value, budget)?;
            }
            nothing()
        }
        (Name::Remove, [key]) => {
            budget.take_pass(map.len())?;
            map.remove(key).into()
        }
        (Name::Remove, [key, value]) => {
            let same = holds(map, key, value, budget)?;
            if same {
                budget.take_pass(map.len())?;
                map.remove(key);
            }
            same.into()
        }
        (Name::Clear, []) => {
            // Taken out first: dropping values must not meet a borrowed map.
            let entries = std::mem::take(&mut *map.entries_mut());
            drop(entries);
            nothing()
        }
        _ => return Err(CallError::Arguments),
    }))
}

/// Whether the key is there with just this value.
fn holds<'a>(
    map: &Map<'a>,
    key: &Value<'a>,
    value: &Value<'a>,
    budget: &mut Budget,
) -> Result<bool, CallError> {
    match map.get_value(key) {
        Some(present) => Ok(equals(&present, value, budget)?),
        None => Ok(false),
    }
}

/// Puts a value under a key and returns what was there before.
pub(crate) fn insert<'a>(
    map: &Map<'a>,
    key: Value<'a>,
    value: Value<'a>,
    budget: &mut Budget,
) -> Result<Option<Value<'a>>, LimitExceeded> {
    budget.allocate_entries(map.len() + 1, 0)?;
    let before = map.insert(key, value);
    if before.is_none() {
        budget.allocate(weight::MAP_ENTRY)?;
    }
    Ok(before)
}

/// Accounts for the entries that [`project`] makes.
pub(super) fn allocate_projection(
    view: View,
    length: usize,
    budget: &mut Budget,
) -> Result<(), LimitExceeded> {
    match view {
        View::Entries => budget.allocate(length.saturating_mul(weight::ENTRY)),
        View::Keys | View::Values => Ok(()),
    }
}

/// What the method of this name shows of a map.
pub(super) fn view_of(name: Name) -> View {
    match name {
        Name::KeySet => View::Keys,
        Name::Values => View::Values,
        _ => View::Entries,
    }
}

/// What a view shows of some entries.
pub(super) fn project<'a>(view: View, entries: Vec<(Value<'a>, Value<'a>)>) -> Vec<Value<'a>> {
    // Not collected, which would keep the room of both keys and values.
    let mut items = Vec::with_capacity(entries.len());
    let entries = entries.into_iter();
    match view {
        View::Keys => items.extend(entries.map(|(key, _)| key)),
        View::Values => items.extend(entries.map(|(_, value)| value)),
        View::Entries => {
            items.extend(entries.map(|(key, value)| Value::Entry(Entry::new(key, value))));
        }
    }
    items
}
