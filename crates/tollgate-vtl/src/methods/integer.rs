//! Methods of whole numbers.

use num_bigint::BigInt;

use super::Outcome;
use super::double::float;
use super::name::Name;
use super::number::{not_a_number, order, parse_long, radix};
use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Int, IntClass, Value, check_digits};

pub(super) fn call<'a>(
    number: &Int,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let low = number.wrapping_i64();
    Ok(Some(match (name, arguments) {
        (Name::IntValue, []) => (low as i32).into(),
        (Name::LongValue, []) => Int::long(low).into(),
        (Name::ShortValue, []) => i32::from(low as i16).into(),
        (Name::ByteValue, []) => i32::from(low as i8).into(),
        (Name::DoubleValue, []) => number.to_f64().into(),
        (Name::FloatValue, []) => float(number.to_f64()).into(),
        (Name::CompareTo, [Value::Int(other)]) if other.class() == number.class() => {
            order(number.cmp(other))
        }
        (Name::CompareTo, [_]) => return Err(CallError::Arguments),
        _ if number.class() == IntClass::Big => return big(number, name, arguments, budget),
        _ => return of_class(number.class(), name, arguments, budget),
    }))
}

/// The static methods of `Integer` and `Long`. `parseInt` and its kin are the published way to
/// turn a string into a number.
fn of_class<'a>(
    class: IntClass,
    name: Name,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Outcome<'a> {
    let long = class == IntClass::Long;
    let same_class = |number: i64| {
        if long {
            Int::long(number)
        } else {
            Int::from(number as i32)
        }
    };
    let parsed = |text: &str, radix: u32| {
        let number = parse_long(text, radix)?;
        match long || i32::try_from(number).is_ok() {
            true => Ok(Some(same_class(number).into())),
            false => Err(not_a_number(text)),
        }
    };
    match (name, arguments) {
        (Name::ParseInt | Name::ParseLong | Name::ValueOf, [Value::Str(text)]) => parsed(text, 10),
        (Name::ParseInt | Name::ParseLong | Name::ValueOf, [Value::Str(text), base]) => {
            parsed(text, radix(base).ok_or(CallError::Arguments)?)
        }
        (Name::Decode, [Value::Str(text)]) => {
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", text.strip_prefix('+').unwrap_or(text)),
            };
            let (digits, base) = match digits.as_bytes() {
                [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
                [b'#', ..] => (&digits[1..], 16),
                [b'0', _, ..] => (&digits[1..], 8),
                _ => (digits, 10),
            };
            match digits.starts_with(['+', '-']) {
                true => Err(not_a_number(text)),
                false => parsed(&[sign, digits].concat(), base),
            }
        }
        (_, [Value::Null, ..]) => Err(CallError::Arguments),
        (_, [Value::Int(a), Value::Int(b)]) => {
            let (number, other) = (a.wrapping_i64(), b.wrapping_i64());
            Ok(Some(match name {
                Name::Max => same_class(number.max(other)).into(),
                Name::Min => same_class(number.min(other)).into(),
                Name::Sum => same_class(number.wrapping_add(other)).into(),
                Name::Compare => order(number.cmp(&other)),
                Name::CompareUnsigned => order(number.cast_unsigned().cmp(&other.cast_unsigned())),
                Name::ToString => {
                    let radix = radix(&b.clone().into()).unwrap_or(10);
                    BigInt::from(number).to_str_radix(radix).into()
                }
                _ => return Ok(None),
            }))
        }
        (_, [Value::Int(number)]) => {
            let value = number.wrapping_i64();
            let bits = if long {
                value.cast_unsigned()
            } else {
                (value as i32).cast_unsigned().into()
            };
            let width = if long { 64 } else { 32 };
            Ok(Some(match name {
                Name::ValueOf => same_class(value).into(),
                Name::ToString => {
                    budget.take_steps(1)?;
                    value.to_string().into()
                }
                Name::HashCode => same_class(value).hash_code().into(),
                Name::ToHexString => format!("{bits:x}").into(),
                Name::ToOctalString => format!("{bits:o}").into(),
                Name::ToBinaryString => format!("{bits:b}").into(),
                Name::Signum => (value.signum() as i32).into(),
                Name::BitCount => bits.count_ones().into(),
                Name::Reverse => {
                    let reversed = (bits.reverse_bits() >> (64 - width)).cast_signed();
                    same_class(reversed).into()
                }
                Name::HighestOneBit => {
                    let highest = bits.checked_ilog2().map_or(0, |at| 1_u64 << at);
                    same_class(highest.cast_signed()).into()
                }
                Name::LowestOneBit => same_class((bits & bits.wrapping_neg()).cast_signed()).into(),
                Name::NumberOfLeadingZeros => (bits.leading_zeros() + width - 64).into(),
                Name::NumberOfTrailingZeros => bits.trailing_zeros().min(width).into(),
                _ => return Ok(None),
            }))
        }
        _ => Ok(None),
    }
}

/// Methods of `BigInteger`.
fn big<'a>(number: &Int, name: Name, arguments: &[Value<'a>], budget: &mut Budget) -> Outcome<'a> {
    let value = number.to_big();
    let limits = *budget.limits();
    budget.take_pass(value.bits() as usize)?;
    let made: BigInt = match (name, arguments) {
        (Name::Abs, []) => value.magnitude().clone().into(),
        (Name::Negate, []) => -value,
        (Name::Not, []) => !value,
        (Name::Signum, []) => return Ok(Some((value.sign() as i32 - 1).into())),
        (Name::BitLength, []) => {
            let length = if number.is_negative() {
                (!value).bits()
            } else {
                value.bits()
            };
            return Ok(Some(length.into()));
        }
        (Name::BitCount, []) => {
            let bits = if number.is_negative() { !value } else { value };
            let digits = bits.magnitude().iter_u64_digits();
            return Ok(Some(digits.map(u64::count_ones).sum::<u32>().into()));
        }
        (Name::GetLowestSetBit, []) => {
            return Ok(Some(
                value.trailing_zeros().map_or(Value::from(-1), Value::from),
            ));
        }
        (Name::IntValueExact, []) => {
            let exact = number.as_i64().and_then(|value| i32::try_from(value).ok());
            return Ok(Some(exact.ok_or_else(|| too_big(number))?.into()));
        }
        (Name::LongValueExact, []) => {
            let exact = number.as_i64().map(Int::long);
            return Ok(Some(exact.ok_or_else(|| too_big(number))?.into()));
        }
        (Name::ValueOf, [Value::Int(value)]) => value.to_big(),
        (Name::ToString, [base]) => {
            let text = value.to_str_radix(radix(base).unwrap_or(10));
            budget.allocate_string(text.len())?;
            return Ok(Some(text.into()));
        }
        (Name::Pow, [Value::Int(exponent)]) => {
            let exponent =
                u32::try_from(exponent.wrapping_i64()).map_err(|_| CallError::Arguments)?;
            check_digits(value.bits().saturating_mul(exponent.into()), &limits)?;
            value.pow(exponent)
        }
        (Name::ShiftLeft | Name::ShiftRight, [Value::Int(count)]) => {
            let count = count.wrapping_i64();
            let left = (name == Name::ShiftLeft) == (count >= 0);
            let count = count.unsigned_abs();
            if left {
                check_digits(value.bits().saturating_add(count), &limits)?;
                value << count
            } else {
                value >> count
            }
        }
        (_, [Value::Int(other)]) => {
            let other = other.to_big();
            let is_zero = other == BigInt::ZERO;
            match name {
                Name::Add => value + other,
                Name::Subtract => value - other,
                Name::Multiply => {
                    check_digits(value.bits() + other.bits(), &limits)?;
                    value * other
                }
                Name::Divide | Name::Remainder | Name::Mod if is_zero => {
                    return Err(CallError::Arguments);
                }
                Name::Divide => value / other,
                Name::Remainder => value % other,
                Name::Mod if other.sign() == num_bigint::Sign::Minus => {
                    return Err(CallError::Arguments);
                }
                Name::Mod => ((value % &other) + &other) % other,
                Name::Gcd => gcd(value, other, budget)?,
                Name::Max => value.max(other),
                Name::Min => value.min(other),
                Name::And => value & other,
                Name::Or => value | other,
                Name::Xor => value ^ other,
                _ => return Ok(None),
            }
        }
        _ => return Err(CallError::Arguments),
    };
    check_digits(made.bits(), &limits)?;
    Ok(Some(Int::big(made).into()))
}

/// The greatest common divisor, by Euclid.
fn gcd(a: BigInt, b: BigInt, budget: &mut Budget) -> Result<BigInt, CallError> {
    let (mut a, mut b) = (a, b);
    while b != BigInt::ZERO {
        budget.take_steps(1)?;
        (a, b) = (b.clone(), a % b);
    }
    Ok(a.magnitude().clone().into())
}

fn too_big(number: &Int) -> CallError {
    not_a_number(&number.to_string())
}
