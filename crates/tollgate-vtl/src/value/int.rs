//! Whole numbers that grow instead of overflowing.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use num_bigint::BigInt;

use crate::limits::{LimitExceeded, Limits};

/// A whole number: Java's `Integer`, `Long` and `BigInteger` in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Int(Repr);

/// Numbers that fit 64 bits are always `Small`, so that derived equality is by value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Repr {
    Small(i64),
    Big(Rc<BigInt>),
}

impl Int {
    /// The value, if it fits 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Small(value) => Some(value),
            Repr::Big(_) => None,
        }
    }

    /// Reads decimal digits with an optional minus.
    pub(crate) fn parse(digits: &str, limits: &Limits) -> Result<Option<Self>, LimitExceeded> {
        if let Ok(value) = digits.parse() {
            return Ok(Some(Self(Repr::Small(value))));
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
        Ok(digits.parse().ok().map(Self::from_big))
    }

    /// The value as the nearest double.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Small(value) => *value as f64,
            Repr::Big(value) => value
                .to_string()
                .parse()
                .expect("decimal digits are a floating-point number"),
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(value) => *value < 0,
            Repr::Big(value) => value.sign() == num_bigint::Sign::Minus,
        }
    }

    /// The low 64 bits, as Java's `longValue()` gives them.
    pub(crate) fn wrapping_i64(&self) -> i64 {
        match &self.0 {
            Repr::Small(value) => *value,
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
        self.combine(other, limits, i64::checked_add, |a, b| a + b)
    }

    pub(crate) fn subtract(&self, other: &Self, limits: &Limits) -> Result<Self, LimitExceeded> {
        self.combine(other, limits, i64::checked_sub, |a, b| a - b)
    }

    pub(crate) fn multiply(&self, other: &Self, limits: &Limits) -> Result<Self, LimitExceeded> {
        self.combine(other, limits, i64::checked_mul, |a, b| a * b)
    }

    /// The quotient, truncated toward zero; `None` for a division by zero.
    pub(crate) fn divide(&self, other: &Self) -> Option<Self> {
        match (&self.0, &other.0) {
            (_, Repr::Small(0)) => None,
            (Repr::Small(a), Repr::Small(b)) if *b != -1 => Some((a / b).into()),
            _ => Some(Self::from_big(self.to_big() / other.to_big())),
        }
    }

    /// The remainder with the dividend's sign; `None` for a division by zero.
    pub(crate) fn remainder(&self, other: &Self) -> Option<Self> {
        match (&self.0, &other.0) {
            (_, Repr::Small(0)) => None,
            (Repr::Small(a), Repr::Small(b)) => Some(a.wrapping_rem(*b).into()),
            _ => Some(Self::from_big(self.to_big() % other.to_big())),
        }
    }

    fn combine(
        &self,
        other: &Self,
        limits: &Limits,
        small: fn(i64, i64) -> Option<i64>,
        big: fn(BigInt, BigInt) -> BigInt,
    ) -> Result<Self, LimitExceeded> {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0)
            && let Some(value) = small(*a, *b)
        {
            return Ok(value.into());
        }
        let (a, b) = (self.to_big(), other.to_big());
        // A decimal digit is worth a little more than three bits.
        if a.bits() + b.bits() > limits.digits as u64 * 3 {
            return Err(LimitExceeded::Digits(limits.digits));
        }
        Ok(Self::from_big(big(a, b)))
    }

    fn to_big(&self) -> BigInt {
        match &self.0 {
            Repr::Small(value) => (*value).into(),
            Repr::Big(value) => (**value).clone(),
        }
    }

    fn from_big(value: BigInt) -> Self {
        match i64::try_from(&value) {
            Ok(small) => small.into(),
            Err(_) => Self(Repr::Big(Rc::new(value))),
        }
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            _ => self.to_big().cmp(&other.to_big()),
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
        self.wrapping_i64().hash(state);
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(value) => value.fmt(f),
            Repr::Big(value) => value.fmt(f),
        }
    }
}

impl From<i64> for Int {
    fn from(value: i64) -> Self {
        Self(Repr::Small(value))
    }
}

impl From<i32> for Int {
    fn from(value: i32) -> Self {
        Self(Repr::Small(value.into()))
    }
}

impl From<u32> for Int {
    fn from(value: u32) -> Self {
        Self(Repr::Small(value.into()))
    }
}

impl From<u64> for Int {
    fn from(value: u64) -> Self {
        Self::from_big(value.into())
    }
}

impl From<usize> for Int {
    fn from(value: usize) -> Self {
        (value as u64).into()
    }
}
