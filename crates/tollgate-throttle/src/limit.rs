//! A rate and a burst, compiled to integers.

use tollgate_core::{Moment, RateLimit};

/// Bits that a bucket's size may have in units, so that no sum with a time overflows.
const MOST_CAPACITY_BITS: u32 = 62;

/// Bits that the rate of a limit has at most in its fraction: beyond them it is no rate.
const NANOS_A_SECOND: u32 = 1_000_000_000;

/// A [`RateLimit`] in the integers of a bucket.
///
/// Time is counted in units that make a token a whole number of them, a power of two: `units(now)` is
/// how many the rate has brought since the clock's beginning, rounded down once and not once per
/// request, so that nothing drifts. A unit is a nanosecond or a little more, and longer where a burst
/// is large and slow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limit {
    /// Units a nanosecond, in 2^-64.
    scale: u64,
    /// Units of one token.
    token: u64,
    /// Units of the whole bucket.
    capacity: u64,
    rate: RateLimit,
}

impl Limit {
    pub(crate) fn new(rate: RateLimit) -> Self {
        let (per_second, burst) = (rate.rate(), rate.burst());
        if per_second <= 0.0 || burst == 0 {
            return Self {
                scale: 0,
                token: 1,
                capacity: 0,
                rate,
            };
        }
        let most = MOST_CAPACITY_BITS - (u32::BITS - burst.leading_zeros());
        let mut shift = 0;
        while shift < most && per_second * pow2(shift + 1) <= f64::from(NANOS_A_SECOND) {
            shift += 1;
        }
        let token = 1 << shift;
        Self {
            scale: scale(per_second, shift),
            token,
            capacity: token * u64::from(burst),
            rate,
        }
    }

    pub(crate) const fn rate(&self) -> RateLimit {
        self.rate
    }

    pub(crate) const fn token(&self) -> u64 {
        self.token
    }

    pub(crate) const fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Units since the clock's beginning.
    #[inline]
    pub(crate) fn units(&self, now: Moment) -> u64 {
        high(now.monotonic_nanos(), self.scale)
    }

    /// Nanoseconds that bring so many units; `None` where none do.
    pub(crate) fn nanos(&self, units: u64) -> Option<u64> {
        let nanos = (u128::from(units) << 64).div_ceil(u128::from(self.scale).max(1));
        let is_reached = self.scale > 0 && self.capacity > 0;
        is_reached.then(|| u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// The upper half of a product.
#[inline]
fn high(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    u64::try_from(product >> 64).unwrap_or(u64::MAX)
}

fn pow2(exponent: u32) -> f64 {
    f64::from(exponent).exp2()
}

/// `rate * 2^shift / 10^9`, in 2^-64, rounded down: never more than the rate.
fn scale(rate: f64, shift: u32) -> u64 {
    const FRACTION_BITS: u32 = 52;
    let bits = rate.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let exponent = i64::try_from(bits >> FRACTION_BITS).unwrap_or(0);
    let (digits, exponent) = match exponent {
        0 => (fraction, -1_074),
        exponent => (fraction | 1 << FRACTION_BITS, exponent - 1_075),
    };
    // The rate is digits * 2^exponent.
    let shift = exponent + i64::from(shift) + 64;
    let scaled = match u32::try_from(shift) {
        Ok(left) if left > digits.leading_zeros() + 64 => u128::MAX,
        Ok(left) => u128::from(digits) << left,
        Err(_) => {
            let right = u32::try_from(-shift).unwrap_or(u32::MAX);
            u128::from(digits).checked_shr(right).unwrap_or(0)
        }
    };
    u64::try_from(scaled / u128::from(NANOS_A_SECOND)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(nanos: u64) -> Moment {
        Moment::new(Duration::from_nanos(nanos), Duration::ZERO)
    }

    fn limit(rate: f64, burst: u32) -> Limit {
        Limit::new(RateLimit::new(rate, burst).expect("it is a rate"))
    }

    #[test]
    fn rates_bring_what_they_say_for_ever() {
        const YEAR: u64 = 365 * 86_400;
        for rate in [0.001, 0.1, 1.0, 3.0, 10_000.0, 123_456.789, 1e6, 1e9] {
            let limit = limit(rate, 10);
            for seconds in [1, 60, YEAR, 200 * YEAR] {
                let brought = limit.units(at(seconds * 1_000_000_000));
                let tokens = brought as f64 / limit.token() as f64;
                let expected = rate * seconds as f64;
                let error = (tokens - expected).abs();
                // A unit is lost once, and a token is a unit at least.
                let most = 1.0 / limit.token() as f64 + expected * 1e-15;
                assert!(error <= most, "{rate} {seconds} s: {tokens}");
                assert!(tokens <= expected * (1.0 + 1e-15), "{rate} {seconds} s");
            }
        }
    }

    #[test]
    fn large_bursts_that_are_slow_still_fit() {
        for rate in [1e-9, 1e-3, 1.0, 1e9, 1e300] {
            let limit = limit(rate, u32::MAX);
            assert!(limit.capacity() <= 1 << 62, "{rate}");
            assert_eq!(limit.capacity() / limit.token(), u64::from(u32::MAX));
        }
        assert_eq!(limit(1e-300, 1).units(at(u64::MAX)), 0);
        assert_eq!(limit(1e300, 1).units(at(1_000)), 999);
    }

    #[test]
    fn waits_are_long_enough() {
        for rate in [0.1, 3.0, 7.5, 10_000.0] {
            let limit = limit(rate, 5);
            for units in [1, limit.token(), limit.token() * 5] {
                let nanos = limit.nanos(units).expect("it comes some day");
                assert!(limit.units(at(nanos)) + 1 >= units, "{rate} {units}");
            }
        }
        assert_eq!(limit(0.0, 5).nanos(1), None);
        assert_eq!(limit(5.0, 0).nanos(1), None);
    }
}
