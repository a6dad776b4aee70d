//! All orders of two threads, by loom: `RUSTFLAGS="--cfg loom" cargo test -p tollgate-throttle --test loom`.
#![cfg(loom)]

use std::time::Duration;

use loom::sync::Arc;
use loom::thread;
use tollgate_core::{Clock, ManualClock, Moment, Quota, QuotaPeriod, RateLimit};
use tollgate_throttle::{Day, Limited, QuotaCounter, QuotaLimit, TokenBucket, take_all};

fn bucket(burst: u32) -> TokenBucket {
    TokenBucket::new(RateLimit::new(0.001, burst).expect("it is a rate"))
}

fn noon(day: u32) -> Moment {
    ManualClock::at_unix(Duration::from_secs(u64::from(day) * 86_400 + 43_200)).now()
}

#[test]
fn the_last_token_has_one_taker() {
    loom::model(|| {
        let bucket = Arc::new(bucket(1));
        let other = bucket.clone();
        let thread = thread::spawn(move || other.take(1, Moment::default()).is_ok());
        let here = bucket.take(1, Moment::default()).is_ok();
        assert!(here ^ thread.join().expect("it does not panic"));
    });
}

#[test]
fn who_is_too_late_gives_back() {
    loom::model(|| {
        let shared = Arc::new((bucket(2), bucket(1)));
        let both = |shared: &(TokenBucket, TokenBucket)| {
            let limits = [
                Some(Limited::Rate(&shared.0)),
                Some(Limited::Rate(&shared.1)),
            ];
            take_all(limits, Moment::default(), &ManualClock::default()).is_ok()
        };
        let other = shared.clone();
        let thread = thread::spawn(move || both(&other));
        let here = both(&shared);
        assert!(here ^ thread.join().expect("it does not panic"));
        let left = [&shared.0, &shared.1].map(|bucket| bucket.tokens(Moment::default()));
        assert_eq!(left, [1, 0]);
    });
}

#[test]
fn a_day_is_closed_once() {
    loom::model(|| {
        let quota = Quota::new(3, QuotaPeriod::Month, 0).expect("it has no offset");
        let limit = QuotaLimit::new(quota, Day::from_number(400));
        let shared = Arc::new((QuotaCounter::default(), limit));
        assert!(shared.0.take(&shared.1, noon(400)).is_ok());
        let other = shared.clone();
        let thread = thread::spawn(move || other.0.take(&other.1, noon(401)).is_ok());
        let here = shared.0.take(&shared.1, noon(401)).is_ok();
        assert!(here && thread.join().expect("it does not panic"));
        let days: Vec<_> = shared
            .0
            .days(&shared.1)
            .iter()
            .map(|day| day.used)
            .collect();
        assert_eq!(days, [1, 2]);
        assert!(shared.0.take(&shared.1, noon(402)).is_err());
    });
}

#[test]
fn a_window_rolls_over_once() {
    loom::model(|| {
        let quota = Quota::new(1, QuotaPeriod::Day, 0).expect("it has no offset");
        let limit = QuotaLimit::new(quota, Day::from_number(400));
        let shared = Arc::new((QuotaCounter::default(), limit));
        assert!(shared.0.take(&shared.1, noon(400)).is_ok());
        let other = shared.clone();
        let thread = thread::spawn(move || other.0.take(&other.1, noon(401)).is_ok());
        let here = shared.0.take(&shared.1, noon(401)).is_ok();
        assert!(here ^ thread.join().expect("it does not panic"));
    });
}
