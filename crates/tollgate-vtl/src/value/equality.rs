//! Java's `equals` and `hashCode`.

use std::rc::Rc;

use super::{Kind, List, Value, View};
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
        (Value::Int(a), Value::Int(b)) => a.same(b),
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (Value::Decimal(a), Value::Decimal(b)) => a == b,
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => {
            if a.len() == b.len() {
                budget.take_pass(a.len())?;
            }
            a == b
        }
        (Value::List(a), Value::List(b)) => {
            if a.ptr_eq(b) {
                return Ok(true);
            }
            match (order(a), order(b)) {
                (Some(a), Some(b)) if a == b => {}
                _ => return Ok(false),
            }
            let ordered = order(a) == Some(true);
            let (a, b) = (a.items(), b.items());
            if a.len() != b.len() {
                return Ok(false);
            }
            if !ordered {
                return is_subset(&a, &b, depth, budget);
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

/// Whether the order of a list counts when it is compared, as it does except in sets; none if it
/// equals nothing but itself.
fn order(list: &List<'_>) -> Option<bool> {
    match list.kind() {
        Kind::List | Kind::Range | Kind::Part(..) => Some(true),
        Kind::View(View::Keys | View::Entries, _) => Some(false),
        Kind::View(View::Values, _) | Kind::Array | Kind::Iterator => None,
    }
}

fn is_subset<'a>(
    part: &[Value<'a>],
    whole: &[Value<'a>],
    depth: usize,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    'items: for item in part {
        for candidate in whole {
            if equals_at(item, candidate, depth + 1, budget)? {
                continue 'items;
            }
        }
        return Ok(false);
    }
    Ok(true)
}

/// What Java's `hashCode()` gives; 0 for what Java hashes by identity.
///
/// # Errors
///
/// [`LimitExceeded`] as for [`equals`].
pub(crate) fn hash_code(value: &Value<'_>, budget: &mut Budget) -> Result<i32, LimitExceeded> {
    hash_at(value, 0, budget)
}

fn hash_at(value: &Value<'_>, depth: usize, budget: &mut Budget) -> Result<i32, LimitExceeded> {
    let deepest = budget.limits().value_depth;
    if depth > deepest {
        return Err(LimitExceeded::ValueDepth(deepest));
    }
    budget.take_steps(1)?;
    Ok(match value {
        Value::Null | Value::Object(_) => 0,
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Int(number) => number.hash_code(),
        Value::Double(number) => fold(if number.is_nan() {
            0x7ff8_0000_0000_0000
        } else {
            number.to_bits()
        }),
        Value::Decimal(number) => number.hash_code(),
        Value::Char(unit) => (*unit).into(),
        Value::Str(text) => {
            budget.take_pass(text.len())?;
            text.encode_utf16().fold(0, |hash: i32, unit| {
                hash.wrapping_mul(31).wrapping_add(unit.into())
            })
        }
        Value::List(list) => match order(list) {
            None => 0,
            Some(ordered) => {
                let mut hash: i32 = ordered.into();
                for item in list.items().iter() {
                    let item = hash_at(item, depth + 1, budget)?;
                    let before = if ordered { hash.wrapping_mul(31) } else { hash };
                    hash = before.wrapping_add(item);
                }
                hash
            }
        },
        Value::Map(map) => {
            let mut hash: i32 = 0;
            for (key, value) in map.entries().iter() {
                let (key, value) = (&key.0, value);
                let entry = hash_at(key, depth + 1, budget)? ^ hash_at(value, depth + 1, budget)?;
                hash = hash.wrapping_add(entry);
            }
            hash
        }
        Value::Entry(entry) => {
            hash_at(entry.key(), depth + 1, budget)? ^ hash_at(entry.value(), depth + 1, budget)?
        }
    })
}

/// Folds 64 bits into 32, as Java hashes long numbers.
pub(super) fn fold(bits: u64) -> i32 {
    (bits ^ (bits >> 32)) as i32
}
