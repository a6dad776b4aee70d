//! A limit in the integers of the script.

use std::sync::Arc;
use std::time::Duration;

use tollgate_core::RateLimit;

use crate::store::{Kind, Mode, Owner, StoredLimit};
use crate::{QuotaLimit, Window};

/// Tokens that are fetched at a time, at most.
pub const MOST_LEASED: u32 = 100;

/// A lease is what the rate brings in so long, at most.
const LEASED_TIME: f64 = 0.020;

/// Millionths of a token.
pub(super) const TOKEN: u64 = 1_000_000;

/// The largest factor whose product with a second's microseconds is exact in Lua.
const MOST_NUMERATOR: f64 = 9e9;

/// The largest number that the script counts to.
pub(super) const MOST: u64 = 1 << 52;

/// What the script must know of a limit.
#[derive(Debug)]
pub(super) enum Terms {
    Bucket {
        rate: RateLimit,
        numerator: u64,
        denominator: u64,
        capacity: u64,
        /// Tokens that are fetched at a time.
        most: u32,
    },
    Quota {
        limit: Arc<QuotaLimit>,
        owner: Arc<Owner>,
        most: u32,
    },
}

impl Terms {
    /// `None` where the limit need not be shared.
    pub(super) fn of(limit: &StoredLimit) -> Option<Self> {
        let is_exact = limit.mode == Some(Mode::Exact);
        match &limit.kind {
            _ if limit.mode == Some(Mode::Local) => None,
            Kind::Rate(bucket) => {
                let rate = bucket.limit();
                // Such a limit admits nothing anyway.
                let admits = rate.rate() > 0.0 && rate.burst() > 0;
                let most = if is_exact { 1 } else { leased(rate) };
                admits.then(|| Self::bucket(rate, most))
            }
            Kind::Quota { limit, owner, .. } => Some(Self::Quota {
                limit: Arc::clone(limit),
                owner: Arc::clone(owner),
                most: if is_exact { 1 } else { MOST_LEASED },
            }),
        }
    }

    fn bucket(rate: RateLimit, most: u32) -> Self {
        let mut denominator = 1_000_000_u32;
        while denominator > 1 && rate.rate() * f64::from(denominator) > MOST_NUMERATOR {
            denominator /= 1_000;
        }
        let numerator = (rate.rate() * f64::from(denominator)).min(MOST_NUMERATOR);
        Self::Bucket {
            rate,
            numerator: whole(numerator),
            denominator: denominator.into(),
            capacity: u64::from(rate.burst()) * TOKEN,
            most,
        }
    }

    /// How many are fetched at a time, at most.
    pub(super) const fn most(&self) -> u32 {
        match self {
            Self::Bucket { most, .. } | Self::Quota { most, .. } => *most,
        }
    }

    /// How long a refusal is remembered: until half a lease can be there again.
    pub(super) fn refused_for(&self) -> Duration {
        const LONGEST: Duration = Duration::from_millis(20);
        match self {
            Self::Bucket { rate, most, .. } => {
                let half = f64::from(*most) / 2.0 / rate.rate();
                Duration::try_from_secs_f64(half).map_or(LONGEST, |half| half.min(LONGEST))
            }
            Self::Quota { .. } => LONGEST,
        }
    }
}

/// What a window of a quota admits, in the script's numbers.
pub(super) fn admitted(limit: &QuotaLimit, window: Window) -> u64 {
    limit.limit(window).min(MOST)
}

fn leased(rate: RateLimit) -> u32 {
    let in_time = rate.rate() * LEASED_TIME;
    let in_time = u32::try_from(whole(in_time.min(f64::from(MOST_LEASED)))).unwrap_or(MOST_LEASED);
    in_time.min(rate.burst() / 4).clamp(1, MOST_LEASED)
}

/// The whole part of a number that is not negative and below 2^53.
fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is not negative, and the whole part is meant"
    )]
    {
        number as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_in_integers_that_lua_holds() {
        for (rate, burst, expected) in [
            (1_000.0, 200, (1_000_000_000, 1_000_000, 20)),
            (0.1, 5, (100_000, 1_000_000, 1)),
            (50.0, 100, (50_000_000, 1_000_000, 1)),
            (100.0, 100, (100_000_000, 1_000_000, 2)),
            (5_000.0, 10_000, (5_000_000_000, 1_000_000, 100)),
            (5_000.0, 8, (5_000_000_000, 1_000_000, 2)),
            (10_000.0, 5_000, (10_000_000, 1_000, 100)),
            (1e6, u32::MAX, (1_000_000_000, 1_000, 100)),
            (1e9, 1, (1_000_000_000, 1, 1)),
            (1e300, 1, (9_000_000_000, 1, 1)),
            (1e-300, 1, (0, 1_000_000, 1)),
        ] {
            let rate = RateLimit::new(rate, burst).expect("it is a rate");
            let terms = Terms::bucket(rate, leased(rate));
            let Terms::Bucket {
                numerator,
                denominator,
                most,
                ..
            } = terms
            else {
                panic!("{terms:?}");
            };
            assert_eq!((numerator, denominator, most), expected, "{rate:?}");
            assert!(numerator * 1_000_000 < 1 << 53);
        }
    }
}
