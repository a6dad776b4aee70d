//! Which window it is, remembered.

use tollgate_core::QuotaPeriod;

use crate::sync::{AtomicU64, Ordering};
use crate::{Day, Window};

/// The windows of one period, of which the one that was asked for last is remembered.
#[derive(Debug)]
pub(crate) struct Calendar {
    period: QuotaPeriod,
    /// The first day of a window, and the day after its last one in the lower half.
    known: AtomicU64,
}

impl Calendar {
    pub(crate) fn new(period: QuotaPeriod) -> Self {
        Self {
            period,
            known: AtomicU64::new(0),
        }
    }

    pub(crate) fn window(&self, day: Day) -> Window {
        let known = self.known.load(Ordering::Relaxed);
        let half = |number: u64| Day::from_number(u32::try_from(number & 0xFFFF_FFFF).unwrap_or(0));
        let known = Window {
            start: half(known >> 32),
            end: half(known),
        };
        if known.contains(day) {
            return known;
        }
        let window = Window::of(self.period, day);
        let (start, end) = (window.start.number(), window.end.number());
        let packed = u64::from(start) << 32 | u64::from(end);
        self.known.store(packed, Ordering::Relaxed);
        window
    }
}
