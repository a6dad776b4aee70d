//! Methods of fractions.

use super::Outcome;
use super::name::Name;
use super::number::{order, parse_double};
use crate::error::CallError;
use crate::value::{Decimal, Int, Value};

pub(super) fn call<'a>(number: f64, name: Name, arguments: &[Value<'a>]) -> Outcome<'a> {
    if let Some(value) = convert(number, name) {
        return Ok(Some(value));
    }
    Ok(Some(match (name, arguments) {
        (Name::IsNaN, []) => number.is_nan().into(),
        (Name::IsInfinite, []) => number.is_infinite().into(),
        (Name::CompareTo, [Value::Double(other)]) => order(number.total_cmp(other)),
        (Name::CompareTo, [_]) => return Err(CallError::Arguments),
        (Name::ParseDouble | Name::ValueOf, [Value::Str(text)]) => parse_double(text)?.into(),
        (Name::ParseDouble | Name::ValueOf, [Value::Null]) => return Err(CallError::Arguments),
        (_, [Value::Double(a), Value::Double(b)]) => match name {
            Name::Compare => order(a.total_cmp(b)),
            Name::Max | Name::Min if a.is_nan() || b.is_nan() => f64::NAN.into(),
            Name::Max => (if a.total_cmp(b).is_lt() { *b } else { *a }).into(),
            Name::Min => (if a.total_cmp(b).is_gt() { *b } else { *a }).into(),
            _ => (a + b).into(),
        },
        (Name::LongBitsToDouble, [Value::Int(bits)]) => {
            f64::from_bits(bits.wrapping_i64().cast_unsigned()).into()
        }
        (_, [Value::Double(subject)]) => match name {
            Name::ToString => Value::from(*subject).to_str()?.into(),
            Name::HashCode => {
                let bits = subject.to_bits();
                ((bits ^ (bits >> 32)) as i32).into()
            }
            Name::IsNaN => subject.is_nan().into(),
            Name::IsInfinite => subject.is_infinite().into(),
            Name::IsFinite => subject.is_finite().into(),
            Name::DoubleToLongBits => Int::long(subject.to_bits().cast_signed()).into(),
            _ => (*subject).into(),
        },
        _ => return Ok(None),
    }))
}

/// The number in another class of numbers; `as` saturates as Java's conversion does.
fn convert<'a>(number: f64, name: Name) -> Option<Value<'a>> {
    Some(match name {
        Name::IntValue => (number as i32).into(),
        Name::LongValue => Int::long(number as i64).into(),
        Name::ShortValue => i32::from(number as i32 as i16).into(),
        Name::ByteValue => i32::from(number as i32 as i8).into(),
        Name::DoubleValue => number.into(),
        Name::FloatValue => float(number).into(),
        _ => return None,
    })
}

/// A number rounded to 32 bits that prints as Java prints its `float`.
pub(super) fn float(number: f64) -> f64 {
    let short = number as f32;
    short.to_string().parse().unwrap_or(f64::from(short))
}

pub(super) fn call_decimal<'a>(number: &Decimal, name: Name) -> Option<Value<'a>> {
    let whole = || Int::big(number.to_big());
    Some(match name {
        Name::IntValue => (whole().wrapping_i64() as i32).into(),
        Name::LongValue => Int::long(whole().wrapping_i64()).into(),
        Name::ToBigInteger => whole().into(),
        Name::Negate => number.negate().into(),
        Name::Abs if number.is_negative() => number.negate().into(),
        Name::Abs => number.clone().into(),
        Name::Scale => number.scale().into(),
        Name::Signum if number.is_zero() => 0.into(),
        Name::Signum => (if number.is_negative() { -1 } else { 1 }).into(),
        name => return convert(number.to_f64(), name),
    })
}
