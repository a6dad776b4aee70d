//! The windows of quotas: parts of the calendar in UTC.

use std::time::Duration;

use jiff::civil::{Date, Weekday, date};
use tollgate_core::{Moment, QuotaPeriod};

/// Seconds of a day; UTC has no others here.
const DAY_SECONDS: u64 = 86_400;

/// A day in UTC, as the number of days since 1970-01-01.
///
/// ```
/// use std::time::Duration;
///
/// use tollgate_core::{Clock, ManualClock};
/// use tollgate_throttle::Day;
///
/// let clock = ManualClock::at_unix(Duration::from_secs(1_709_251_200));
/// let day = Day::of(clock.now());
/// assert_eq!(day.to_string(), "2024-03-01");
/// assert_eq!("2024-02-29".parse(), Ok(day.before()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

/// A text that is no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no day: expected one such as 2024-02-29, from 1970 on")]
pub struct InvalidDay(pub String);

impl Day {
    /// The last day that there is, in the year 9999.
    const LAST: Self = Self(2_932_896);

    /// The day of a moment.
    #[must_use]
    pub fn of(now: Moment) -> Self {
        let day = now.unix_seconds() / DAY_SECONDS;
        u32::try_from(day).map_or(Self::LAST, |day| Self(day).min(Self::LAST))
    }

    /// The day of this number since 1970-01-01; there are none after the year 9999.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self(number).min(Self::LAST)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The day after this one; the last one has none.
    #[must_use]
    pub fn after(self) -> Self {
        Self::from_number(self.0 + 1)
    }

    /// The day before this one; the first one has none.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// How long until it begins.
    pub(crate) fn begins_in(self, now: Moment) -> Duration {
        let begins = Duration::from_secs(u64::from(self.0) * DAY_SECONDS);
        begins.saturating_sub(now.unix())
    }

    fn civil(self) -> Date {
        const EPOCH: Date = date(1970, 1, 1);
        let days = jiff::Span::new().days(i64::from(self.0));
        EPOCH.checked_add(days).unwrap_or(Date::MAX)
    }

    fn of_civil(date: Date) -> Self {
        let days = date.since(date_of_epoch()).map(|span| span.get_days());
        days.ok()
            .and_then(|days| u32::try_from(days).ok())
            .map_or(Self::LAST, Self::from_number)
    }
}

const fn date_of_epoch() -> Date {
    date(1970, 1, 1)
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.civil().fmt(f)
    }
}

impl std::str::FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let date: Option<Date> = text.parse().ok();
        let day = date.filter(|date| *date >= date_of_epoch() && text.len() == 10);
        day.map(Self::of_civil)
            .ok_or_else(|| InvalidDay(text.chars().take(32).collect()))
    }
}

/// The days of one quota period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub start: Day,
    /// The day after the last one.
    pub end: Day,
}

/// The day that weeks begin with (decided: Monday, as in ISO 8601; the service's is not known).
const WEEK_START: Weekday = Weekday::Monday;

impl Window {
    /// The window of a period that a day is in.
    ///
    /// ```
    /// use tollgate_core::QuotaPeriod;
    /// use tollgate_throttle::Window;
    ///
    /// let window = Window::of(QuotaPeriod::Month, "2024-02-29".parse()?);
    /// assert_eq!(window.to_string(), "2024-02-01 to 2024-02-29");
    /// # Ok::<(), tollgate_throttle::InvalidDay>(())
    /// ```
    #[must_use]
    pub fn of(period: QuotaPeriod, day: Day) -> Self {
        match period {
            QuotaPeriod::Day => Self {
                start: day,
                end: day.after(),
            },
            QuotaPeriod::Week => {
                let into = day.civil().weekday().since(WEEK_START);
                let into = u32::try_from(into).unwrap_or(0);
                let start = Day(day.0.saturating_sub(into));
                // 1970-01-01 was a Thursday: the first window is shorter.
                let end = Day::from_number(day.0 + 7 - into);
                Self { start, end }
            }
            QuotaPeriod::Month => {
                let civil = day.civil();
                let start = Day::of_civil(civil.first_of_month());
                Self {
                    start,
                    end: Day::of_civil(civil.last_of_month()).after(),
                }
            }
        }
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        self.start <= day && day < self.end
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.start, self.end.before())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_parts_of_the_calendar() {
        for (period, day, expected) in [
            (QuotaPeriod::Day, "2024-02-29", "2024-02-29 to 2024-02-29"),
            (QuotaPeriod::Day, "1970-01-01", "1970-01-01 to 1970-01-01"),
            (QuotaPeriod::Week, "2024-02-26", "2024-02-26 to 2024-03-03"),
            (QuotaPeriod::Week, "2024-03-03", "2024-02-26 to 2024-03-03"),
            (QuotaPeriod::Week, "2024-03-04", "2024-03-04 to 2024-03-10"),
            (QuotaPeriod::Week, "2025-01-01", "2024-12-30 to 2025-01-05"),
            (QuotaPeriod::Week, "1970-01-01", "1970-01-01 to 1970-01-04"),
            (QuotaPeriod::Month, "2024-02-01", "2024-02-01 to 2024-02-29"),
            (QuotaPeriod::Month, "2023-02-28", "2023-02-01 to 2023-02-28"),
            (QuotaPeriod::Month, "2100-02-28", "2100-02-01 to 2100-02-28"),
            (QuotaPeriod::Month, "2024-01-31", "2024-01-01 to 2024-01-31"),
            (QuotaPeriod::Month, "2024-04-30", "2024-04-01 to 2024-04-30"),
            (QuotaPeriod::Month, "2024-12-31", "2024-12-01 to 2024-12-31"),
            (QuotaPeriod::Month, "1970-01-15", "1970-01-01 to 1970-01-31"),
        ] {
            let day = day.parse().expect("it is a day");
            let window = Window::of(period, day);
            assert_eq!(window.to_string(), expected, "{period:?} {day}");
            assert!(window.contains(day));
            assert!(!window.contains(window.end));
        }
    }

    #[test]
    fn windows_follow_each_other_without_a_gap() {
        for period in [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month] {
            let mut window = Window::of(period, Day(0));
            // Four hundred years and a day.
            for number in 0..146_098 {
                let day = Day(number);
                if !window.contains(day) {
                    assert_eq!(window.end, day, "{period:?}");
                    window = Window::of(period, day);
                    assert_eq!(window.start, day, "{period:?}");
                }
            }
        }
    }

    #[test]
    fn the_last_day_is_one() {
        assert_eq!(Day::LAST.to_string(), "9999-12-31");
        let day = Day::from_number(u32::MAX);
        assert_eq!(day, Day::LAST);
        for period in [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month] {
            assert!(Window::of(period, day).start <= day);
        }
        for text in [
            "",
            "2024-2-9",
            "2024-02-30",
            "1969-12-31",
            "2024-02-29T00:00:00",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}
