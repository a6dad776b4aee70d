//! How much of a quota is used.

use std::sync::PoisonError;

use tollgate_core::{Moment, Quota};

use crate::calendar::Calendar;
use crate::note::Note;
use crate::sync::{AtomicU64, Mutex, Ordering};
use crate::{Day, Window};

/// Bits of a day's number.
const DAY_BITS: u32 = 22;
/// Bits of a count.
const COUNT_BITS: u32 = u64::BITS - DAY_BITS;
/// The most that is counted in a window; what comes after that is not.
const MOST: u64 = (1 << COUNT_BITS) - 1;

/// Days whose counts are kept (a decision; reports of the service reach back 90 days).
pub const DAYS_KEPT: usize = 100;

/// A quota with the window that it is in.
#[derive(Debug)]
pub struct QuotaLimit {
    quota: Quota,
    calendar: Calendar,
    /// The window in which the offset counts.
    first: Option<Window>,
}

impl QuotaLimit {
    /// The limit of a quota that admits everything, and only counts.
    pub(crate) const NONE: u64 = u64::MAX;

    /// A quota whose offset, if it has one, counts in the window that this day is in: that of the
    /// plan's beginning.
    #[must_use]
    pub fn new(quota: Quota, begun: Day) -> Self {
        let has_offset = quota.offset() > 0;
        Self {
            quota,
            calendar: Calendar::new(quota.period()),
            first: has_offset.then(|| Window::of(quota.period(), begun)),
        }
    }

    /// The quota.
    #[must_use]
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// Whether requests are counted, and all admitted.
    pub(crate) const fn is_endless(&self) -> bool {
        self.quota.limit() == Self::NONE
    }

    /// The window that a day is in.
    #[must_use]
    pub fn window(&self, day: Day) -> Window {
        self.calendar.window(day)
    }

    /// What is left of a window at the end of a day, till which so much was counted in it.
    pub(crate) fn left(&self, window: Window, counted: Option<&DayCount>) -> u64 {
        let granted = counted.map_or(0, |count| count.granted);
        let admits = self.limit(window).saturating_add_signed(granted);
        admits.saturating_sub(counted.map_or(0, |count| count.window_used))
    }

    /// What a window admits.
    ///
    /// The two readings of `offset` differ in the documents; this is the one place that knows which
    /// is taken.
    pub(crate) fn limit(&self, window: Window) -> u64 {
        let offset = match self.first {
            Some(first) if first == window => self.quota.offset(),
            _ => 0,
        };
        self.quota.limit().saturating_sub(offset.into())
    }
}

/// How many requests a caller has made in the current window of a quota, and on the days before.
#[derive(Debug, Default)]
pub struct QuotaCounter {
    /// The latest day on which something was counted, and what was counted in its window till now.
    count: AtomicU64,
    /// The first day of a window, and what that window admits besides the limit, plus `HALF`.
    granted: AtomicU64,
    past: Mutex<Vec<DayCount>>,
}

/// What is added to grants, so that they can be negative.
const HALF: u64 = 1 << (COUNT_BITS - 1);

/// What was counted on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DayCount {
    /// The day.
    pub day: Day,
    /// Requests on it.
    pub used: u64,
    /// Requests in its window until its end.
    pub window_used: u64,
    /// What the window admits besides the quota's limit.
    pub granted: i64,
}

impl DayCount {
    /// Requests on a day and in its window until its end, and what the window admits besides the
    /// quota's limit.
    #[must_use]
    pub const fn new(day: Day, used: u64, window_used: u64, granted: i64) -> Self {
        Self {
            day,
            used,
            window_used,
            granted,
        }
    }
}

/// A quota is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The day on which there is a new one.
    pub until: Day,
}

impl QuotaCounter {
    /// Counts a request if the quota is not used up.
    ///
    /// # Errors
    ///
    /// [`Exhausted`], and nothing is counted.
    pub fn take(&self, limit: &QuotaLimit, now: Moment) -> Result<(), Exhausted> {
        let seen = self.check(limit, now)?;
        self.take_seen(limit, seen).map(drop)
    }

    /// Whether one more is admitted: notes the count, and the day.
    #[inline]
    pub(crate) fn check(&self, limit: &QuotaLimit, now: Moment) -> Result<Note, Exhausted> {
        let count = self.count.load(Ordering::Relaxed);
        let day = Day::of(now);
        self.after(limit, count, day)
            .map(|_| Note(count, day.number().into()))
    }

    /// The count after one more request.
    #[inline]
    fn after(&self, limit: &QuotaLimit, count: u64, day: Day) -> Result<u64, Exhausted> {
        after(limit, count, day, |window| self.admits(limit, window))
    }

    /// Counts what [`check`](Self::check) has admitted, if that is so still.
    #[inline]
    pub(crate) fn take_seen(&self, limit: &QuotaLimit, seen: Note) -> Result<Note, Exhausted> {
        let Note(mut count, day) = seen;
        let day = Day::from_number(u32::try_from(day).unwrap_or_default());
        loop {
            let after = self.after(limit, count, day)?;
            let swapped =
                self.count
                    .compare_exchange_weak(count, after, Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(_) => {
                    if unpacked(count).0 < day {
                        self.close(limit, count);
                    }
                    return Ok(Note(after, 0));
                }
                Err(newer) => count = newer,
            }
        }
    }

    /// Takes back a request of the window that is going on.
    pub(crate) fn give_back(&self, limit: &QuotaLimit, now: Moment) {
        let window = limit.window(Day::of(now));
        let _ = self
            .count
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |count| {
                let (day, used) = unpacked(count);
                window
                    .contains(day)
                    .then(|| packed(day, used.saturating_sub(1)))
            });
    }

    /// What a window admits.
    pub(crate) fn admits(&self, limit: &QuotaLimit, window: Window) -> u64 {
        limit
            .limit(window)
            .saturating_add_signed(self.granted_in(window))
    }

    fn granted_in(&self, window: Window) -> i64 {
        let (start, granted) = unpacked(self.granted.load(Ordering::Relaxed));
        if granted == 0 || start != window.start {
            return 0;
        }
        i64::try_from(granted).unwrap_or(i64::MAX) - i64::try_from(HALF).unwrap_or(i64::MAX)
    }

    /// A day is over: what was counted till its end is kept.
    #[cold]
    fn close(&self, limit: &QuotaLimit, count: u64) {
        let (day, used) = unpacked(count);
        if used == 0 {
            return;
        }
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = self.day_count(limit, &past, day, used);
        past.push(closed);
        if past.len() > DAYS_KEPT {
            past.remove(0);
        }
    }

    fn day_count(
        &self,
        limit: &QuotaLimit,
        past: &[DayCount],
        day: Day,
        window_used: u64,
    ) -> DayCount {
        let window = limit.window(day);
        let before = past.last().filter(|before| window.contains(before.day));
        DayCount {
            day,
            used: window_used.saturating_sub(before.map_or(0, |before| before.window_used)),
            window_used,
            granted: self.granted_in(window),
        }
    }

    /// What is left of the quota in its current window.
    #[must_use]
    pub fn remaining(&self, limit: &QuotaLimit, now: Moment) -> u64 {
        let window = limit.window(Day::of(now));
        let used = used_in(window, self.count.load(Ordering::Acquire));
        self.admits(limit, window).saturating_sub(used)
    }

    /// Sets what is left of the quota in its current window (`PATCH …/usage`, `remaining`).
    pub fn set_remaining(&self, limit: &QuotaLimit, remaining: u64, now: Moment) {
        let window = limit.window(Day::of(now));
        let used = used_in(window, self.count.load(Ordering::Acquire));
        let admits = used.saturating_add(remaining).min(HALF - 1);
        let granted = (admits + HALF).saturating_sub(limit.limit(window).min(HALF - 1));
        self.granted
            .store(packed(window.start, granted), Ordering::Relaxed);
    }

    /// The counts of the days on which something was counted, the earliest first, today's included;
    /// at most those of the last [`DAYS_KEPT`]. A window to which something was granted has a day, too.
    #[must_use]
    pub fn days(&self, limit: &QuotaLimit) -> Vec<DayCount> {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        self.days_with(limit, &past, self.count.load(Ordering::Acquire))
    }

    fn days_with(&self, limit: &QuotaLimit, past: &[DayCount], count: u64) -> Vec<DayCount> {
        let (day, used) = unpacked(count);
        let mut days = past.to_vec();
        let is_new = past.last().is_none_or(|last| last.day < day);
        if used > 0 && is_new {
            days.push(self.day_count(limit, past, day, used));
        }
        // What was granted to a window in which nothing is counted yet.
        let (start, granted) = unpacked(self.granted.load(Ordering::Relaxed));
        if granted > 0 && days.last().is_none_or(|last| last.day < start) {
            days.push(self.day_count(limit, &days, start, 0));
        }
        days
    }

    /// Goes on where another counter ended, whose [`days`](Self::days) these are. To be called once: what
    /// was counted here since is added to them.
    pub fn restore(&self, limit: &QuotaLimit, days: &[DayCount]) {
        let mut kept = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let count = self.count.load(Ordering::Acquire);
            let since = self.days_with(limit, &kept, count);
            let days = continued(limit, days, &since);
            let Some((last, past)) = days.split_last() else {
                return;
            };
            let both = packed(last.day, last.window_used);
            let swapped =
                self.count
                    .compare_exchange(count, both, Ordering::AcqRel, Ordering::Relaxed);
            if swapped.is_err() {
                continue;
            }
            let begin = past.len().saturating_sub(DAYS_KEPT);
            *kept = past[begin..].to_vec();
            let granted = HALF.saturating_add_signed(last.granted).min(MOST);
            let start = limit.window(last.day).start;
            self.granted
                .store(packed(start, granted), Ordering::Relaxed);
            return;
        }
    }
}

/// Counts of one counter, and then of another one that began at nothing.
fn continued(limit: &QuotaLimit, before: &[DayCount], since: &[DayCount]) -> Vec<DayCount> {
    let mut days = before.to_vec();
    for one in since {
        let window = limit.window(one.day);
        let before = days.last().copied();
        let in_window = before.filter(|before| window.contains(before.day));
        let used_before = in_window.map_or(0, |before| before.window_used);
        let granted_before = in_window.map_or(0, |before| before.granted);
        let mut both = DayCount {
            window_used: used_before.saturating_add(one.used),
            granted: if one.granted == 0 {
                granted_before
            } else {
                one.granted
            },
            ..*one
        };
        // A clock may have gone back.
        if let Some(before) = before.filter(|before| before.day >= one.day) {
            days.pop();
            both.day = before.day;
            both.used = before.used.saturating_add(one.used);
        }
        days.push(both);
    }
    days
}

/// A count after one more request, on a day.
#[inline]
pub(crate) fn after(
    limit: &QuotaLimit,
    count: u64,
    day: Day,
    admits: impl FnOnce(Window) -> u64,
) -> Result<u64, Exhausted> {
    // Another thread may have read a later day.
    let day = day.max(unpacked(count).0);
    let window = limit.window(day);
    let used = used_in(window, count);
    if used >= admits(window) {
        return Err(Exhausted { until: window.end });
    }
    Ok(packed(day, used + 1))
}

fn packed(day: Day, count: u64) -> u64 {
    u64::from(day.number()) << COUNT_BITS | count.min(MOST)
}

pub(crate) fn unpacked(packed: u64) -> (Day, u64) {
    let day = u32::try_from(packed >> COUNT_BITS).unwrap_or(0);
    (Day::from_number(day), packed & MOST)
}

pub(crate) fn used_in(window: Window, count: u64) -> u64 {
    let (day, used) = unpacked(count);
    if window.contains(day) { used } else { 0 }
}
