//! Methods of lists.

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{List, Value, equals};

use super::{Outcome, check_acyclic, index_below, index_up_to};

pub(super) fn call<'a>(
    list: &List<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    if let Some(value) = read(list, method, arguments, budget)? {
        return Ok(Some(value));
    }
    if let Some(value) = change(list, method, arguments, budget)? {
        return Ok(Some(value));
    }
    match method {
        "size" | "isEmpty" | "clear" | "toString" | "hashCode" if !arguments.is_empty() => {
            Err(CallError::Arguments)
        }
        _ => Ok(None),
    }
}

fn read<'a>(
    list: &List<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(Some(match (method, arguments) {
        ("size", []) => list.len().into(),
        ("isEmpty", []) => list.is_empty().into(),
        ("get", [index @ Value::Int(_)]) => {
            let position = index_below(index, list.len())?;
            list.get(position).unwrap_or(Value::Null)
        }
        ("contains", [value]) => find(list, value, budget)?.is_some().into(),
        ("containsAll", [Value::List(others)]) => {
            let mut all = true;
            for other in others.to_vec() {
                all = all && find(list, &other, budget)?.is_some();
            }
            all.into()
        }
        ("indexOf", [value]) => position(find(list, value, budget)?),
        ("lastIndexOf", [value]) => {
            let mut last = None;
            for (index, item) in list.items().iter().enumerate() {
                if equals(item, value, budget)? {
                    last = Some(index);
                }
            }
            position(last)
        }
        ("subList", [from @ Value::Int(_), to @ Value::Int(_)]) => {
            let to = index_up_to(to, list.len())?;
            let from = index_up_to(from, to)?;
            budget.allocate_items(to - from, to - from)?;
            List::new(list.items()[from..to].to_vec(), list.style()).into()
        }
        // A walk over a copy is all that an iterator is good for in a template.
        ("iterator" | "listIterator" | "toArray" | "clone", []) => {
            budget.allocate_items(list.len(), list.len())?;
            List::new(list.to_vec(), list.style()).into()
        }
        _ => return Ok(None),
    }))
}

fn change<'a>(
    list: &List<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let check =
        |value: &Value<'a>, budget: &mut Budget| check_acyclic(&list.clone().into(), value, budget);
    Ok(Some(match (method, arguments) {
        ("add", [value]) => {
            check(value, budget)?;
            budget.allocate_items(list.len() + 1, 1)?;
            list.push(value.clone());
            true.into()
        }
        ("add", [index @ Value::Int(_), value]) => {
            check(value, budget)?;
            let position = index_up_to(index, list.len())?;
            budget.allocate_items(list.len() + 1, 1)?;
            budget.take_pass(list.len())?;
            list.items_mut().insert(position, value.clone());
            Value::Null
        }
        ("addAll", [Value::List(others)]) => {
            let others = others.to_vec();
            others.iter().try_for_each(|other| check(other, budget))?;
            budget.allocate_items(list.len() + others.len(), others.len())?;
            let changed = !others.is_empty();
            list.items_mut().extend(others);
            changed.into()
        }
        ("addAll", [index @ Value::Int(_), Value::List(others)]) => {
            let position = index_up_to(index, list.len())?;
            let others = others.to_vec();
            others.iter().try_for_each(|other| check(other, budget))?;
            budget.allocate_items(list.len() + others.len(), others.len())?;
            budget.take_pass(list.len())?;
            let changed = !others.is_empty();
            list.items_mut().splice(position..position, others);
            changed.into()
        }
        ("set", [index @ Value::Int(_), value]) => {
            check(value, budget)?;
            let position = index_below(index, list.len())?;
            list.set(position, value.clone()).into()
        }
        ("remove", [index @ Value::Int(_)]) => {
            let position = index_below(index, list.len())?;
            budget.take_pass(list.len())?;
            list.items_mut().remove(position)
        }
        ("remove", [value]) => match find(list, value, budget)? {
            Some(position) => {
                list.items_mut().remove(position);
                true.into()
            }
            None => false.into(),
        },
        ("removeAll", [Value::List(others)]) => retain(list, others, false, budget)?,
        ("retainAll", [Value::List(others)]) => retain(list, others, true, budget)?,
        ("clear", []) => {
            // Taken out first: dropping items must not meet a borrowed list.
            let items = std::mem::take(&mut *list.items_mut());
            drop(items);
            Value::Null
        }
        _ => return Ok(None),
    }))
}

/// The first position of an equal item.
fn find<'a>(
    list: &List<'a>,
    value: &Value<'a>,
    budget: &mut Budget,
) -> Result<Option<usize>, CallError> {
    for (index, item) in list.items().iter().enumerate() {
        if equals(item, value, budget)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Keeps the items that are among others, or those that are not, and tells whether any went.
fn retain<'a>(
    list: &List<'a>,
    others: &List<'a>,
    among: bool,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    let items = list.to_vec();
    let before = items.len();
    let mut kept = Vec::new();
    for item in items {
        if find(others, &item, budget)?.is_some() == among {
            kept.push(item);
        }
    }
    let changed = kept.len() != before;
    let old = std::mem::replace(&mut *list.items_mut(), kept);
    drop(old);
    Ok(changed.into())
}

fn position<'a>(found: Option<usize>) -> Value<'a> {
    found.map_or(Value::from(-1), Value::from)
}
