//! Quotas by the calendar.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tollgate_core::{Clock, ManualClock, Moment, Quota, QuotaPeriod};
use tollgate_throttle::{Day, Exhausted, Limited, QuotaCounter, QuotaLimit, Until, take_all};

fn day(text: &str) -> Day {
    text.parse().expect("it is a day")
}

/// A moment of a day.
fn on(text: &str) -> Moment {
    let clock = ManualClock::at_unix(Duration::from_secs(u64::from(day(text).number()) * 86_400));
    clock.advance(Duration::from_secs(3_600));
    clock.now()
}

fn limit(limit: u64, period: QuotaPeriod, offset: u32, begun: &str) -> QuotaLimit {
    let quota = Quota::new(limit, period, offset).expect("the offset is one of the period");
    QuotaLimit::new(quota, day(begun))
}

#[test]
fn windows_begin_anew_at_their_edges() {
    for (period, last, first, until) in [
        (QuotaPeriod::Day, "2024-02-28", "2024-02-29", "2024-02-29"),
        (QuotaPeriod::Day, "2024-12-31", "2025-01-01", "2025-01-01"),
        (QuotaPeriod::Week, "2024-03-03", "2024-03-04", "2024-03-04"),
        (QuotaPeriod::Week, "2024-02-26", "2024-03-10", "2024-03-04"),
        (QuotaPeriod::Month, "2024-02-29", "2024-03-01", "2024-03-01"),
        (QuotaPeriod::Month, "2023-02-28", "2023-03-01", "2023-03-01"),
        (QuotaPeriod::Month, "2024-01-01", "2024-02-29", "2024-02-01"),
        (QuotaPeriod::Month, "2024-12-31", "2025-12-31", "2025-01-01"),
    ] {
        let limit = limit(2, period, 0, "2020-01-01");
        let counter = QuotaCounter::default();
        let case = format!("{period:?} {last}");
        assert_eq!(counter.take(&limit, on(last)), Ok(()), "{case}");
        assert_eq!(counter.take(&limit, on(last)), Ok(()), "{case}");
        let exhausted = Exhausted { until: day(until) };
        assert_eq!(counter.take(&limit, on(last)), Err(exhausted), "{case}");
        assert_eq!(counter.remaining(&limit, on(last)), 0, "{case}");
        assert_eq!(counter.remaining(&limit, on(first)), 2, "{case}");
        assert_eq!(counter.take(&limit, on(first)), Ok(()), "{case}");
        assert_eq!(counter.remaining(&limit, on(first)), 1, "{case}");
    }
}

#[test]
fn the_first_window_has_its_offset_less() {
    let limit = limit(10, QuotaPeriod::Month, 4, "2024-02-20");
    let counter = QuotaCounter::default();
    assert_eq!(counter.remaining(&limit, on("2024-02-20")), 6);
    assert_eq!(counter.remaining(&limit, on("2024-03-01")), 10);
    let none = Quota::new(3, QuotaPeriod::Week, 6).expect("the offset is one");
    let none = QuotaLimit::new(none, day("2024-02-26"));
    assert!(counter.take(&none, on("2024-02-28")).is_err());
    assert!(counter.take(&none, on("2024-03-04")).is_ok());
}

#[test]
fn what_remains_can_be_set() {
    let limit = limit(5, QuotaPeriod::Month, 0, "2024-02-01");
    let counter = QuotaCounter::default();
    assert!(counter.take(&limit, on("2024-02-10")).is_ok());
    for remaining in [10, 0, 1_000_000_000_000, 3] {
        counter.set_remaining(&limit, remaining, on("2024-02-10"));
        assert_eq!(counter.remaining(&limit, on("2024-02-11")), remaining);
    }
    assert!(counter.take(&limit, on("2024-02-11")).is_ok());
    assert_eq!(counter.remaining(&limit, on("2024-02-11")), 2);
    // It is for the window that was going on.
    assert_eq!(counter.remaining(&limit, on("2024-03-01")), 5);
}

#[test]
fn days_are_counted_one_by_one() {
    let limit = limit(100, QuotaPeriod::Month, 0, "2024-01-01");
    let counter = QuotaCounter::default();
    let courses = [
        ("2024-01-30", 3),
        ("2024-01-31", 2),
        ("2024-02-01", 4),
        ("2024-02-05", 1),
    ];
    for (text, requests) in courses {
        for _ in 0..requests {
            assert!(counter.take(&limit, on(text)).is_ok());
        }
    }
    let days = counter.days(&limit);
    let found: Vec<_> = days
        .iter()
        .map(|one| (one.day.to_string(), one.used, one.window_used))
        .collect();
    let expected = [
        ("2024-01-30", 3, 3),
        ("2024-01-31", 2, 5),
        ("2024-02-01", 4, 4),
        ("2024-02-05", 1, 5),
    ];
    assert_eq!(
        found,
        expected.map(|(day, used, all)| (day.to_owned(), used, all))
    );
    let restored = QuotaCounter::default();
    restored.restore(&limit, &days);
    assert_eq!(restored.days(&limit), days);
    assert_eq!(restored.remaining(&limit, on("2024-02-05")), 95);
}

#[test]
fn what_was_counted_since_is_added_to_what_was_recorded() {
    let limit = limit(10, QuotaPeriod::Month, 0, "2024-01-01");
    let counted = |days: &[(&str, u64)]| {
        let counter = QuotaCounter::default();
        for (day, times) in days {
            for _ in 0..*times {
                let _ = counter.take(&limit, on(day));
            }
        }
        counter
    };
    for (before, since, expected) in [
        // The same day, the same window, another one, and a clock that went back.
        (
            &[("2024-01-30", 3)][..],
            &[("2024-01-30", 2)][..],
            &[("2024-01-30", 5, 5)][..],
        ),
        (
            &[("2024-01-29", 1), ("2024-01-30", 3)],
            &[("2024-01-31", 2), ("2024-02-01", 4)],
            &[
                ("2024-01-29", 1, 1),
                ("2024-01-30", 3, 4),
                ("2024-01-31", 2, 6),
                ("2024-02-01", 4, 4),
            ],
        ),
        (
            &[("2024-01-31", 3)],
            &[("2024-01-30", 2)],
            &[("2024-01-31", 5, 5)],
        ),
        (
            &[("2024-01-30", 8)],
            &[("2024-01-31", 7)],
            &[("2024-01-30", 8, 8), ("2024-01-31", 7, 15)],
        ),
        (&[], &[("2024-01-31", 1)], &[("2024-01-31", 1, 1)]),
    ] {
        let (before, counter) = (counted(before).days(&limit), counted(since));
        counter.restore(&limit, &before);
        let days = counter.days(&limit);
        let found: Vec<_> = days
            .iter()
            .map(|one| (one.day.to_string(), one.used, one.window_used))
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|(day, used, all)| (&**day, *used, *all))
            .collect();
        assert_eq!(found, expected);
    }
    let counter = counted(&[("2024-01-31", 2)]);
    counter.set_remaining(&limit, 9, on("2024-01-31"));
    counter.restore(&limit, &counted(&[("2024-01-30", 3)]).days(&limit));
    assert_eq!(counter.remaining(&limit, on("2024-01-31")), 6);
}

#[test]
fn a_clock_that_goes_back_opens_no_new_window() {
    let limit = limit(1, QuotaPeriod::Day, 0, "2024-01-01");
    let counter = QuotaCounter::default();
    assert!(counter.take(&limit, on("2024-01-02")).is_ok());
    assert!(counter.take(&limit, on("2024-01-01")).is_err());
    assert!(counter.take(&limit, on("2024-01-02")).is_err());
}

#[test]
fn a_refused_quota_says_when_there_is_a_new_one() {
    let limit = limit(0, QuotaPeriod::Day, 0, "2024-01-01");
    let counter = QuotaCounter::default();
    let now = on("2024-01-02");
    let refused = take_all(
        [Some(Limited::Quota(&counter, &limit))],
        now,
        &ManualClock::default(),
    );
    let until = refused.expect_err("the quota is empty").until;
    assert_eq!(until, Until::Quota(day("2024-01-03")));
    assert_eq!(until.duration(now), Some(Duration::from_secs(23 * 3_600)));
}

#[test]
fn threads_neither_lose_nor_double_a_count() {
    let limit = limit(10_000, QuotaPeriod::Day, 0, "2024-01-01");
    let counter = QuotaCounter::default();
    let admitted = AtomicU64::new(0);
    let clock = ManualClock::at_unix(on("2024-01-01").unix());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for turn in 0..4_000 {
                    if turn == 1_000 {
                        clock.advance(Duration::from_secs(6 * 3_600));
                    }
                    if counter.take(&limit, clock.now()).is_ok() {
                        admitted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let counted: u64 = counter.days(&limit).iter().map(|day| day.used).sum();
    assert_eq!(counted, admitted.into_inner());
}

proptest! {
    /// Days sum up to windows, and windows stay within their limit, whatever comes when.
    #[test]
    fn counts_add_up(
        period in prop_oneof![Just(QuotaPeriod::Day), Just(QuotaPeriod::Week), Just(QuotaPeriod::Month)],
        most in 1..30_u64,
        requests in prop::collection::vec((0..200_000_u64, 1..20_u32), 1..60),
    ) {
        let limit = limit(most, period, 0, "2024-01-01");
        let counter = QuotaCounter::default();
        let clock = ManualClock::at_unix(on("2024-01-01").unix());
        let mut admitted = std::collections::BTreeMap::new();
        for (seconds, times) in requests {
            clock.advance(Duration::from_secs(seconds));
            for _ in 0..times {
                if counter.take(&limit, clock.now()).is_ok() {
                    *admitted.entry(Day::of(clock.now())).or_insert(0_u64) += 1;
                }
            }
        }
        let days = counter.days(&limit);
        let found: std::collections::BTreeMap<_, _> = days.iter().map(|one| (one.day, one.used)).collect();
        prop_assert_eq!(&found, &admitted);
        for one in &days {
            let window = limit.window(one.day);
            let sum: u64 = admitted.iter().filter(|(day, _)| window.contains(**day)).map(|(_, n)| n).sum();
            prop_assert!(sum <= most);
        }
    }

    #[test]
    fn days_are_read_as_they_are_written(number in 0..2_932_897_u32) {
        let day = Day::from_number(number);
        prop_assert_eq!(day.to_string().parse(), Ok(day));
    }
}
