//! The members values have: Java's methods and bean properties, as a closed list per kind.
//!
//! There is no reflection. A name that is not listed gives null, as an unknown method does in
//! Velocity; that includes `class` and `getClass`.

mod boolean;
mod char;
mod class;
pub(crate) mod direct;
mod double;
mod format;
mod index;
mod integer;
mod list;
mod map;
mod name;
mod number;
pub(crate) mod object;
mod overload;
mod pattern;
mod property;
mod shared;
mod signature;
mod string;
mod utf16;

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Value, hash_code, would_contain_itself};

pub(crate) use index::index;
pub(crate) use map::insert;
pub(crate) use name::Name;
pub(crate) use pattern::{ConstantPatterns, Patterns, takes_pattern};
pub(crate) use property::property;

/// What a method gives: a value, nothing because there is no such method, or an error.
type Outcome<'a> = Result<Option<Value<'a>>, CallError>;

/// `$receiver.name(arguments)`, for a receiver that is no object of the embedder.
pub(crate) fn call<'a>(
    receiver: &Value<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let takes = match receiver {
        Value::Str(_) if string::takes_surely(name, arguments) => true,
        _ => overload::takes(receiver, name, arguments),
    };
    if takes {
        return run(receiver, name, arguments, budget);
    }
    match overload::resolve(receiver, name, arguments, budget)? {
        Some(arguments) => run(receiver, name, &arguments, budget),
        None => Ok(None),
    }
}

/// Runs a method on arguments in the classes it takes.
fn run<'a>(
    receiver: &Value<'a>,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    // Whatever is done with a text, it may be looked through.
    for text in arguments.iter().filter_map(Value::as_str) {
        budget.take_pass(text.len())?;
    }
    match (name, arguments) {
        (Name::GetClass, []) => return Ok(None),
        (Name::ToString, []) => return to_string(receiver, budget).map(Some),
        (Name::HashCode, []) => return Ok(Some(hash_code(receiver, budget)?.into())),
        (Name::Equals, [other]) => {
            return Ok(Some(crate::value::equals(receiver, other, budget)?.into()));
        }
        _ => {}
    }
    match receiver {
        Value::Str(text) => string::call(text, name, arguments, budget),
        Value::Char(unit) => char::call(*unit, name, arguments),
        Value::List(list) => list::call(list, name, arguments, budget),
        Value::Map(map) => map::call(map, name, arguments, budget),
        Value::Entry(entry) => Ok(Some(match name {
            Name::GetKey => entry.key().clone(),
            _ => entry.value().clone(),
        })),
        Value::Int(number) => integer::call(number, name, arguments, budget),
        Value::Double(number) => double::call(*number, name, arguments),
        Value::Decimal(number) => Ok(double::call_decimal(number, name)),
        Value::Bool(value) => boolean::call(*value, name, arguments),
        Value::Null | Value::Object(_) => Ok(None),
    }
}

/// Brings a value that shows another one, such as the keys of a map, up to date with it.
///
/// Calls of methods do so by themselves; it is for values to be printed or walked.
pub(crate) fn refresh(value: &Value<'_>, budget: &mut Budget) -> Result<(), CallError> {
    match value {
        Value::List(list) => list::refresh(list, budget),
        _ => Ok(()),
    }
}

/// `$receiver.toString()`
fn to_string<'a>(receiver: &Value<'a>, budget: &mut Budget) -> Result<Value<'a>, CallError> {
    Ok(receiver.to_str_within(budget)?.into())
}

/// What a method gives that gives nothing: Velocity prints nothing for it, where null prints as
/// written.
fn nothing<'a>() -> Value<'a> {
    "".into()
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
