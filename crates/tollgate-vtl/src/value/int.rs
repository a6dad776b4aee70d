//! Whole numbers that grow instead of overflowing.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use num_bigint::BigInt;

use super::equality::fold;
use crate::limits::{LimitExceeded, Limits};

/// A whole number: Java's `Integer`, `Long` and `BigInteger` in one.
///
/// It is compared by value. Which of the three classes it has in Java shows only in the methods
/// it has and takes, and in Java's own `equals`.
#[derive(Clone, Debug)]
pub struct Int(Repr);

/// One variant per Java class.
#[derive(Clone, Debug)]
enum Repr {
    Integer(i32),
    Long(i64),
    Big(Rc<BigInt>),
}

/// The Java class of a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IntClass {
    Integer,
    Long,
    Big,
}

impl Int {
    /// A `Long`, however small.
    pub(crate) fn long(value: i64) -> Self {
        Self(Repr::Long(value))
    }

    /// A `BigInteger`, however small.
    pub(crate) fn big(value: BigInt) -> Self {
        Self(Repr::Big(Rc::new(value)))
    }

    pub(crate) fn class(&self) -> IntClass {
        match self.0 {
            Repr::Integer(_) => IntClass::Integer,
            Repr::Long(_) => IntClass::Long,
            Repr::Big(_) => IntClass::Big,
        }
    }

    /// How many bits it takes, if they are kept apart from the value.
    pub(super) fn bits_apart(&self) -> Option<u64> {
        match &self.0 {
            Repr::Big(value) => Some(value.bits()),
            _ => None,
        }
    }

    /// Whether Java's `equals` holds, which asks for one class.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.class() == other.class() && self == other
    }

    /// The value, if it fits 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Integer(value) => Some((*value).into()),
            Repr::Long(value) => Some(*value),
            Repr::Big(value) => i64::try_from(&**value).ok(),
        }
    }

    /// The value of an `Integer`.
    #[inline]
    pub(crate) fn as_i32(&self) -> Option<i32> {
        match self.0 {
            Repr::Integer(value) => Some(value),
            Repr::Long(_) | Repr::Big(_) => None,
        }
    }

    /// Reads decimal digits with an optional minus.
    pub(crate) fn parse(digits: &str, limits: &Limits) -> Result<Option<Self>, LimitExceeded> {
        if let Ok(value) = digits.parse::<i64>() {
            return Ok(Some(value.into()));
        }
        if digits.len() > limits.digits {
            return Err(LimitExceeded::Digits(limits.digits));
        }
        let well_formed = digits
            .strip_prefix('-')
            .unwrap_or(digits)
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        if !well_formed {
            return Ok(None);
        }
        Ok(digits.parse().ok().map(Self::big))
    }

    /// The value as the nearest double.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Integer(value) => (*value).into(),
            Repr::Long(value) => *value as f64,
            Repr::Big(value) => value
                .to_string()
                .parse()
                .expect("decimal digits are a floating-point number"),
        }
    }

    /// Appends the decimal digits.
    pub(super) fn print(&self, out: &mut String) {
        match &self.0 {
            Repr::Integer(value) => out.push_str(itoa::Buffer::new().format(*value)),
            Repr::Long(value) => out.push_str(itoa::Buffer::new().format(*value)),
            Repr::Big(value) => out.push_str(&value.to_string()),
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Integer(value) => *value < 0,
            Repr::Long(value) => *value < 0,
            Repr::Big(value) => value.sign() == num_bigint::Sign::Minus,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.as_i64() == Some(0)
    }

    /// The low 64 bits, as Java's `longValue()` gives them.
    pub(crate) fn wrapping_i64(&self) -> i64 {
        match &self.0 {
            Repr::Integer(value) => (*value).into(),
            Repr::Long(value) => *value,
            Repr::Big(value) => {
                let mut bytes = [if self.is_negative() { 0xff } else { 0 }; 8];
                for (to, from) in bytes.iter_mut().zip(value.to_signed_bytes_le()) {
                    *to = from;
                }
                i64::from_le_bytes(bytes)
            }
        }
    }

    pub(crate) fn add(&self, other: &Self, limits: &Limits) -> Result<Self, LimitExceeded> {
        self.combine(other, limits, i64::checked_add, bits_of_sum, |a, b| a + b)
    }

    pub(crate) fn subtract(&self, other: &Self, limits: &Limits) -> Result<Self, LimitExceeded> {
        self.combine(other, limits, i64::checked_sub, bits_of_sum, |a, b| a - b)
    }

    pub(crate) fn multiply(&self, other: &Self, limits: &Limits) -> Result<Self, LimitExceeded> {
        let bits = |a, b| a + b;
        self.combine(other, limits, i64::checked_mul, bits, |a, b| a * b)
    }

    /// The quotient, truncated toward zero; `None` for a division by zero.
    pub(crate) fn divide(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        // Of longs Java wraps the one quotient that does not fit.
        Some(match self.small_with(other) {
            Some((a, b)) => self.wrap(other, a.wrapping_div(b)),
            None => Self::big(self.to_big() / other.to_big()),
        })
    }

    /// The remainder with the dividend's sign; `None` for a division by zero.
    pub(crate) fn remainder(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        Some(match self.small_with(other) {
            Some((a, b)) => self.wrap(other, a.wrapping_rem(b)),
            None => Self::big(self.to_big() % other.to_big()),
        })
    }

    /// The number with the other sign.
    pub(crate) fn negate(&self) -> Self {
        match &self.0 {
            Repr::Integer(value) => (-i64::from(*value)).into(),
            Repr::Long(value) => value
                .checked_neg()
                .map_or_else(|| Self::big(-self.to_big()), Self::long),
            Repr::Big(value) => Self::big(-&**value),
        }
    }

    /// What Java's `hashCode()` gives.
    pub(crate) fn hash_code(&self) -> i32 {
        match &self.0 {
            Repr::Integer(value) => *value,
            Repr::Long(value) => fold(value.cast_unsigned()),
            Repr::Big(value) => hash_big(value),
        }
    }

    fn combine(
        &self,
        other: &Self,
        limits: &Limits,
        small: fn(i64, i64) -> Option<i64>,
        most_bits: fn(u64, u64) -> u64,
        big: fn(BigInt, BigInt) -> BigInt,
    ) -> Result<Self, LimitExceeded> {
        if let Some((a, b)) = self.small_with(other)
            && let Some(value) = small(a, b)
        {
            return Ok(self.wrap(other, value));
        }
        let (a, b) = (self.to_big(), other.to_big());
        check_digits(most_bits(a.bits(), b.bits()), limits)?;
        Ok(Self::big(big(a, b)))
    }

    /// Both values, if neither is a `BigInteger`.
    fn small_with(&self, other: &Self) -> Option<(i64, i64)> {
        let small = |number: &Self| match number.0 {
            Repr::Integer(value) => Some(i64::from(value)),
            Repr::Long(value) => Some(value),
            Repr::Big(_) => None,
        };
        small(self).zip(small(other))
    }

    /// A result of the larger class of two operands, or a larger one if it must be.
    fn wrap(&self, other: &Self, value: i64) -> Self {
        match self.class().max(other.class()) {
            IntClass::Integer => value.into(),
            _ => Self::long(value),
        }
    }

    pub(crate) fn to_big(&self) -> BigInt {
        match &self.0 {
            Repr::Integer(value) => (*value).into(),
            Repr::Long(value) => (*value).into(),
            Repr::Big(value) => (**value).clone(),
        }
    }
}

/// How many bits a sum or a difference of numbers of so many bits can have.
fn bits_of_sum(a: u64, b: u64) -> u64 {
    a.max(b) + 1
}

/// Checks the size of a number about to be made; a decimal digit is worth a little less than ten
/// thirds of a bit.
pub(crate) fn check_digits(bits: u64, limits: &Limits) -> Result<(), LimitExceeded> {
    if bits > (limits.digits as u64).saturating_mul(10) / 3 + 1 {
        return Err(LimitExceeded::Digits(limits.digits));
    }
    Ok(())
}

/// Java's hash of a `BigInteger`: of the 32-bit digits of its magnitude, then the sign.
pub(super) fn hash_big(value: &BigInt) -> i32 {
    let digits = value.magnitude().to_u32_digits();
    let hash = digits.iter().rev().fold(0i32, |hash, digit| {
        hash.wrapping_mul(31).wrapping_add(digit.cast_signed())
    });
    match value.sign() {
        num_bigint::Sign::Minus => hash.wrapping_neg(),
        _ => hash,
    }
}

impl PartialEq for Int {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Int {}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.small_with(other), &self.0, &other.0) {
            (Some((a, b)), _, _) => a.cmp(&b),
            (None, Repr::Big(a), Repr::Big(b)) => a.cmp(b),
            (None, _, _) => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Int {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match (self.as_i64(), &self.0) {
            // Equal numbers have equal hashes, whatever their class.
            (Some(value), _) => value.hash(state),
            (None, Repr::Big(value)) => value.hash(state),
            (None, _) => self.wrapping_i64().hash(state),
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Integer(value) => value.fmt(f),
            Repr::Long(value) => value.fmt(f),
            Repr::Big(value) => value.fmt(f),
        }
    }
}

impl From<i64> for Int {
    /// An `Integer` if the value fits 32 bits, else a `Long`.
    fn from(value: i64) -> Self {
        Self(i32::try_from(value).map_or(Repr::Long(value), Repr::Integer))
    }
}

impl From<i32> for Int {
    fn from(value: i32) -> Self {
        Self(Repr::Integer(value))
    }
}

impl From<u32> for Int {
    fn from(value: u32) -> Self {
        i64::from(value).into()
    }
}

impl From<u64> for Int {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or_else(|_| Self::big(value.into()), Self::from)
    }
}

impl From<usize> for Int {
    fn from(value: usize) -> Self {
        (value as u64).into()
    }
}
