//! Java's classes, as far as they decide which method a call means.

use super::number::{not_a_number, parse_double, parse_long};
use super::overload::Fit;
use crate::error::CallError;
use crate::render::Budget;
use crate::value::{Int, IntClass, Value};

/// The class of a parameter or an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// That of the null argument.
    Null,
    Bool,
    Char,
    Int,
    Long,
    Float,
    Double,
    BoxedBool,
    BoxedChar,
    BoxedInt,
    BoxedLong,
    BoxedDouble,
    BigInteger,
    BigDecimal,
    Str,
    /// `CharSequence`
    Chars,
    Locale,
    /// Any class of lists.
    List,
    Collection,
    Iterable,
    Map,
    /// `String[]`
    Strings,
    /// `Object...`
    Objects,
    /// `CharSequence...`
    CharsArray,
    /// `char[]`
    CharArray,
    Object,
    /// A class that no parameter names.
    Other,
}

impl Type {
    pub(super) fn is_primitive(self) -> bool {
        matches!(
            self,
            Self::Bool | Self::Char | Self::Int | Self::Long | Self::Float | Self::Double
        )
    }

    pub(super) fn is_array(self) -> bool {
        self.component().is_some()
    }

    /// The class of the items of an array.
    pub(super) fn component(self) -> Option<Self> {
        match self {
            Self::Objects => Some(Self::Object),
            Self::CharsArray => Some(Self::Chars),
            Self::CharArray => Some(Self::Char),
            Self::Strings => Some(Self::Str),
            _ => None,
        }
    }

    /// How well a value of the class `actual` suits a parameter of this one.
    pub(super) fn fit(self, actual: Self) -> Fit {
        match (self, actual) {
            (formal, actual) if formal == actual => Fit::Exact,
            (formal, Self::Null) if !formal.is_primitive() => Fit::Exact,
            (_, Self::Null) => Fit::No,
            (Self::Object, actual) if actual.is_primitive() => Fit::Boxed,
            (Self::Object, _)
            | (Self::Chars, Self::Str)
            | (Self::Collection | Self::Iterable, Self::List)
            | (Self::Iterable, Self::Collection)
            | (Self::Objects | Self::CharsArray, Self::Strings)
            | (Self::Objects, Self::CharsArray)
            | (Self::Long, Self::Int)
            | (Self::Float, Self::Int | Self::Long)
            | (Self::Double, Self::Int | Self::Long | Self::Float) => Fit::Exact,
            (formal, actual) if formal.unboxed() == actual.unboxed() => Fit::Boxed,
            (Self::Long, Self::BoxedInt) | (Self::Double, Self::BoxedInt | Self::BoxedLong) => {
                Fit::Boxed
            }
            (Self::Str, _) | (Self::Locale, Self::Str) => Fit::Converted,
            // What is the last of the arguments may be one of several.
            (Self::Objects, actual) => Self::Object.fit(actual),
            (Self::CharsArray, actual) => Self::Chars.fit(actual),
            (Self::CharArray, actual) => Self::Char.fit(actual),
            (formal, actual) => match (formal.unboxed(), actual.unboxed()) {
                (
                    Self::Bool,
                    Self::Int | Self::Long | Self::Float | Self::Double | Self::Char | Self::Str,
                )
                | (Self::Int, Self::Long | Self::Float | Self::Double | Self::Bool | Self::Str)
                | (Self::Long, Self::Int | Self::Float | Self::Double | Self::Bool | Self::Str)
                | (Self::Float, Self::Double | Self::Str)
                | (Self::Double, Self::Int | Self::Long | Self::Float | Self::Str)
                | (Self::BigInteger, Self::Int | Self::Long | Self::Str)
                | (
                    Self::Bool | Self::Int | Self::Long | Self::Float | Self::Double,
                    Self::BigInteger | Self::BigDecimal,
                ) => Fit::Converted,
                _ => Fit::No,
            },
        }
    }

    fn unboxed(self) -> Self {
        match self {
            Self::BoxedBool => Self::Bool,
            Self::BoxedChar => Self::Char,
            Self::BoxedInt => Self::Int,
            Self::BoxedLong => Self::Long,
            Self::BoxedDouble => Self::Double,
            other => other,
        }
    }

    /// Whether a value that suits a parameter of this class must be made one of it first.
    pub(super) fn needs_conversion(self, value: &Value<'_>) -> bool {
        match (self.unboxed(), value) {
            (_, Value::Null) => false,
            (Self::Int, Value::Int(number)) => number.class() != IntClass::Integer,
            (Self::Long, Value::Int(number)) => number.class() != IntClass::Long,
            (Self::Int | Self::Long, _) => true,
            (Self::Float | Self::Double, value) => !matches!(value, Value::Double(_)),
            (Self::Bool, value) => !matches!(value, Value::Bool(_)),
            (Self::Str, value) => !matches!(value, Value::Str(_)),
            (Self::BigInteger, Value::Int(number)) => number.class() != IntClass::Big,
            (Self::BigInteger | Self::Locale, _) => true,
            _ => false,
        }
    }

    /// A value made one of this class.
    ///
    /// # Errors
    ///
    /// [`CallError::NotANumber`] for a string that is none and a number that is out of range.
    pub(super) fn convert<'a>(
        self,
        value: &Value<'a>,
        budget: &mut Budget,
    ) -> Result<Value<'a>, CallError> {
        Ok(match self.unboxed() {
            Self::Str => {
                let text = value.to_str_limited(budget.limits())?;
                budget.take_pass(text.len())?;
                budget.allocate_string(text.len())?;
                text.into()
            }
            Self::Int => {
                let number = whole(value)?;
                let number = i32::try_from(number).map_err(|_| not_a_number(&number.to_string()));
                Int::from(number?).into()
            }
            Self::Long => match value {
                Value::Int(number) if number.as_i64().is_none() => {
                    return Err(not_a_number(&number.to_string()));
                }
                value => Int::long(whole(value)?).into(),
            },
            Self::BigInteger => match value {
                Value::Int(number) => Int::big(number.to_big()).into(),
                Value::Str(text) => {
                    let digits = text.strip_prefix('+').unwrap_or(text);
                    let number = Int::parse(digits, budget.limits())?;
                    let number = number.ok_or_else(|| not_a_number(text))?;
                    Int::big(number.to_big()).into()
                }
                value => value.clone(),
            },
            Self::Float | Self::Double => match value {
                Value::Str(text) => parse_double(text)?.into(),
                value => value.as_f64().unwrap_or_default().into(),
            },
            Self::Bool => match value {
                Value::Str(text) => text.eq_ignore_ascii_case("true").into(),
                Value::Char(unit) => (*unit != 0).into(),
                value => (whole(value)? as i32 != 0).into(),
            },
            Self::Locale => match value {
                Value::Str(name) if is_locale(name) => value.clone(),
                _ => return Err(CallError::Arguments),
            },
            _ => value.clone(),
        })
    }
}

/// The whole part of a number, 1 or 0 for a boolean, or the number a string holds.
fn whole(value: &Value<'_>) -> Result<i64, CallError> {
    Ok(match value {
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => number.wrapping_i64(),
        Value::Double(number) => *number as i64,
        Value::Decimal(number) => Int::big(number.to_big()).wrapping_i64(),
        Value::Str(text) => parse_long(text, 10)?,
        _ => 0,
    })
}

/// Whether a text names a locale, such as `en` or `en_GB`.
fn is_locale(name: &str) -> bool {
    let mut parts = name.split('_');
    let language = parts.next().unwrap_or_default();
    let country = parts.next();
    name.is_empty()
        || matches!(language.len(), 2 | 3)
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && country.is_none_or(|country| {
                country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())
            })
            && parts.next().is_none()
}
