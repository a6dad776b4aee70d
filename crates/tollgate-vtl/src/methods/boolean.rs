//! Methods of booleans.

use super::Outcome;
use super::name::Name;
use super::number::order;
use crate::error::CallError;
use crate::value::Value;

pub(super) fn call<'a>(value: bool, name: Name, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Some(match (name, arguments) {
        (Name::BooleanValue, []) => value.into(),
        (Name::CompareTo, [Value::Bool(other)]) => order(value.cmp(other)),
        (Name::CompareTo, [_]) => return Err(CallError::Arguments),
        (Name::Compare, [Value::Bool(a), Value::Bool(b)]) => order(a.cmp(b)),
        (Name::LogicalAnd, [Value::Bool(a), Value::Bool(b)]) => (*a && *b).into(),
        (Name::LogicalOr, [Value::Bool(a), Value::Bool(b)]) => (*a || *b).into(),
        (Name::LogicalXor, [Value::Bool(a), Value::Bool(b)]) => (a != b).into(),
        (Name::ParseBoolean | Name::ValueOf, [Value::Str(text)]) => {
            text.eq_ignore_ascii_case("true").into()
        }
        (Name::ParseBoolean | Name::ValueOf, [Value::Null]) => false.into(),
        (Name::ValueOf, [value @ Value::Bool(_)]) => value.clone(),
        (Name::ToString, [Value::Bool(value)]) => value.to_string().into(),
        (Name::HashCode, [Value::Bool(value)]) => (if *value { 1231 } else { 1237 }).into(),
        _ => return Ok(None),
    }))
}
