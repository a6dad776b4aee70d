//! Time comes in through a seam, so that tests can set it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One reading of a [`Clock`]: how long since some fixed moment, and what time it is.
///
/// Intervals are taken from the monotonic part, which never goes back; dates from the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Time since the clock's own beginning; never goes back.
    pub monotonic: Duration,
    /// Time since 1970-01-01T00:00:00Z; may jump when the machine's clock is set.
    pub unix: Duration,
}

impl Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z, as `$context.requestTimeEpoch` shows them.
    #[must_use]
    pub fn epoch_millis(&self) -> u64 {
        // 2^64 milliseconds are half a billion years.
        u64::try_from(self.unix.as_millis()).unwrap_or(u64::MAX)
    }

    /// How long this moment is after an earlier one of the same clock; zero if it is not after it.
    #[must_use]
    pub const fn since(&self, earlier: Self) -> Duration {
        self.monotonic.saturating_sub(earlier.monotonic)
    }
}

/// Where everything reads the time from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// What time it is now.
    fn now(&self) -> Moment;
}

/// The machine's clock.
///
/// A reading is one tick of the processor's time-stamp counter; the date is asked of the operating
/// system at most once a second.
#[cfg(feature = "system")]
#[derive(Debug)]
pub struct SystemClock {
    counter: quanta::Clock,
    begin: quanta::Instant,
    /// What to add to the monotonic time to get nanoseconds since 1970.
    offset: AtomicU64,
    /// Monotonic nanoseconds at which the offset is read anew.
    stale_at: AtomicU64,
}

#[cfg(feature = "system")]
impl SystemClock {
    const REFRESH_NANOS: u64 = 1_000_000_000;

    /// A clock that begins now.
    #[must_use]
    pub fn new() -> Self {
        let counter = quanta::Clock::new();
        let begin = counter.now();
        let clock = Self {
            counter,
            begin,
            offset: AtomicU64::new(0),
            stale_at: AtomicU64::new(0),
        };
        clock.refresh(0);
        clock
    }

    fn refresh(&self, monotonic: u64) {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let now = std::time::SystemTime::now();
        // A machine whose clock stands before 1970 serves the year 1970.
        let unix = now.duration_since(std::time::UNIX_EPOCH).map_or(0, nanos);
        self.offset
            .store(unix.saturating_sub(monotonic), Ordering::Relaxed);
        self.stale_at.store(
            monotonic.saturating_add(Self::REFRESH_NANOS),
            Ordering::Relaxed,
        );
    }
}

#[cfg(feature = "system")]
impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "system")]
impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let monotonic = nanos(self.counter.now().duration_since(self.begin));
        if monotonic >= self.stale_at.load(Ordering::Relaxed) {
            self.refresh(monotonic);
        }
        let unix = self
            .offset
            .load(Ordering::Relaxed)
            .saturating_add(monotonic);
        Moment {
            monotonic: Duration::from_nanos(monotonic),
            unix: Duration::from_nanos(unix),
        }
    }
}

/// A clock that stands still until it is told otherwise, for tests.
///
/// ```
/// use std::time::Duration;
/// use tollgate_core::{Clock, ManualClock};
///
/// let clock = ManualClock::at_unix(Duration::from_secs(1_700_000_000));
/// let before = clock.now();
/// clock.advance(Duration::from_millis(1_500));
/// assert_eq!(clock.now().since(before), Duration::from_millis(1_500));
/// assert_eq!(clock.now().epoch_millis(), 1_700_000_001_500);
/// ```
#[derive(Debug, Default)]
pub struct ManualClock {
    begin_unix_nanos: u64,
    elapsed_nanos: AtomicU64,
}

impl ManualClock {
    /// A clock that shows this time since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn at_unix(unix: Duration) -> Self {
        Self {
            begin_unix_nanos: nanos(unix),
            elapsed_nanos: AtomicU64::new(0),
        }
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.elapsed_nanos.fetch_add(nanos(by), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        let elapsed = self.elapsed_nanos.load(Ordering::Relaxed);
        Moment {
            monotonic: Duration::from_nanos(elapsed),
            unix: Duration::from_nanos(self.begin_unix_nanos.saturating_add(elapsed)),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    // 2^64 nanoseconds reach to the year 2554.
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(all(test, feature = "system"))]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_goes_forward_and_knows_the_date() {
        let clock = SystemClock::new();
        let first = clock.now();
        let second = clock.now();
        assert!(second.monotonic >= first.monotonic);
        let january_2024 = Duration::from_secs(1_704_067_200);
        assert!(first.unix > january_2024, "{first:?}");
    }
}
