//! Comparison, arithmetic and concatenation with Java's rules.

use std::cmp::Ordering;

use crate::limits::LimitExceeded;
use crate::program::Operator;
use crate::render::Budget;
use crate::value::{Value, equals};

/// Applies an operator that needs both its operands.
pub(crate) fn apply<'a>(
    operator: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &mut Budget,
) -> Result<Value<'a>, LimitExceeded> {
    Ok(match operator {
        Operator::Or | Operator::And => unreachable!("logic evaluates its operands by need"),
        Operator::Equal => loosely_equal(left, right, budget)?.into(),
        Operator::NotEqual => (!loosely_equal(left, right, budget)?).into(),
        Operator::Less => ordered(left, right, Ordering::is_lt),
        Operator::LessOrEqual => ordered(left, right, Ordering::is_le),
        Operator::Greater => ordered(left, right, Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(left, right, Ordering::is_ge),
        Operator::Add if is_string(left) || is_string(right) => concatenate(left, right, budget)?,
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo => arithmetic(operator, left, right, budget)?,
    })
}

/// Numbers by value, values of one kind by content, anything else by printed form.
fn loosely_equal<'a>(
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    if left.is_null() || right.is_null() {
        return Ok(left.is_null() && right.is_null());
    }
    if let Some(ordering) = compare(left, right) {
        return Ok(ordering.is_eq());
    }
    if std::mem::discriminant(left) == std::mem::discriminant(right) {
        return equals(left, right, budget);
    }
    let (left, right) = (
        left.to_str_within(budget.limits())?,
        right.to_str_within(budget.limits())?,
    );
    budget.take_pass(left.len() + right.len())?;
    Ok(left == right)
}

/// Only numbers have an order; the rest is neither less nor greater.
fn ordered<'a>(left: &Value<'a>, right: &Value<'a>, wanted: fn(Ordering) -> bool) -> Value<'a> {
    compare(left, right).is_some_and(wanted).into()
}

/// The order of two numbers; none for other values and for NaN.
pub(crate) fn compare(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Null unless both are numbers, and for a division by zero.
fn arithmetic<'a>(
    operator: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &Budget,
) -> Result<Value<'a>, LimitExceeded> {
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        let limits = budget.limits();
        return Ok(match operator {
            Operator::Subtract => left.subtract(right, limits)?.into(),
            Operator::Multiply => left.multiply(right, limits)?.into(),
            Operator::Divide => left.divide(right).into(),
            Operator::Modulo => left.remainder(right).into(),
            _ => left.add(right, limits)?.into(),
        });
    }
    let (Some(left), Some(right)) = (left.as_f64(), right.as_f64()) else {
        return Ok(Value::Null);
    };
    Ok(match operator {
        Operator::Divide | Operator::Modulo if right == 0.0 => Value::Null,
        Operator::Subtract => (left - right).into(),
        Operator::Multiply => (left * right).into(),
        Operator::Divide => (left / right).into(),
        Operator::Modulo => (left % right).into(),
        _ => (left + right).into(),
    })
}

fn is_string(value: &Value<'_>) -> bool {
    matches!(value, Value::Str(_))
}

/// Joins printed forms; null, which only arithmetic leaves, adds nothing.
fn concatenate<'a>(
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &mut Budget,
) -> Result<Value<'a>, LimitExceeded> {
    let mut text = String::new();
    for part in [left, right].into_iter().filter(|part| !part.is_null()) {
        crate::value::Printer::for_string(&mut text, budget.limits()).value(part)?;
    }
    budget.take_pass(text.len())?;
    budget.allocate_string(text.len())?;
    Ok(text.into())
}
