//! Numbers with the class Java would give them.

use std::borrow::Cow;

/// A number in the class it was read as.
///
/// A whole number stays whole and is exact at any size; `1e3` and `2.0` are doubles.
#[derive(Clone, Debug, PartialEq)]
pub enum Number<'a> {
    /// A whole number of at most 64 bits: Java's `Integer` or `Long`.
    Int(i64),
    /// A whole number of more than 64 bits in decimal digits: Java's `BigInteger`.
    BigInt(Cow<'a, str>),
    /// Java's `Double`.
    Double(f64),
    /// A decimal fraction with more digits than a double holds: Java's `BigDecimal`.
    Decimal(Cow<'a, str>),
}

impl Number<'_> {
    /// The nearest double, as Java's `doubleValue()`.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest double is what is asked for"
    )]
    pub fn to_f64(&self) -> f64 {
        match self {
            Self::Int(number) => *number as f64,
            Self::Double(number) => *number,
            Self::BigInt(digits) | Self::Decimal(digits) => digits.parse().unwrap_or(f64::NAN),
        }
    }

    /// The same number without a borrow.
    #[must_use]
    pub fn into_owned(self) -> Number<'static> {
        match self {
            Self::Int(number) => Number::Int(number),
            Self::Double(number) => Number::Double(number),
            Self::BigInt(digits) => Number::BigInt(Cow::Owned(digits.into_owned())),
            Self::Decimal(digits) => Number::Decimal(Cow::Owned(digits.into_owned())),
        }
    }
}
