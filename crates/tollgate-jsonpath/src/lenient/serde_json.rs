//! Lenient documents as `serde_json::Value`s.

use serde_json::Value;

use crate::error::ReadError;
use crate::node::Number;

use super::{Build, read_lenient_with};

/// Reads a document as json-smart's permissive mode does; see
/// [`read_lenient_with`](crate::read_lenient_with).
///
/// A whole number above `u64::MAX` or below `i64::MIN` and a decimal fraction of many digits
/// become the nearest double; `NaN` and infinities, which `serde_json` does not have, `null`.
///
/// ```
/// # fn main() -> Result<(), tollgate_jsonpath::ReadError> {
/// let document = tollgate_jsonpath::read_lenient("{name: 'Rex', tags: [good dog,]} and more")?;
/// assert_eq!(document, serde_json::json!({"name": "Rex", "tags": ["good dog"]}));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ReadError`] for what json-smart refuses too, and past the limits of this crate.
pub fn read_lenient(text: &str) -> Result<Value, ReadError> {
    read_lenient_with(text, &mut Values)
}

struct Values;

impl Build for Values {
    type Value = Value;

    fn null(&mut self) -> Value {
        Value::Null
    }

    fn bool(&mut self, value: bool) -> Value {
        Value::Bool(value)
    }

    fn number(&mut self, number: Number<'_>) -> Value {
        match &number {
            Number::Int(number) => (*number).into(),
            Number::BigInt(digits) => match digits.parse::<u64>() {
                Ok(number) => number.into(),
                Err(_) => number.to_f64().into(),
            },
            Number::Double(_) | Number::Decimal(_) => number.to_f64().into(),
        }
    }

    fn text(&mut self, text: String) -> Value {
        Value::String(text)
    }

    fn list(&mut self, elements: Vec<Value>) -> Value {
        Value::Array(elements)
    }

    fn map(&mut self, members: Vec<(String, Value)>) -> Value {
        Value::Object(members.into_iter().collect())
    }
}
