//! `$receiver[index]`, which is `get(index)` but for indexes that count from the end.

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{IntClass, Value};

use super::name::Name;
use super::{Outcome, object};

/// `$receiver[index]`
///
/// # Errors
///
/// [`CallError::IndexOutOfRange`] for an index outside of a list, and for one from the end of what
/// has no size; and those of conversions, as with methods.
pub(crate) fn index<'a>(
    receiver: &Value<'a>,
    index: &Value<'a>,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    let mut position = index.clone();
    if let Value::Int(number) = index
        && number.class() == IntClass::Integer
        && number.is_negative()
    {
        let size = call(receiver, Name::Size, "size", &[], budget)?;
        let size = size.as_ref().and_then(Value::as_int);
        let index = number.wrapping_i64();
        let size = size.ok_or(CallError::IndexOutOfRange { index, length: 0 })?;
        position = (size + index).into();
    }
    let value = call(receiver, Name::Get, "get", &[position], budget)?;
    Ok(value.unwrap_or(Value::Null))
}

fn call<'a>(
    receiver: &Value<'a>,
    name: Name,
    spelling: &str,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    match receiver {
        Value::Object(object) => object::call(&**object, Some(name), spelling, arguments, budget),
        own => super::call(own, name, arguments, budget),
    }
}
