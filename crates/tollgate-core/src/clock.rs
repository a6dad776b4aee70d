//! Time comes in through a seam, so that tests can set it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One reading of a [`Clock`]: how long since some fixed moment, and what time it is.
///
/// Intervals are taken from the monotonic part, which never goes back; dates from the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    monotonic_nanos: u64,
    unix_nanos: u64,
}

impl Moment {
    /// So long after the clock's own beginning, and so long after 1970-01-01T00:00:00Z; each at most
    /// 584 years.
    #[must_use]
    pub fn new(monotonic: Duration, unix: Duration) -> Self {
        Self {
            monotonic_nanos: nanos(monotonic),
            unix_nanos: nanos(unix),
        }
    }

    /// Time since the clock's own beginning; never goes back.
    #[must_use]
    pub const fn monotonic(self) -> Duration {
        Duration::from_nanos(self.monotonic_nanos)
    }

    /// The same in nanoseconds.
    #[must_use]
    pub const fn monotonic_nanos(self) -> u64 {
        self.monotonic_nanos
    }

    /// Time since 1970-01-01T00:00:00Z; may jump when the machine's clock is set.
    #[must_use]
    pub const fn unix(self) -> Duration {
        Duration::from_nanos(self.unix_nanos)
    }

    /// The same in whole seconds.
    #[must_use]
    pub const fn unix_seconds(self) -> u64 {
        self.unix_nanos / 1_000_000_000
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, as `$context.requestTimeEpoch` shows them.
    #[must_use]
    pub const fn epoch_millis(self) -> u64 {
        self.unix_nanos / 1_000_000
    }

    /// How long this moment is after an earlier one of the same clock; zero if it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.monotonic_nanos.saturating_sub(earlier.monotonic_nanos))
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
/// system at most once a second. All clocks of a process began with the machine's counter, so that
/// their readings can be compared.
#[cfg(feature = "system")]
#[derive(Debug)]
pub struct SystemClock {
    counter: quanta::Clock,
    /// Nanoseconds of a tick, in 2^-64; nothing where they are one or more.
    nanos_a_tick: Option<u64>,
    /// What to add to the monotonic time to get nanoseconds since 1970.
    offset: AtomicU64,
    /// Monotonic nanoseconds at which the offset is read anew.
    stale_at: AtomicU64,
}

#[cfg(feature = "system")]
impl SystemClock {
    const REFRESH_NANOS: u64 = 1_000_000_000;

    /// The clock.
    #[must_use]
    pub fn new() -> Self {
        let counter = quanta::Clock::new();
        let is_fine = counter.delta_as_nanos(0, 1) == 0;
        let clock = Self {
            nanos_a_tick: is_fine.then(|| counter.delta_as_nanos(0, 1 << 63) << 1),
            counter,
            offset: AtomicU64::new(0),
            stale_at: AtomicU64::new(0),
        };
        clock.refresh(clock.elapsed());
        clock
    }

    fn elapsed(&self) -> u64 {
        let ticks = self.counter.raw();
        match self.nanos_a_tick {
            // Throttles wait for this: the upper half is there at once, what is shifted is not.
            Some(nanos) => high(ticks, nanos),
            None => self.counter.delta_as_nanos(0, ticks),
        }
    }

    /// Asks the operating system for the date, once a second.
    #[cold]
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
    #[inline]
    fn now(&self) -> Moment {
        let monotonic = self.elapsed();
        if monotonic >= self.stale_at.load(Ordering::Relaxed) {
            self.refresh(monotonic);
        }
        let unix = self
            .offset
            .load(Ordering::Relaxed)
            .saturating_add(monotonic);
        Moment {
            monotonic_nanos: monotonic,
            unix_nanos: unix,
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
            monotonic_nanos: elapsed,
            unix_nanos: self.begin_unix_nanos.saturating_add(elapsed),
        }
    }
}

/// The upper half of a product.
#[cfg(feature = "system")]
#[inline]
fn high(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    u64::try_from(product >> 64).unwrap_or(u64::MAX)
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
        assert!(second.monotonic() >= first.monotonic());
        assert!(SystemClock::new().now().monotonic() >= second.monotonic());
        let january_2024 = Duration::from_secs(1_704_067_200);
        assert!(first.unix() > january_2024, "{first:?}");
    }

    #[test]
    fn ticks_are_as_long_as_the_counter_says() {
        let clock = SystemClock::new();
        let Some(nanos_a_tick) = clock.nanos_a_tick else {
            println!("skipped: a tick of this machine is a nanosecond or longer");
            return;
        };
        for ticks in [0, 1, 1_000, 3_000_000_000, 1 << 56, 1 << 62, u64::MAX] {
            let expected = clock.counter.delta_as_nanos(0, ticks);
            let nanos = high(ticks, nanos_a_tick);
            assert!(expected - nanos <= 1, "{ticks} ticks: {nanos}, {expected}");
        }
    }
}
