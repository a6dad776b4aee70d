//! Paths into `serde_json::Value`s.

use serde_json::Value;

use super::{Node, Number, View};

/// Whole numbers above `i64::MAX` are [`Number::BigInt`]s, as Java reads them.
impl Node for &Value {
    fn view(&self) -> View<'_> {
        match self {
            Value::Null => View::Null,
            Value::Bool(value) => View::Bool(*value),
            Value::Number(number) => View::Number(view_number(number)),
            Value::String(text) => View::Text(text),
            Value::Array(_) => View::List,
            Value::Object(_) => View::Map,
        }
    }

    fn size(&self) -> usize {
        match self {
            Value::Array(list) => list.len(),
            Value::Object(map) => map.len(),
            _ => 0,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Value::Object(map) => map.get(name),
            _ => None,
        }
    }

    fn element(&self, index: usize) -> Option<Self> {
        match self {
            Value::Array(list) => list.get(index),
            _ => None,
        }
    }

    fn try_each_member<E>(
        &self,
        mut visit: impl FnMut(&str, Self) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Value::Object(map) => map.iter().try_for_each(|(name, value)| visit(name, value)),
            _ => Ok(()),
        }
    }

    fn try_each_element<E>(&self, visit: impl FnMut(Self) -> Result<(), E>) -> Result<(), E> {
        match self {
            Value::Array(list) => list.iter().try_for_each(visit),
            _ => Ok(()),
        }
    }
}

fn view_number(number: &serde_json::Number) -> Number<'_> {
    if let Some(number) = number.as_i64() {
        return Number::Int(number);
    }
    match number.as_u64() {
        Some(number) => Number::BigInt(number.to_string().into()),
        None => Number::Double(number.as_f64().unwrap_or(f64::NAN)),
    }
}
