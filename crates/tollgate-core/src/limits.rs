//! What limits are made of: rates, bursts, quotas and their periods.

use thiserror::Error;

/// A throttle: how many requests a second, and how many at once (`throttlingRateLimit` and
/// `throttlingBurstLimit`; `rateLimit` and `burstLimit` of usage plans).
///
/// It describes a token bucket: the burst is the bucket's size, and the rate is what refills it. A
/// rate or a burst of zero admits nothing (decided; the service's own behaviour is not known).
///
/// ```
/// use tollgate_core::RateLimit;
///
/// let limit = RateLimit::new(0.1, 5)?;
/// assert_eq!((limit.rate(), limit.burst()), (0.1, 5));
/// assert!(RateLimit::new(-1.0, 5).is_err());
/// # Ok::<(), tollgate_core::InvalidRate>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    rate: f64,
    burst: u32,
}

/// A rate that is no number of requests a second.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("a rate of {0} requests a second: expected a number that is not negative")]
pub struct InvalidRate(pub f64);

impl RateLimit {
    /// So many requests a second, and so many at once.
    ///
    /// # Errors
    ///
    /// [`InvalidRate`] where the rate is negative, infinite or no number.
    pub fn new(rate: f64, burst: u32) -> Result<Self, InvalidRate> {
        if rate.is_finite() && rate >= 0.0 {
            Ok(Self { rate, burst })
        } else {
            Err(InvalidRate(rate))
        }
    }

    /// Requests a second.
    #[must_use]
    pub const fn rate(self) -> f64 {
        self.rate
    }

    /// Requests at once.
    #[must_use]
    pub const fn burst(self) -> u32 {
        self.burst
    }
}

/// The period of a quota, a part of the calendar in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "UPPERCASE"))]
pub enum QuotaPeriod {
    /// From midnight to midnight.
    Day,
    /// Seven days.
    Week,
    /// From the first day of a month to the next.
    Month,
}

impl QuotaPeriod {
    /// The name that AWS gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Month => "MONTH",
        }
    }

    /// The offsets that the service accepts (the messages of its own errors).
    const fn longest_offset(self) -> u32 {
        match self {
            Self::Day => 0,
            Self::Week => 6,
            Self::Month => 27,
        }
    }
}

/// A quota: how many requests in a period.
///
/// ```
/// use tollgate_core::{Quota, QuotaPeriod};
///
/// let quota = Quota::new(1_000, QuotaPeriod::Month, 0)?;
/// assert_eq!((quota.limit(), quota.period()), (1_000, QuotaPeriod::Month));
/// let error = Quota::new(1_000, QuotaPeriod::Week, 7).unwrap_err().to_string();
/// assert_eq!(error, "Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period");
/// # Ok::<(), tollgate_core::InvalidQuotaOffset>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    limit: u64,
    period: QuotaPeriod,
    offset: u32,
}

/// An offset that the period does not take, in the service's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Usage Plan quota offset must be {} in the {} period", self.expected(), .0.as_str())]
pub struct InvalidQuotaOffset(pub QuotaPeriod);

impl InvalidQuotaOffset {
    fn expected(self) -> &'static str {
        match self.0 {
            QuotaPeriod::Day => "zero",
            QuotaPeriod::Week => "between 0 and 6 inclusive",
            QuotaPeriod::Month => "between 0 and 27 inclusive",
        }
    }
}

impl Quota {
    /// So many requests in each period; in the first one, `offset` fewer (API reference,
    /// `QuotaSettings`).
    ///
    /// # Errors
    ///
    /// [`InvalidQuotaOffset`] where the service takes no such offset.
    pub const fn new(
        limit: u64,
        period: QuotaPeriod,
        offset: u32,
    ) -> Result<Self, InvalidQuotaOffset> {
        if offset > period.longest_offset() {
            return Err(InvalidQuotaOffset(period));
        }
        Ok(Self {
            limit,
            period,
            offset,
        })
    }

    /// Requests in a period.
    #[must_use]
    pub const fn limit(self) -> u64 {
        self.limit
    }

    /// The period.
    #[must_use]
    pub const fn period(self) -> QuotaPeriod {
        self.period
    }

    /// Requests fewer in the first period.
    #[must_use]
    pub const fn offset(self) -> u32 {
        self.offset
    }
}
