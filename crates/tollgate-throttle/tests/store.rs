//! The vectors of `store/vectors.rs` on every store.

#[cfg(feature = "redis")]
#[path = "../../tollgate-redis/tests/support/mod.rs"]
mod support;
#[path = "store/vectors.rs"]
mod vectors;

use std::sync::Arc;

use tollgate_core::{Clock, ManualClock, Quota, RateLimit};
use tollgate_throttle::{
    Day, LimitKey, MemoryStore, Mode, QuotaCounter, QuotaLimit, Store, StoredLimit, TokenBucket,
};
use vectors::{BEGIN, Limit, Step, VECTORS, Vector};

fn limits(vector: &Vector, number: usize, mode: Option<Mode>) -> Vec<StoredLimit> {
    let key_id = format!("key{number}");
    let limits = vector.limits.iter().enumerate().map(|(place, limit)| {
        let bucket = |rate, burst| {
            let rate = RateLimit::new(rate, burst).expect("it is a rate");
            TokenBucket::new(rate)
        };
        let limit = match *limit {
            Limit::Rate(rate, burst) => {
                let key = LimitKey::named(&format!("{number} {place}"));
                StoredLimit::rate(key, bucket(rate, burst))
            }
            Limit::PlanRate(rate, burst) => {
                StoredLimit::rate(LimitKey::plan("plan", &key_id), bucket(rate, burst))
            }
            Limit::Quota(limit, period) => {
                let quota = Quota::new(limit, period, 0).expect("it has no offset");
                let quota = Arc::new(QuotaLimit::new(quota, Day::default()));
                StoredLimit::quota("plan", &key_id, Arc::new(QuotaCounter::default()), quota)
            }
        };
        match mode {
            Some(mode) => limit.with_mode(mode),
            None => limit,
        }
    });
    limits.collect()
}

/// Runs a vector; `pass` tells a store's own clock.
async fn run<P: AsyncFn(std::time::Duration)>(
    what: &str,
    store: &dyn Store,
    clock: &ManualClock,
    (vector, limits): (&Vector, Vec<StoredLimit>),
    pass: P,
) {
    for (place, step) in vector.steps.iter().enumerate() {
        let name = format!("{what}: {}, step {place}", vector.name);
        match *step {
            Step::Pass(time) => {
                clock.advance(time);
                pass(time).await;
            }
            Step::Take(places, requests, expected, refusing) => {
                let taken: Vec<_> = places.iter().map(|place| limits.get(*place)).collect();
                let mut admitted = 0;
                let mut refused = None;
                for _ in 0..requests {
                    let verdict = store.take(&taken, clock.now()).await;
                    assert!(!verdict.degraded, "{name}");
                    match verdict.refused {
                        None => {
                            assert_eq!(refused, None, "{name}: admitted after a refusal");
                            admitted += 1;
                        }
                        Some(by) => refused = Some(by),
                    }
                }
                assert_eq!(admitted, expected, "{name}");
                assert_eq!(refused.map(|by| by.index), refusing, "{name}");
                let wait = refused.and_then(|by| by.until.duration(clock.now()));
                let is_some_time = wait.is_none_or(|wait| !wait.is_zero());
                assert!(is_some_time, "{name}: {refused:?}");
            }
        }
    }
}

#[tokio::test]
async fn memory() {
    for (number, vector) in VECTORS.iter().enumerate() {
        let clock = Arc::new(ManualClock::at_unix(BEGIN));
        let store = MemoryStore::new(clock.clone());
        let limits = limits(vector, number, None);
        run("memory", &store, &clock, (vector, limits), async |_| {}).await;
    }
    println!("memory: {} vectors", VECTORS.len());
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn redis() {
    use tollgate_core::{SystemClock, SystemRandom};
    use tollgate_redis::{Connector, Transition};
    use tollgate_throttle::RedisStore;

    let Some(server) = support::Server::start() else {
        return;
    };
    for mode in [
        None,
        Some(Mode::Exact),
        Some(Mode::Lease),
        Some(Mode::Local),
    ] {
        let (told, mut seen) = tokio::sync::mpsc::unbounded_channel();
        let connection = Connector::new(&server.address())
            .expect("it is an address")
            // Vectors are about time; this machine's is not.
            .with_call_timeout(std::time::Duration::from_secs(5))
            .with_prefix(&format!("{mode:?}"))
            .with_observer(move |change| drop(told.send(change)))
            .connect(Arc::new(SystemClock::new()), Arc::new(SystemRandom))
            .expect("there is a runtime");
        assert_eq!(seen.recv().await, Some(Transition::Connected));
        for (number, vector) in VECTORS.iter().enumerate() {
            let clock = Arc::new(ManualClock::at_unix(BEGIN));
            let store = RedisStore::new(connection.clone(), clock.clone(), None);
            let store = store.expect("there is a runtime");
            let limits = limits(vector, number, mode);
            let pass = async |time| support::age(&connection, time).await;
            let what = format!("redis {mode:?}");
            run(&what, &store, &clock, (vector, limits), pass).await;
            store.close().await;
        }
        println!("redis {mode:?}: {} vectors", VECTORS.len());
    }
}
