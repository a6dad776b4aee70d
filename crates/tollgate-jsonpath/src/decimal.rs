//! Decimal numbers of any size, compared and printed as Java's `BigDecimal`.

use std::cmp::Ordering;
use std::fmt;

use crate::java_text::java_double;
use crate::node::Number;

/// An exact decimal number: `digits * 10^-scale`.
#[derive(Clone, Debug)]
pub(crate) struct Decimal {
    negative: bool,
    /// Without leading zeros; `0` for zero.
    digits: String,
    scale: i64,
}

impl Decimal {
    /// Reads what `new BigDecimal(text)` reads, but for digits outside ASCII.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (number, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], exponent(&text[at + 1..])?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let scale = i64::try_from(fraction.len()).ok()? - exponent;
        if i32::try_from(scale).is_err() {
            return None;
        }
        let mut digits = format!("{whole}{fraction}");
        let zeros = digits.bytes().take_while(|digit| *digit == b'0').count();
        digits.drain(..zeros.min(digits.len() - 1));
        Some(Self {
            negative: negative && digits != "0",
            digits,
            scale,
        })
    }

    /// The number as Java would convert it by way of its text; `None` for NaN and infinities.
    pub(crate) fn of(number: &Number<'_>) -> Option<Self> {
        match number {
            Number::Int(number) => Self::parse(&number.to_string()),
            Number::BigInt(digits) | Number::Decimal(digits) => Self::parse(digits),
            Number::Double(number) => Self::parse(&java_double(*number)),
        }
    }

    /// Compares by value: `1.0` equals `1`.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (0, 0) => Ordering::Equal,
            (one, two) if one != two => one.cmp(&two),
            (sign, _) => {
                let magnitude = self.compare_magnitude(other);
                if sign < 0 {
                    magnitude.reverse()
                } else {
                    magnitude
                }
            }
        }
    }

    fn sign(&self) -> i8 {
        match (self.digits.as_str(), self.negative) {
            ("0", _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        let significant = |number: &Self| number.digits.trim_end_matches('0').to_owned();
        self.exponent()
            .cmp(&other.exponent())
            .then_with(|| significant(self).cmp(&significant(other)))
    }

    /// The power of ten of the first digit.
    fn exponent(&self) -> i64 {
        let digits = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        (digits - 1).saturating_sub(self.scale)
    }
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<i32>().ok().map(i64::from)
}

/// The canonical form of `BigDecimal.toString()`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let exponent = self.exponent();
        if self.scale == 0 {
            return f.write_str(&self.digits);
        }
        if self.scale < 0 || exponent < -6 {
            let (first, rest) = self.digits.split_at(1);
            f.write_str(first)?;
            if !rest.is_empty() {
                write!(f, ".{rest}")?;
            }
            return if exponent == 0 {
                Ok(())
            } else {
                write!(f, "E{exponent:+}")
            };
        }
        let scale = usize::try_from(self.scale).unwrap_or(usize::MAX);
        match self.digits.len().checked_sub(scale) {
            Some(point) if point > 0 => {
                write!(f, "{}.{}", &self.digits[..point], &self.digits[point..])
            }
            _ => write!(f, "0.{:0>scale$}", self.digits),
        }
    }
}

/// Orders two numbers by value; `None` if one is not a number.
pub(crate) fn compare_numbers(left: &Number<'_>, right: &Number<'_>) -> Option<Ordering> {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => Some(left.cmp(right)),
        (Number::Double(left), Number::Double(right)) => left.partial_cmp(right),
        (Number::Int(left), Number::Double(right)) => match exact_double(*left) {
            Some(left) => left.partial_cmp(right),
            None => compare_decimals(&Number::Int(*left), &Number::Double(*right)),
        },
        (Number::Double(_), Number::Int(_)) => compare_numbers(right, left).map(Ordering::reverse),
        _ => compare_decimals(left, right),
    }
}

fn compare_decimals(left: &Number<'_>, right: &Number<'_>) -> Option<Ordering> {
    Some(Decimal::of(left)?.compare(&Decimal::of(right)?))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "every whole number up to 2^53 is a double"
)]
fn exact_double(number: i64) -> Option<f64> {
    (number.unsigned_abs() <= 1 << 53).then_some(number as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_java_does() {
        for (text, expected) in [
            ("1", "1"),
            ("-0", "0"),
            ("1.50", "1.50"),
            ("007", "7"),
            ("1.0E10", "1.0E+10"),
            ("1e3", "1E+3"),
            ("1.0E-5", "0.000010"),
            ("1.0E-7", "1.0E-7"),
            ("0.00", "0.00"),
            ("-12.5", "-12.5"),
            (".5", "0.5"),
            ("5.", "5"),
        ] {
            let printed = Decimal::parse(text).map(|number| number.to_string());
            assert_eq!(printed.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in [
            "",
            "-",
            ".",
            "1e",
            "e1",
            "1.2.3",
            "1-2",
            "NaN",
            "0x1",
            "1e99999999999",
        ] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn orders_by_value() {
        for (left, right, expected) in [
            ("1", "1.0", Ordering::Equal),
            ("1e2", "100.00", Ordering::Equal),
            ("-1", "1", Ordering::Less),
            ("-2", "-1", Ordering::Less),
            ("0", "-0.0", Ordering::Equal),
            ("0", "0.1", Ordering::Less),
            ("9", "10", Ordering::Less),
            (
                "12345678901234567891",
                "12345678901234567890",
                Ordering::Greater,
            ),
            ("0.1", "0.1000000000000000000001", Ordering::Less),
        ] {
            let (one, two) = (Decimal::parse(left), Decimal::parse(right));
            let order = one.zip(two).map(|(one, two)| one.compare(&two));
            assert_eq!(order, Some(expected), "{left} {right}");
        }
    }

    #[test]
    fn a_double_has_the_value_of_its_text() {
        let tenth = Number::Double(0.1);
        let literal = Number::Decimal("0.1".into());
        assert_eq!(compare_numbers(&tenth, &literal), Some(Ordering::Equal));
        let big = Number::Int(9_007_199_254_740_993);
        let rounded = Number::Double(9_007_199_254_740_992.0);
        assert_eq!(compare_numbers(&big, &rounded), Some(Ordering::Greater));
        assert_eq!(compare_numbers(&Number::Double(f64::NAN), &tenth), None);
    }
}
