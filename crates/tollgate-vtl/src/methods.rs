//! The members values have: Java's methods and bean properties, as a closed list per kind.
//!
//! There is no reflection. A name that is not listed gives null, as an unknown method does in
//! Velocity; that includes `class` and `getClass`.

mod format;
mod list;
mod map;
mod number;
mod object;
mod pattern;
mod string;
mod utf16;

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Value, would_contain_itself};

pub(crate) use pattern::Patterns;

/// What a method gives: a value, nothing because there is no such method, or an error.
type Outcome<'a> = Result<Option<Value<'a>>, CallError>;

/// `$receiver.name`
pub(crate) fn property<'a>(receiver: &Value<'a>, name: &str) -> Value<'a> {
    let value = match receiver {
        Value::Str(text) => string::property(text, name),
        Value::List(list) if name == "empty" => Some(list.is_empty().into()),
        Value::Map(map) => map.get(name),
        Value::Entry(entry) => match name {
            "key" => Some(entry.key().clone()),
            "value" => Some(entry.value().clone()),
            _ => None,
        },
        Value::Object(object) => object.property(name),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::List(_) => None,
    };
    value.unwrap_or(Value::Null)
}

/// `$receiver.method(arguments)`
pub(crate) fn call<'a>(
    receiver: &Value<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let own = match receiver {
        Value::Str(text) => string::call(text, method, arguments, budget)?,
        Value::List(list) => list::call(list, method, arguments, budget)?,
        Value::Map(map) => map::call(map, method, arguments, budget)?,
        Value::Entry(entry) => match (method, arguments) {
            ("getKey", []) => Some(entry.key().clone()),
            ("getValue", []) => Some(entry.value().clone()),
            _ => None,
        },
        Value::Int(number) => number::call_int(number, method, arguments, budget)?,
        Value::Double(number) => number::call_double(*number, method, arguments)?,
        Value::Bool(value) => number::call_bool(*value, method, arguments)?,
        Value::Object(object) => object::call(&**object, method, arguments, budget)?,
        Value::Null => None,
    };
    match own {
        Some(value) => Ok(Some(value)),
        None => any(receiver, method, arguments, budget),
    }
}

/// The methods every Java object has.
fn any<'a>(
    receiver: &Value<'a>,
    method: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    Ok(match (method, arguments) {
        ("toString", []) => {
            let text = receiver.to_str_within(budget.limits())?;
            budget.take_pass(text.len())?;
            budget.allocate_string(text.len())?;
            Some(text.into())
        }
        ("equals", [other]) => Some(crate::value::equals(receiver, other, budget)?.into()),
        _ => None,
    })
}

/// Refuses to put a value into a collection that it contains.
fn check_acyclic<'a>(
    collection: &Value<'a>,
    value: &Value<'a>,
    budget: &mut Budget,
) -> Result<(), CallError> {
    match would_contain_itself(collection, value, budget)? {
        true => Err(CallError::ContainsItself),
        false => Ok(()),
    }
}

/// An index into something of this length; `length` itself counts as inside.
fn index_up_to(index: &Value<'_>, length: usize) -> Result<usize, CallError> {
    let number = index.as_int().unwrap_or(i64::MAX);
    usize::try_from(number)
        .ok()
        .filter(|index| *index <= length)
        .ok_or(CallError::IndexOutOfRange {
            index: number,
            length,
        })
}

/// An index of an item in something of this length.
fn index_below(index: &Value<'_>, length: usize) -> Result<usize, CallError> {
    let position = index_up_to(index, length)?;
    if position == length {
        let index = position as i64;
        return Err(CallError::IndexOutOfRange { index, length });
    }
    Ok(position)
}
