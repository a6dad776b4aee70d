//! Decimal numbers, compared exactly.

/// Digits behind the point that are kept.
const SCALE: usize = 18;

/// A number of at most 20 digits before and 18 behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::policy) struct Decimal(i128);

impl Decimal {
    /// Reads an integer or decimal number, with an exponent if need be.
    ///
    /// `None` for other texts, and for numbers with more digits than can be kept.
    pub(in crate::policy) fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if digits().next().is_none() || !digits().all(|b| b.is_ascii_digit()) {
            return None;
        }

        // The place of the first digit: 1 for units, 0 for tenths.
        let mut place = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
        let mut number: i128 = 0;
        for digit in digits().map(|b| i128::from(b - b'0')) {
            place = place.checked_sub(1)?;
            if digit == 0 {
                continue;
            }
            let power = u32::try_from(place.checked_add(SCALE as i32)?).ok()?;
            let value = 10_i128.checked_pow(power)?.checked_mul(digit)?;
            number = number.checked_add(value)?;
        }
        Some(Self(if negative { -number } else { number }))
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::Decimal;

    #[test]
    fn compares_exactly() {
        for (a, b, expected) in [
            ("300", "300.0", Ordering::Equal),
            ("300", "1000", Ordering::Less),
            ("-1", "-2", Ordering::Greater),
            ("+0.5", ".5", Ordering::Equal),
            ("3e2", "300", Ordering::Equal),
            ("1.5E-1", "0.15", Ordering::Equal),
            ("-0", "0", Ordering::Equal),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("000000000000000000000000000001", "1", Ordering::Equal),
            ("1.0000000000000000000000000000", "1", Ordering::Equal),
        ] {
            let (a, b) = (Decimal::parse(a).unwrap(), Decimal::parse(b).unwrap());
            assert_eq!(a.cmp(&b), expected, "{a:?} {b:?}");
        }
    }

    #[test]
    fn refuses_what_is_no_number_or_too_long() {
        for text in [
            "",
            ".",
            "-",
            "+-1",
            "1 ",
            "0x10",
            "NaN",
            "inf",
            "1e",
            "1e99999999999",
            "1e40",
            "0.0000000000000000001",
            "1.2.3",
            "${aws:x}",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[-+0-9.eE]{0,24}") {
            let _: Option<Decimal> = Decimal::parse(&text);
        }

        #[test]
        fn orders_as_numbers_do(a in any::<i32>(), b in any::<i32>()) {
            let decimal = |n: i32| Decimal::parse(&(f64::from(n) / 8.0).to_string()).unwrap();
            prop_assert_eq!(decimal(a).cmp(&decimal(b)), a.cmp(&b));
        }
    }
}
