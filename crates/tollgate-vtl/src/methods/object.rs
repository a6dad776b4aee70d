//! Methods of the embedder's objects, and those of maps on top.

use crate::render::Budget;
use crate::value::{Kind, List, ListStyle, Object, Value};

use super::name::Name;
use super::{Outcome, map};

pub(super) fn call<'a>(
    object: &(dyn Object<'a> + 'a),
    name: Option<Name>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    if let Some(value) = object.call(method, arguments)? {
        return Ok(Some(value));
    }
    let Some(name) = name else { return Ok(None) };
    Ok(Some(match (name, arguments) {
        (Name::Get, [Value::Str(name)]) => object.property(name).unwrap_or(Value::Null),
        (Name::GetOrDefault, [Value::Str(name), otherwise]) => {
            object.property(name).unwrap_or_else(|| otherwise.clone())
        }
        (Name::ContainsKey, [Value::Str(name)]) => object.property(name).is_some().into(),
        (Name::Put, [Value::Str(name), value]) => {
            let before = object.property(name);
            object.set(name, value.clone());
            before.into()
        }
        (Name::Size, []) => object.entries().len().into(),
        (Name::IsEmpty, []) => object.entries().is_empty().into(),
        (Name::KeySet | Name::Values | Name::EntrySet, []) => {
            let entries = object.entries();
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
