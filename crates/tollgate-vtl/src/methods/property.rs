//! Bean properties: `$text.empty` for `isEmpty()` and the like.

use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Kind, Value};

use super::name::Name;
use super::signature::overloads;
use super::string::is_blank;

/// `$receiver.name`; in Velocity 2.x also what the method of this name gives.
pub(crate) fn property<'a>(
    receiver: &Value<'a>,
    name: &str,
    budget: &mut Budget,
) -> Result<Value<'a>, CallError> {
    let names_methods = budget.rules().size_is_property;
    let value = match receiver {
        Value::Map(map) => return Ok(map.get(name).unwrap_or(Value::Null)),
        Value::Object(object) => {
            let member = super::object::property(&**object, name, budget)?;
            return Ok(member.unwrap_or(Value::Null));
        }
        Value::Entry(entry) => match name {
            "key" | "Key" => Some(entry.key().clone()),
            "value" | "Value" => Some(entry.value().clone()),
            _ => None,
        },
        Value::Str(text) => match name {
            "empty" | "Empty" => Some(text.is_empty().into()),
            "blank" | "Blank" => Some(is_blank(text).into()),
            _ => None,
        },
        Value::List(list) => match (name, list.kind()) {
            // Velocity 1.7 looks for the methods of arrays only where they are called.
            (_, Kind::Array) if !names_methods => None,
            ("empty" | "Empty", kind) if !matches!(kind, Kind::Iterator) => {
                return super::call(receiver, Name::IsEmpty, &[], budget)
                    .map(|value| value.unwrap_or(Value::Null));
            }
            _ => None,
        },
        Value::Double(number) => match name {
            "naN" | "NaN" => Some(number.is_nan().into()),
            "infinite" | "Infinite" => Some(number.is_infinite().into()),
            _ => None,
        },
        _ => None,
    };
    if let Some(value) = value {
        return Ok(value);
    }
    let method = match Name::parse(name) {
        Some(method) if names_methods => method,
        _ => return Ok(Value::Null),
    };
    if !overloads(receiver, method).contains(&&[][..]) {
        return Ok(Value::Null);
    }
    let value = super::call(receiver, method, &[], budget)?;
    Ok(value.unwrap_or(Value::Null))
}
