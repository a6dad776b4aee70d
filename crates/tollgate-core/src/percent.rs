//! Shares of the traffic.

use thiserror::Error;

use crate::Random;

/// How many requests of a hundred, from 0 to 100 (`percentTraffic` of a canary).
///
/// Who is one of them is drawn for each request anew.
///
/// ```
/// use tollgate_core::{Percent, SeededRandom};
///
/// let random = SeededRandom::new(7);
/// assert!(Percent::new(100.0)?.draw(&random));
/// assert!(!Percent::new(0.0)?.draw(&random));
/// assert!(Percent::new(100.1).is_err());
/// # Ok::<(), tollgate_core::InvalidPercent>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Percent(f64);

/// A number that is no share of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("a share of {0} percent: expected a number from 0 to 100")]
pub struct InvalidPercent(pub f64);

impl Percent {
    /// So many of a hundred.
    ///
    /// # Errors
    ///
    /// [`InvalidPercent`] where it is less than 0, more than 100 or no number.
    pub fn new(percent: f64) -> Result<Self, InvalidPercent> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self(percent))
        } else {
            Err(InvalidPercent(percent))
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Whether a request is one of them: a number in [0, 100) is drawn, and is less. At 100 all are, at
    /// 0 none is.
    #[must_use]
    pub fn draw(self, random: &dyn Random) -> bool {
        // As many bits as a float tells apart, so that the quotient stays below one.
        const STEPS: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;
        let drawn = (random.next_u64() >> (u64::BITS - f64::MANTISSA_DIGITS)) as f64;
        drawn / STEPS * 100.0 < self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same number for ever.
    #[derive(Debug)]
    struct Drawn(u64);

    impl Random for Drawn {
        fn next_u64(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn what_is_drawn_is_compared_with_the_share() {
        for (percent, drawn, expected) in [
            (0.0, 0, false),
            (-0.0, 0, false),
            (f64::MIN_POSITIVE, 0, true),
            (50.0, u64::MAX / 2, true),
            (50.0, u64::MAX / 2 + 1, false),
            (12.5, (u64::MAX >> 3) - 2048, true),
            (12.5, 1 << 61, false),
            (100.0, 0, true),
            (100.0, u64::MAX, true),
        ] {
            let percent = Percent::new(percent).unwrap();
            assert_eq!(
                percent.draw(&Drawn(drawn)),
                expected,
                "{percent:?}, {drawn}"
            );
        }
    }

    #[test]
    fn other_numbers_are_no_shares() {
        for percent in [-0.1, 100.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Percent::new(percent).is_err(), "{percent}");
        }
        let said = InvalidPercent(101.0).to_string();
        assert_eq!(
            said,
            "a share of 101 percent: expected a number from 0 to 100"
        );
    }
}
