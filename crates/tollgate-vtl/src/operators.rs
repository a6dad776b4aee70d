//! Comparison, arithmetic and concatenation with Java's rules.

use std::cmp::Ordering;
use std::mem::discriminant;

use crate::error::RenderErrorKind;
use crate::limits::{LimitExceeded, Limits};
use crate::program::Operator;
use crate::render::Budget;
use crate::value::{Decimal, Int, IntClass, Kind, Value, char, check_digits, equals};

/// Applies an operator that needs both its operands.
///
/// # Errors
///
/// [`RenderErrorKind::NoResult`] for arithmetic that Java refuses, and under strict rules for all
/// that has no result; it is null otherwise.
pub(crate) fn apply<'a>(
    operator: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &mut Budget,
) -> Result<Value<'a>, RenderErrorKind> {
    Ok(match operator {
        Operator::Or | Operator::And => unreachable!("logic evaluates its operands by need"),
        Operator::Equal => loosely_equal(left, right, budget)?.into(),
        Operator::NotEqual => (!loosely_equal(left, right, budget)?).into(),
        Operator::Less => ordered(left, right, budget, Ordering::is_lt)?,
        Operator::LessOrEqual => ordered(left, right, budget, Ordering::is_le)?,
        Operator::Greater => ordered(left, right, budget, Ordering::is_gt)?,
        Operator::GreaterOrEqual => ordered(left, right, budget, Ordering::is_ge)?,
        Operator::Add if is_string(left) || is_string(right) => concatenate(left, right, budget)?,
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo => match arithmetic(operator, left, right, budget)? {
            None if budget.rules().strict_math => return Err(RenderErrorKind::NoResult),
            result => result.into(),
        },
    })
}

/// Applies an operator to whole numbers, if it is one that always has a result.
#[inline]
pub(crate) fn apply_to_ints<'a>(
    operator: Operator,
    left: &Int,
    right: &Int,
    budget: &Budget,
) -> Result<Option<Value<'a>>, LimitExceeded> {
    let limits = budget.limits();
    if let Some(holds) = operator.accepts(left.cmp(right)) {
        return Ok(Some(holds.into()));
    }
    Ok(match operator {
        Operator::Add => Some(left.add(right, limits)?.into()),
        Operator::Subtract => Some(left.subtract(right, limits)?.into()),
        Operator::Multiply => Some(left.multiply(right, limits)?.into()),
        _ => None,
    })
}

/// Applies an operator to Java's `Integer`s, if it is one that always has a result that fits.
#[inline]
pub(crate) fn apply_to_small(operator: Operator, left: i32, right: i32) -> Option<i64> {
    let (left, right) = (i64::from(left), i64::from(right));
    Some(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        _ => return None,
    })
}

/// `-value`; null unless it is a number.
pub(crate) fn negate<'a>(
    value: &Value<'a>,
    budget: &mut Budget,
) -> Result<Value<'a>, RenderErrorKind> {
    Ok(match Number::of(value, budget) {
        Some(Number::Int(number)) => number.negate().into(),
        Some(Number::Double(number)) => (-number).into(),
        Some(Number::Decimal(number)) => number.negate().into(),
        None if budget.rules().strict_math => return Err(RenderErrorKind::NoResult),
        None => Value::Null,
    })
}

/// Whether the value of a reference counts as true.
pub(crate) fn is_true(value: &Value<'_>, budget: &Budget) -> bool {
    let rules = budget.rules();
    match value {
        Value::Null => rules.null_is_empty,
        Value::Bool(value) => *value,
        _ if !rules.empty_is_false => true,
        Value::Int(number) => !number.is_zero(),
        Value::Double(number) => *number != 0.0,
        Value::Decimal(number) => !number.is_zero(),
        Value::Str(text) => !text.is_empty(),
        Value::List(list) => matches!(list.kind(), Kind::Iterator) || !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Char(_) | Value::Entry(_) | Value::Object(_) => true,
    }
}

/// Which operand is to blame for arithmetic without a result; none if both are numbers.
pub(crate) fn culprit(left: &Value<'_>, right: &Value<'_>, budget: &Budget) -> Option<Side> {
    if Number::of(left, budget).is_none() {
        return Some(Side::Left);
    }
    Number::of(right, budget).is_none().then_some(Side::Right)
}

/// A side of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// What arithmetic works on.
enum Number {
    Int(Int),
    Double(f64),
    Decimal(Decimal),
}

impl Number {
    /// The number a value is; in Velocity 2.x also the one a string holds.
    fn of(value: &Value<'_>, budget: &Budget) -> Option<Self> {
        let parse = |text: &str| {
            let converts = budget.rules().converts_strings;
            let number = converts.then(|| Decimal::parse(text, budget.limits()))?;
            number.map(Self::Decimal)
        };
        match value {
            Value::Int(number) => Some(Self::Int(number.clone())),
            Value::Double(number) => Some(Self::Double(*number)),
            Value::Decimal(number) => Some(Self::Decimal(number.clone())),
            Value::Str(text) => parse(text),
            Value::Char(unit) => parse(char(*unit).encode_utf8(&mut [0; 4])),
            _ => None,
        }
    }

    fn is_zero(&self) -> bool {
        match self {
            Self::Int(number) => number.is_zero(),
            Self::Double(number) => *number == 0.0,
            Self::Decimal(number) => number.is_zero(),
        }
    }

    /// Brings two numbers to the class Java computes in: a fraction that meets a big whole number
    /// makes both decimals. None for what is not finite and should be a decimal.
    fn pair(self, other: Self, budget: &Budget) -> Option<Pair> {
        let is_big =
            |number: &Self| matches!(number, Self::Int(number) if number.class() == IntClass::Big);
        let is_decimal = |number: &Self| matches!(number, Self::Decimal(_));
        let big = is_big(&self) || is_big(&other);
        let decimal = is_decimal(&self) || is_decimal(&other);
        Some(match (self, other) {
            (Self::Int(left), Self::Int(right)) => Pair::Ints(left, right),
            (left, right) if big || decimal => {
                Pair::Decimals(left.decimal(budget)?, right.decimal(budget)?)
            }
            (left, right) => Pair::Doubles(left.double(), right.double()),
        })
    }

    fn double(&self) -> f64 {
        match self {
            Self::Int(number) => number.to_f64(),
            Self::Double(number) => *number,
            Self::Decimal(number) => number.to_f64(),
        }
    }

    fn decimal(self, budget: &Budget) -> Option<Decimal> {
        match self {
            Self::Int(number) if number.class() == IntClass::Big => {
                Some(Decimal::from_big(number.to_big()))
            }
            Self::Decimal(number) => Some(number),
            // Java takes smaller whole numbers by way of a double as well.
            other if budget.rules().converts_strings => Decimal::shortest(other.double()),
            other => Decimal::exact(other.double()),
        }
    }
}

/// Two numbers of one class.
enum Pair {
    Ints(Int, Int),
    Doubles(f64, f64),
    Decimals(Decimal, Decimal),
}

/// Numbers by value, values of one kind by content, anything else by printed form.
fn loosely_equal<'a>(
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &mut Budget,
) -> Result<bool, RenderErrorKind> {
    if left.is_null() || right.is_null() {
        return Ok(left.is_null() && right.is_null());
    }
    if let Some(ordering) = compare(left, right, budget)? {
        return Ok(ordering.is_eq());
    }
    if same_class(left, right) {
        return Ok(equals(left, right, budget)?);
    }
    let (left, right) = (
        left.to_str_limited(budget.limits())?,
        right.to_str_limited(budget.limits())?,
    );
    budget.take_pass(left.len() + right.len())?;
    Ok(left == right)
}

/// Whether two values that are no numbers are of one class in Java.
fn same_class<'a>(left: &Value<'a>, right: &Value<'a>) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            discriminant(left.kind()) == discriminant(right.kind())
        }
        _ => discriminant(left) == discriminant(right),
    }
}

/// Only numbers have an order; the rest is neither less nor greater.
fn ordered<'a>(
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &Budget,
    wanted: fn(Ordering) -> bool,
) -> Result<Value<'a>, RenderErrorKind> {
    Ok(compare(left, right, budget)?.is_some_and(wanted).into())
}

/// The order of two numbers, of which at most one is written as a string; none for other values.
/// As in Java, what is not a number is equal to any.
fn compare(
    left: &Value<'_>,
    right: &Value<'_>,
    budget: &Budget,
) -> Result<Option<Ordering>, RenderErrorKind> {
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        return Ok(Some(left.cmp(right)));
    }
    if is_string(left) && is_string(right) {
        return Ok(None);
    }
    let numbers = Number::of(left, budget).zip(Number::of(right, budget));
    let Some((left, right)) = numbers else {
        return Ok(None);
    };
    let pair = left.pair(right, budget);
    Ok(Some(match pair.ok_or(RenderErrorKind::NoResult)? {
        Pair::Ints(left, right) => left.cmp(&right),
        Pair::Doubles(left, right) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        Pair::Decimals(left, right) => left.compare(&right),
    }))
}

/// None unless both are numbers, and for a division by zero.
fn arithmetic<'a>(
    operator: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
    budget: &Budget,
) -> Result<Option<Value<'a>>, RenderErrorKind> {
    let numbers = Number::of(left, budget).zip(Number::of(right, budget));
    let Some((left, right)) = numbers else {
        return Ok(None);
    };
    if matches!(operator, Operator::Divide | Operator::Modulo) && right.is_zero() {
        return Ok(None);
    }
    let limits = budget.limits();
    let pair = left.pair(right, budget);
    Ok(match pair.ok_or(RenderErrorKind::NoResult)? {
        Pair::Ints(left, right) => match operator {
            Operator::Subtract => Some(left.subtract(&right, limits)?.into()),
            Operator::Multiply => Some(left.multiply(&right, limits)?.into()),
            Operator::Divide => left.divide(&right).map(Value::from),
            Operator::Modulo => Some(modulo(&left, &right, limits)?.into()),
            _ => Some(left.add(&right, limits)?.into()),
        },
        Pair::Doubles(left, right) => Some(match operator {
            Operator::Subtract => (left - right).into(),
            Operator::Multiply => (left * right).into(),
            Operator::Divide => (left / right).into(),
            Operator::Modulo => (left % right).into(),
            _ => (left + right).into(),
        }),
        Pair::Decimals(left, right) => {
            let result = match operator {
                Operator::Subtract => left.subtract(&right),
                Operator::Multiply => left.multiply(&right, limits)?,
                Operator::Divide => left.divide(&right).ok_or(RenderErrorKind::NoResult)?,
                Operator::Modulo => return Err(RenderErrorKind::NoResult),
                _ => left.add(&right),
            };
            check_digits(result.bits(), limits)?;
            Some(result.into())
        }
    })
}

/// Big numbers have no negative remainder, and none by a negative divisor.
fn modulo(left: &Int, right: &Int, limits: &Limits) -> Result<Int, RenderErrorKind> {
    let big = left.class().max(right.class()) == IntClass::Big;
    if big && right.is_negative() {
        return Err(RenderErrorKind::NoResult);
    }
    let rest = left.remainder(right).ok_or(RenderErrorKind::NoResult)?;
    match big && rest.is_negative() {
        true => Ok(rest.add(right, limits)?),
        false => Ok(rest),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    fn budget(profile: Profile, strict: bool) -> Budget {
        let mut profile = profile;
        profile.rules.strict_math = strict;
        Budget::new(&profile)
    }

    #[test]
    fn truth_follows_the_flavour() {
        let zero = Int::big(0.into());
        for (value, old, new) in [
            (Value::from(true), true, true),
            (false.into(), false, false),
            (0.into(), true, false),
            (zero.into(), true, false),
            ((-0.0).into(), true, false),
            (f64::NAN.into(), true, true),
            ("".into(), true, false),
            (" ".into(), true, true),
            (Value::list([]), true, false),
            (Value::list([Value::Null]), true, true),
            (Value::Char(0), true, true),
            (Value::Null, false, false),
        ] {
            let velocity17 = budget(Profile::velocity17(), false);
            let velocity2 = budget(Profile::velocity2(), false);
            assert_eq!(is_true(&value, &velocity17), old, "{value:?}");
            assert_eq!(is_true(&value, &velocity2), new, "{value:?}");
        }
        assert!(is_true(
            &Value::Null,
            &budget(Profile::api_gateway(), false)
        ));
    }

    #[test]
    fn negation_keeps_the_class() {
        let mut budget = budget(Profile::velocity2(), false);
        for (value, expected) in [
            (Value::from(7), "-7"),
            (i32::MIN.into(), "2147483648"),
            (i64::MIN.into(), "9223372036854775808"),
            (0.0.into(), "-0.0"),
            ("1.50".into(), "-1.50"),
            (true.into(), "null"),
        ] {
            let negated = negate(&value, &mut budget).unwrap().to_str().unwrap();
            assert_eq!(&*negated, expected, "{value:?}");
        }
    }

    #[test]
    fn strict_math_wants_results() {
        let operands = [
            (Operator::Divide, Value::from(1), Value::from(0)),
            (Operator::Modulo, 1.5.into(), 0.0.into()),
            (Operator::Add, true.into(), 1.into()),
            (Operator::Multiply, Value::Null, 2.into()),
        ];
        for (operator, left, right) in operands {
            let mut lax = budget(Profile::velocity17(), false);
            assert!(apply(operator, &left, &right, &mut lax).unwrap().is_null());
            let mut strict = budget(Profile::velocity17(), true);
            let error = apply(operator, &left, &right, &mut strict).unwrap_err();
            assert_eq!(error, RenderErrorKind::NoResult);
        }
    }

    #[test]
    fn the_first_operand_is_to_blame_first() {
        let budget = budget(Profile::velocity17(), false);
        let (number, text) = (Value::from(1), Value::from("1"));
        assert_eq!(culprit(&text, &text, &budget), Some(Side::Left));
        assert_eq!(culprit(&number, &text, &budget), Some(Side::Right));
        assert_eq!(culprit(&number, &number, &budget), None);
    }
}
