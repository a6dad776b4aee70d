//! Methods of the embedder's objects, and those of maps on top.

use crate::limits::LimitExceeded;
use crate::render::Budget;
use crate::value::{Kind, List, ListStyle, Object, Value};

use super::name::Name;
use super::{Outcome, map};

pub(crate) fn call<'a>(
    object: &(dyn Object<'a> + 'a),
    name: Option<Name>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    // Whatever is done with a text, it may be looked through.
    for text in arguments.iter().filter_map(Value::as_str) {
        budget.take_pass(text.len())?;
    }
    if let Some(value) = object.call(method, arguments, budget)? {
        return Ok(Some(value));
    }
    let Some(name) = name else { return Ok(None) };
    Ok(Some(match (name, arguments) {
        (Name::Get, [Value::Str(name)]) => property(object, name, budget)?.unwrap_or(Value::Null),
        (Name::GetOrDefault, [Value::Str(name), otherwise]) => {
            property(object, name, budget)?.unwrap_or_else(|| otherwise.clone())
        }
        (Name::ContainsKey, [Value::Str(name)]) => property(object, name, budget)?.is_some().into(),
        (Name::Put, [Value::Str(name), value]) => {
            let before = property(object, name, budget)?;
            set(object, name, value.clone(), budget)?;
            before.into()
        }
        (Name::Size, []) => entries(object, budget)?.len().into(),
        (Name::IsEmpty, []) => entries(object, budget)?.is_empty().into(),
        (Name::KeySet | Name::Values | Name::EntrySet, []) => {
            let entries = entries(object, budget)?;
            budget.allocate_items(entries.len(), entries.len())?;
            let view = map::view_of(name);
            map::allocate_projection(view, entries.len(), budget)?;
            let items = map::project(view, entries);
            List::of_kind(items, ListStyle::Java, Kind::View(view, None)).into()
        }
        (Name::ToString, []) => {
            let mut text = String::new();
            object.print(&mut text);
            budget.take_pass(text.len())?;
            budget.allocate_string(text.len())?;
            text.into()
        }
        (Name::Equals, [Value::Object(other)]) => {
            std::ptr::addr_eq(std::ptr::from_ref(object), std::rc::Rc::as_ptr(other)).into()
        }
        (Name::Equals, [_]) => false.into(),
        _ => return Ok(None),
    }))
}

/// The member of an object, with what it takes.
pub(crate) fn property<'a>(
    object: &(dyn Object<'a> + 'a),
    name: &str,
    budget: &mut Budget,
) -> Result<Option<Value<'a>>, LimitExceeded> {
    let member = object.property(name);
    if let Some(member) = &member {
        budget.allocate_given(member)?;
    }
    Ok(member)
}

/// Sets the member of an object, which may refuse.
pub(crate) fn set<'a>(
    object: &(dyn Object<'a> + 'a),
    name: &str,
    value: Value<'a>,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    budget.allocate_member(name)?;
    Ok(object.set(name, value))
}

/// The entries of an object, with what they take.
pub(crate) fn entries<'a>(
    object: &(dyn Object<'a> + 'a),
    budget: &mut Budget,
) -> Result<Vec<(Value<'a>, Value<'a>)>, LimitExceeded> {
    let entries = object.entries();
    budget.take_steps(entries.len() as u64)?;
    for (key, value) in &entries {
        budget.allocate_given(key)?;
        budget.allocate_given(value)?;
    }
    Ok(entries)
}
