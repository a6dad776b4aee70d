//! Java's `equals`.

use std::rc::Rc;

use super::Value;
use crate::limits::LimitExceeded;
use crate::render::Budget;

/// Whether two values are equal as Java's `equals` sees it: same kind, same content.
///
/// # Errors
///
/// [`LimitExceeded`] when the values are nested too deep or the comparison takes too many steps.
pub(crate) fn equals<'a>(
    a: &Value<'a>,
    b: &Value<'a>,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    equals_at(a, b, 0, budget)
}

fn equals_at<'a>(
    a: &Value<'a>,
    b: &Value<'a>,
    depth: usize,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    let deepest = budget.limits().value_depth;
    if depth > deepest {
        return Err(LimitExceeded::ValueDepth(deepest));
    }
    budget.take_steps(1)?;
    Ok(match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Double(a), Value::Double(b)) => a == b || a.is_nan() && b.is_nan(),
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            if a.ptr_eq(b) {
                return Ok(true);
            }
            let (a, b) = (a.items(), b.items());
            if a.len() != b.len() {
                return Ok(false);
            }
            for (a, b) in a.iter().zip(b.iter()) {
                if !equals_at(a, b, depth + 1, budget)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.ptr_eq(b) {
                return Ok(true);
            }
            let (a, b) = (a.entries(), b.entries());
            if a.len() != b.len() {
                return Ok(false);
            }
            for (key, a) in a.iter() {
                let Some(b) = b.get(key) else {
                    return Ok(false);
                };
                if !equals_at(a, b, depth + 1, budget)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Entry(a), Value::Entry(b)) => {
            equals_at(a.key(), b.key(), depth + 1, budget)?
                && equals_at(a.value(), b.value(), depth + 1, budget)?
        }
        (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
        _ => false,
    })
}
