//! When failures are so many that asking is pointless.

use std::collections::VecDeque;
use std::time::Duration;

use tollgate_core::Moment;

/// Failures within [`WINDOW`] that open the breaker.
const FAILURES: usize = 5;
const WINDOW: Duration = Duration::from_secs(1);

/// Counts failures; closed again by a new one.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: VecDeque<Moment>,
}

impl Breaker {
    /// Notes a failure; whether it is one too many.
    pub(crate) fn fail(&mut self, now: Moment) -> bool {
        self.failures.push_back(now);
        if self.failures.len() > FAILURES {
            self.failures.pop_front();
        }
        let first = self.failures.front();
        let is_recent = first.is_some_and(|first| now.since(*first) <= WINDOW);
        self.failures.len() == FAILURES && is_recent
    }
}

#[cfg(test)]
mod tests {
    use tollgate_core::{Clock, ManualClock};

    use super::*;

    #[test]
    fn five_failures_in_a_second_open_it() {
        for (pauses, opens_at) in [
            ([0; 7], Some(5)),
            ([250; 7], Some(5)),
            ([251; 7], None),
            ([2_000, 0, 0, 0, 0, 0, 0], Some(5)),
            ([0, 0, 0, 2_000, 0, 0, 0], None),
        ] {
            let clock = ManualClock::default();
            let mut breaker = Breaker::default();
            let mut opened = None;
            for (index, pause) in pauses.into_iter().enumerate() {
                clock.advance(Duration::from_millis(pause));
                if breaker.fail(clock.now()) && opened.is_none() {
                    opened = Some(index + 1);
                }
            }
            assert_eq!(opened, opens_at, "{pauses:?}");
        }
    }
}
