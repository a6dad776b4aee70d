//! Decimal fractions of any size: Java's `BigDecimal`.
//!
//! Velocity computes with them where a big whole number meets a fraction, and Velocity 2.x also
//! for strings that hold a number.

use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use num_bigint::{BigInt, Sign};

use super::int::check_digits;
use crate::limits::{LimitExceeded, Limits};

/// `unscaled * 10^-scale`. The scale is part of what is printed, as in Java.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(Rc<Parts>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Parts {
    unscaled: BigInt,
    scale: i32,
}

/// Largest magnitude of a scale; it bounds how far numbers are widened to a common one.
const MAX_SCALE: i32 = 1_100;

impl Decimal {
    fn new(unscaled: BigInt, scale: i32) -> Self {
        Self(Rc::new(Parts { unscaled, scale }))
    }

    /// Reads what Java's constructor takes: digits, a point, an exponent; no blanks.
    pub(crate) fn parse(text: &str, limits: &Limits) -> Option<Self> {
        if text.len() > limits.digits {
            return None;
        }
        let (number, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let unsigned = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        let digits = [unsigned, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if scale.abs() > MAX_SCALE {
            return None;
        }
        let magnitude: BigInt = digits.parse().ok()?;
        let unscaled = if whole.starts_with('-') {
            -magnitude
        } else {
            magnitude
        };
        Some(Self::new(unscaled, scale))
    }

    /// The number a double prints as, which is how Velocity 2.x takes one; none if it is not
    /// finite.
    pub(crate) fn shortest(number: f64) -> Option<Self> {
        let mut text = String::new();
        super::double::print(number, &mut text);
        Self::parse(&text, &Limits::default())
    }

    /// The very number a double is, which is how Velocity 1.7 takes one; none if it is not finite.
    pub(crate) fn exact(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let bits = number.to_bits();
        let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) as i32 & 0x7ff);
        let (mantissa, exponent) = match exponent {
            0 => (fraction, -1074),
            _ => (fraction | 1 << 52, exponent - 1075),
        };
        let zeros = mantissa.trailing_zeros().min(63) as i32;
        let mantissa = BigInt::from(mantissa >> zeros);
        let mantissa = if number < 0.0 { -mantissa } else { mantissa };
        let exponent = exponent + zeros;
        Some(match u32::try_from(exponent) {
            _ if mantissa.sign() == Sign::NoSign => Self::new(mantissa, 0),
            Ok(exponent) => Self::new(mantissa << exponent, 0),
            // One half is five tenths.
            Err(_) => {
                let five = BigInt::from(5).pow(exponent.unsigned_abs());
                Self::new(mantissa * five, -exponent)
            }
        })
    }

    pub(crate) fn from_big(number: BigInt) -> Self {
        Self::new(number, 0)
    }

    pub(crate) fn to_f64(&self) -> f64 {
        // Java's text for a decimal is one Rust reads.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The whole part.
    pub(crate) fn to_big(&self) -> BigInt {
        let Parts { unscaled, scale } = &*self.0;
        match u32::try_from(*scale) {
            Ok(scale) => unscaled / power(scale),
            Err(_) => unscaled * power(scale.unsigned_abs()),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.unscaled.sign() == Sign::NoSign
    }

    /// What Java's `hashCode()` gives: of a compact value that of its low and high half, else that
    /// of the whole number.
    pub(crate) fn hash_code(&self) -> i32 {
        let unscaled = match i64::try_from(&self.0.unscaled) {
            Ok(value) if value != i64::MIN => {
                let magnitude = value.unsigned_abs();
                let hash = ((magnitude >> 32) as i32)
                    .wrapping_mul(31)
                    .wrapping_add(magnitude as i32);
                if value < 0 { hash.wrapping_neg() } else { hash }
            }
            _ => super::int::hash_big(&self.0.unscaled),
        };
        unscaled.wrapping_mul(31).wrapping_add(self.0.scale)
    }

    /// Size of the unscaled value.
    pub(crate) fn bits(&self) -> u64 {
        self.0.unscaled.bits()
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.0.unscaled.sign() == Sign::Minus
    }

    /// The digits without sign, and how many of them stand behind the point.
    pub(crate) fn digits(&self) -> (String, i32) {
        (self.0.unscaled.magnitude().to_string(), self.0.scale)
    }

    pub(crate) fn scale(&self) -> i32 {
        self.0.scale
    }

    pub(crate) fn negate(&self) -> Self {
        Self::new(-&self.0.unscaled, self.0.scale)
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let (a, b, scale) = self.aligned(other);
        Self::new(a + b, scale)
    }

    pub(crate) fn subtract(&self, other: &Self) -> Self {
        self.add(&other.negate())
    }

    pub(crate) fn multiply(&self, other: &Self, limits: &Limits) -> Result<Self, LimitExceeded> {
        let (a, b) = (&*self.0, &*other.0);
        check_digits(a.unscaled.bits() + b.unscaled.bits(), limits)?;
        let scale = a.scale + b.scale;
        if scale.abs() > MAX_SCALE {
            return Err(LimitExceeded::Digits(limits.digits));
        }
        Ok(Self::new(&a.unscaled * &b.unscaled, scale))
    }

    /// The quotient with this number's scale, halves rounded toward zero; none for a division by
    /// zero.
    pub(crate) fn divide(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let (mut dividend, mut divisor) = (self.0.unscaled.clone(), other.0.unscaled.clone());
        match u32::try_from(other.0.scale) {
            Ok(scale) => dividend *= power(scale),
            Err(_) => divisor *= power(other.0.scale.unsigned_abs()),
        }
        let quotient = &dividend / &divisor;
        let rest: BigInt = &dividend - &quotient * &divisor;
        let rounds_away = rest.magnitude() * 2u32 > *divisor.magnitude();
        let quotient = match (rounds_away, dividend.sign() == divisor.sign()) {
            (false, _) => quotient,
            (true, true) => quotient + 1,
            (true, false) => quotient - 1,
        };
        Some(Self::new(quotient, self.0.scale))
    }

    /// The order by value.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }

    /// Both unscaled values at their larger scale.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i32) {
        let scale = self.0.scale.max(other.0.scale);
        let widen = |number: &Self| &number.0.unscaled * power(number.0.scale.abs_diff(scale));
        (widen(self), widen(other), scale)
    }
}

fn power(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

impl fmt::Display for Decimal {
    /// As Java's `toString()`: plain, or with an exponent where the scale is negative or far
    /// beyond the digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unscaled.magnitude().to_string();
        let scale = i64::from(self.0.scale);
        let length = digits.len() as i64;
        let exponent = length - 1 - scale;
        if self.0.unscaled.sign() == Sign::Minus {
            f.write_str("-")?;
        }
        if scale == 0 {
            return f.write_str(&digits);
        }
        if scale > 0 && exponent >= -6 {
            let whole = length - scale;
            let Ok(whole @ 1..) = usize::try_from(whole) else {
                let zeros = usize::try_from(-whole).unwrap_or_default();
                return write!(f, "0.{}{digits}", "0".repeat(zeros));
            };
            return write!(f, "{}.{}", &digits[..whole], &digits[whole..]);
        }
        f.write_str(&digits[..1])?;
        if length > 1 {
            write!(f, ".{}", &digits[1..])?;
        }
        match exponent {
            0 => Ok(()),
            _ => write!(f, "E{exponent:+}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text, &Limits::default()).unwrap()
    }

    #[test]
    fn prints_like_java() {
        for (text, expected) in [
            ("12", "12"),
            ("-1.50", "-1.50"),
            (".5", "0.5"),
            ("0.0000015", "0.0000015"),
            ("0.00000015", "1.5E-7"),
            ("1e3", "1E+3"),
            ("12E1", "1.2E+2"),
            ("0e3", "0E+3"),
        ] {
            assert_eq!(decimal(text).to_string(), expected);
        }
        for text in ["", "x", " 1", "1 ", "1e", "e1", ".", "0x1", "1e99999"] {
            assert!(Decimal::parse(text, &Limits::default()).is_none(), "{text}");
        }
    }

    #[test]
    fn computes_like_java() {
        let limits = Limits::default();
        let (a, b) = (decimal("7.50"), decimal("-2"));
        assert_eq!(a.add(&b).to_string(), "5.50");
        assert_eq!(a.subtract(&b).to_string(), "9.50");
        assert_eq!(a.multiply(&b, &limits).unwrap().to_string(), "-15.00");
        assert_eq!(a.divide(&b).unwrap().to_string(), "-3.75");
        assert_eq!(decimal("1").divide(&b).unwrap().to_string(), "0");
        assert_eq!(decimal("7").divide(&decimal("4")).unwrap().to_string(), "2");
        assert_eq!(a.compare(&decimal("7.5")), Ordering::Equal);
        assert!(a.divide(&decimal("0.0")).is_none());
    }
}
