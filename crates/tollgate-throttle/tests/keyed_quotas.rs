//! Quotas of many keys.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use tollgate_core::{Clock, ManualClock, Moment, Quota, QuotaPeriod};
use tollgate_throttle::{Day, KeyedQuotas};

const DAY: Duration = Duration::from_secs(86_400);

fn clock(day: &str) -> ManualClock {
    let day: Day = day.parse().expect("it is a day");
    ManualClock::at_unix(DAY * day.number())
}

fn quotas(limit: u64, period: QuotaPeriod, now: Moment) -> KeyedQuotas<u32> {
    let quota = Quota::new(limit, period, 0).expect("it has no offset");
    KeyedQuotas::new(quota, Day::of(now))
}

#[test]
fn each_key_has_a_quota_of_its_own() {
    let clock = clock("2024-02-28");
    let quotas = quotas(2, QuotaPeriod::Month, clock.now());
    for key in [1, 2] {
        assert_eq!(quotas.standing(&key, clock.now()).remaining, 2);
        for remaining in [1, 0] {
            assert!(quotas.take(&key, clock.now()).is_ok());
            assert_eq!(quotas.standing(&key, clock.now()).remaining, remaining);
        }
        let refused = quotas.take(&key, clock.now()).expect_err("it is used up");
        assert_eq!(refused.until.to_string(), "2024-03-01");
        let standing = quotas.standing(&key, clock.now());
        assert_eq!((standing.limit, standing.full_in), (2, Some(DAY * 2)));
    }
    clock.advance(DAY * 2);
    assert!(quotas.take(&1, clock.now()).is_ok());
}

#[test]
fn counts_of_windows_that_are_over_are_forgotten() {
    let clock = clock("2024-02-28");
    let quotas = quotas(1, QuotaPeriod::Day, clock.now());
    for key in 0..10 {
        assert!(quotas.take(&key, clock.now()).is_ok());
    }
    let before = clock.now();
    quotas.sweep(before);
    assert_eq!(quotas.len(), 10);
    clock.advance(DAY);
    assert!(quotas.take(&3, clock.now()).is_ok());
    // Who still has yesterday's time does not make today's counts go.
    quotas.sweep(before);
    assert!(quotas.take(&3, before).is_err());
    quotas.sweep(clock.now());
    assert_eq!(quotas.len(), 1);
    assert!(quotas.take(&3, clock.now()).is_err());
}

#[test]
fn strangers_beyond_the_most_share_a_count() {
    let clock = clock("2024-02-28");
    let quotas = quotas(2, QuotaPeriod::Day, clock.now()).with_most_keys(10);
    let admitted = |keys: std::ops::Range<u32>| {
        let taken = keys.map(|key| quotas.take(&key, clock.now()));
        taken.filter(Result::is_ok).count()
    };
    assert_eq!(admitted(0..10), 10);
    assert_eq!(admitted(10..100_000), 2);
    assert_eq!(quotas.len(), 10);
    // Those that are known have what is theirs.
    assert_eq!(admitted(0..10), 10);
    clock.advance(DAY);
    quotas.sweep(clock.now());
    assert_eq!(admitted(10..20), 10);
}

#[test]
fn nothing_is_counted_twice_or_lost_while_days_pass() {
    const DAYS: u32 = 40;
    const LIMIT: u64 = 50;
    let clock = clock("2024-02-01");
    let quotas = quotas(LIMIT, QuotaPeriod::Day, clock.now());
    let admitted = AtomicU64::new(0);
    for _ in 0..DAYS {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for request in 0..LIMIT {
                        if request % 7 == 0 {
                            quotas.sweep(clock.now());
                        }
                        if quotas.take(&1, clock.now()).is_ok() {
                            admitted.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        clock.advance(DAY);
    }
    assert_eq!(admitted.into_inner(), LIMIT * u64::from(DAYS));
}
