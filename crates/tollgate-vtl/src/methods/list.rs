//! Methods of lists, and of arrays, views and iterators, which the language treats as lists.

use std::cmp::Ordering;

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{IntClass, Kind, List, ListStyle, Value, equals};

use super::name::Name;
use super::{Outcome, index_below, index_up_to, map, nothing, shared};

pub(super) fn call<'a>(
    list: &List<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    if let Kind::Iterator = list.kind() {
        return advance(list, name, budget);
    }
    refresh(list, budget)?;
    match read(list, name, arguments, budget)? {
        Some(value) => Ok(Some(value)),
        None => change(list, name, arguments, budget),
    }
}

/// Brings a view up to date with its map, and a part with the list it belongs to.
pub(super) fn refresh<'a>(list: &List<'a>, budget: &mut Budget) -> Result<(), CallError> {
    match list.kind() {
        Kind::View(view, Some(map)) => {
            if let Some(map) = map.upgrade() {
                // Each item is made anew.
                budget.take_steps(map.len() as u64)?;
                budget.allocate_items(map.len(), 0)?;
                map::allocate_projection(*view, map.len(), budget)?;
                let items = map::project(*view, map.to_vec());
                let old = std::mem::replace(&mut *list.items_mut(), items);
                drop(old);
            }
        }
        Kind::Part(..) => shared::refresh(list, budget)?,
        _ => {}
    }
    Ok(())
}

/// Methods of iterators.
fn advance<'a>(list: &List<'a>, name: Name, budget: &mut Budget) -> Outcome<'a> {
    budget.take_pass(list.len())?;
    Ok(Some(match name {
        Name::HasNext => (!list.is_empty()).into(),
        Name::Next => {
            index_below(&Value::from(0), list.len())?;
            list.items_mut().remove(0)
        }
        Name::Iterator => list.clone().into(),
        Name::Count => list.len().into(),
        Name::ToList => copy(list, Kind::Range, budget)?,
        _ => return Ok(None),
    }))
}

fn read<'a>(
    list: &List<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(Some(match (name, arguments) {
        (Name::Size | Name::Count, []) => list.len().into(),
        (Name::IsEmpty, []) => list.is_empty().into(),
        (Name::Get, [index]) => {
            let position = index_below(index, list.len())?;
            list.get(position).unwrap_or(Value::Null)
        }
        (Name::Contains, [value]) => find(list, value, budget)?.is_some().into(),
        (Name::ContainsAll, [Value::List(others)]) => {
            let mut all = true;
            for other in others.to_vec() {
                all = all && find(list, &other, budget)?.is_some();
            }
            all.into()
        }
        (Name::IndexOf, [value]) => position(find(list, value, budget)?),
        (Name::LastIndexOf, [value]) => {
            let mut last = None;
            for (index, item) in list.items().iter().enumerate() {
                if equals(item, value, budget)? {
                    last = Some(index);
                }
            }
            position(last)
        }
        (Name::SubList, [from, to]) => {
            let to = index_up_to(to, list.len())?;
            let from = index_up_to(from, to)?;
            budget.allocate_items(to - from, to - from)?;
            let items = list.items()[from..to].to_vec();
            List::of_kind(items, list.style(), Kind::Part(list.downgrade(), from)).into()
        }
        (Name::Iterator | Name::ListIterator, []) => copy(list, Kind::Iterator, budget)?,
        (Name::ListIterator, [from]) => {
            let from = index_up_to(from, list.len())?;
            budget.allocate_items(list.len() - from, list.len() - from)?;
            let rest = list.items()[from..].to_vec();
            List::of_kind(rest, ListStyle::Java, Kind::Iterator).into()
        }
        (Name::ToArray, []) => copy(list, Kind::Array, budget)?,
        (Name::Clone, []) => copy(list, Kind::List, budget)?,
        _ => return Ok(None),
    }))
}

fn copy<'a>(list: &List<'a>, kind: Kind<'a>, budget: &mut Budget) -> Result<Value<'a>, CallError> {
    budget.allocate_items(list.len(), list.len())?;
    Ok(List::of_kind(list.to_vec(), list.style(), kind).into())
}

fn change<'a>(
    list: &List<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let before = list.len();
    let result = match (name, arguments) {
        (Name::Add, [value]) => {
            insert(list, before, vec![value.clone()], budget)?;
            true.into()
        }
        (Name::Add, [index, value]) => {
            let position = index_up_to(index, before)?;
            insert(list, position, vec![value.clone()], budget)?;
            nothing()
        }
        (Name::AddAll, [Value::List(others)]) => {
            insert(list, before, others.to_vec(), budget)?;
            (list.len() != before).into()
        }
        (Name::AddAll, [index, Value::List(others)]) => {
            let position = index_up_to(index, before)?;
            insert(list, position, others.to_vec(), budget)?;
            (list.len() != before).into()
        }
        (Name::Set, [index, value]) => {
            let position = index_below(index, before)?;
            match list.kind() {
                Kind::Range => return Err(CallError::Unchangeable),
                Kind::Array if !is_storable(list, value) => return Err(CallError::Arguments),
                _ => {}
            }
            shared::check_acyclic(list, value, budget)?;
            list.set(position, value.clone()).into()
        }
        (Name::Remove, [index]) if has_positions(list) && is_index(index) => {
            let position = index_below(index, before)?;
            remove(list, position, budget)?
        }
        (Name::Remove, [value]) => match find(list, value, budget)? {
            Some(position) => {
                remove(list, position, budget)?;
                true.into()
            }
            None => false.into(),
        },
        (Name::RemoveAll, [Value::List(others)]) => retain(list, others, false, budget)?,
        (Name::RetainAll, [Value::List(others)]) => retain(list, others, true, budget)?,
        (Name::Clear, []) => {
            keep(list, &vec![false; before])?;
            nothing()
        }
        (Name::Sort, [Value::Null]) => {
            sort(list, budget)?;
            nothing()
        }
        _ => return Err(CallError::Arguments),
    };
    if let Kind::Part(..) = list.kind() {
        shared::write_back(list, before, budget)?;
    }
    Ok(Some(result))
}

/// Sorts the items by their own order, which they must have.
fn sort(list: &List<'_>, budget: &mut Budget) -> Result<(), CallError> {
    if let Kind::Range = list.kind() {
        return Err(CallError::Unchangeable);
    }
    let mut items = list.to_vec();
    let comparisons = items.len() as u64 * u64::from(items.len().max(1).ilog2() + 1);
    let longest = items.iter().filter_map(Value::as_str).map(str::len).max();
    let step = 1 + longest.unwrap_or_default() as u64 / 16;
    budget.take_steps(comparisons.saturating_mul(step))?;
    budget.allocate_items(items.len(), 0)?;
    if items
        .windows(2)
        .any(|pair| order(&pair[0], &pair[1]).is_none())
    {
        return Err(CallError::Arguments);
    }
    // Neighbours of one class have all items of it.
    items.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
    let old = std::mem::replace(&mut *list.items_mut(), items);
    drop(old);
    Ok(())
}

/// The natural order of two values of one class.
fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) if a.class() == b.class() => Some(a.cmp(b)),
        (Value::Double(a), Value::Double(b)) => Some(a.total_cmp(b)),
        (Value::Str(a), Value::Str(b)) => Some(a.encode_utf16().cmp(b.encode_utf16())),
        (Value::Char(a), Value::Char(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Whether `remove` takes an index, as it does for all but views.
fn has_positions(list: &List<'_>) -> bool {
    !matches!(list.kind(), Kind::View(..))
}

/// Whether a value is an `int`, which is what indexes are.
fn is_index(value: &Value<'_>) -> bool {
    matches!(value, Value::Int(number) if number.class() == IntClass::Integer)
}

/// Whether an array takes a value: all it has are strings, or all are characters.
fn is_storable<'a>(array: &List<'a>, value: &Value<'a>) -> bool {
    match array.items().first() {
        Some(Value::Str(_)) => matches!(value, Value::Str(_) | Value::Null),
        Some(Value::Char(_)) => matches!(value, Value::Char(_)),
        _ => true,
    }
}

/// Puts items before the one at a position.
fn insert<'a>(
    list: &List<'a>,
    position: usize,
    items: Vec<Value<'a>>,
    budget: &mut Budget,
) -> Result<(), CallError> {
    if items.is_empty() {
        return Ok(());
    }
    if !matches!(list.kind(), Kind::List | Kind::Part(..)) {
        return Err(CallError::Unchangeable);
    }
    for item in &items {
        shared::check_acyclic(list, item, budget)?;
    }
    budget.grow_list(list.len() + items.len(), items.len())?;
    budget.take_pass(list.len() - position)?;
    if list.is_empty() {
        // Many lists have but one item, and room for four by themselves.
        *list.items_mut() = items;
    } else {
        list.items_mut().splice(position..position, items);
    }
    Ok(())
}

fn remove<'a>(
    list: &List<'a>,
    position: usize,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    budget.take_pass(list.len())?;
    let item = list.get(position).unwrap_or(Value::Null);
    let kept: Vec<bool> = (0..list.len()).map(|index| index != position).collect();
    keep(list, &kept)?;
    Ok(item)
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
    let mut kept = Vec::new();
    for item in list.to_vec() {
        kept.push(find(others, &item, budget)?.is_some() == among);
    }
    keep(list, &kept)?;
    Ok(kept.contains(&false).into())
}

/// Keeps the items marked so, also in the map that a view shows.
fn keep<'a>(list: &List<'a>, kept: &[bool]) -> Result<(), CallError> {
    if !kept.contains(&false) {
        return Ok(());
    }
    if let Kind::Range | Kind::Array = list.kind() {
        return Err(CallError::Unchangeable);
    }
    // Taken out first: dropping items must not meet a borrowed list.
    let items = std::mem::take(&mut *list.items_mut());
    let marked = items.into_iter().zip(kept);
    let items: Vec<_> = marked
        .filter_map(|(item, kept)| kept.then_some(item))
        .collect();
    *list.items_mut() = items;
    if let Kind::View(_, Some(map)) = list.kind()
        && let Some(map) = map.upgrade()
    {
        let entries = std::mem::take(&mut *map.entries_mut());
        let marked = entries.into_pairs().zip(kept);
        let entries = marked
            .filter_map(|(entry, kept)| kept.then_some(entry))
            .collect();
        *map.entries_mut() = entries;
    }
    Ok(())
}

fn position<'a>(found: Option<usize>) -> Value<'a> {
    found.map_or(Value::from(-1), Value::from)
}
