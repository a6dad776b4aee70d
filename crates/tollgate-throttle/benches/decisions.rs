//! Decisions beside those of `governor`, in one run.

use std::hint::black_box;
use std::num::NonZeroU32;

use criterion::{Criterion, criterion_group, criterion_main};
use governor::{Quota as Cells, RateLimiter};
use tollgate_bench::print_ratios;
use tollgate_core::{Clock as _, Quota, QuotaPeriod, RateLimit, SystemClock};
use tollgate_throttle::{
    Day, KeyedBuckets, Limited, QuotaCounter, QuotaLimit, TokenBucket, take_all,
};

/// What somebody would stack for a request.
const STACK: &str = "governor, two direct, one keyed, one counter";

const PLENTY: u32 = 1_000_000_000;

fn rate() -> RateLimit {
    RateLimit::new(f64::from(PLENTY), PLENTY).expect("it is a rate")
}

fn cells() -> Cells {
    let plenty = NonZeroU32::new(PLENTY).expect("it is not zero");
    Cells::per_second(plenty).allow_burst(plenty)
}

fn single(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one bucket");
    let governor = RateLimiter::direct(cells());
    group.bench_function("governor", |bench| {
        bench.iter(|| black_box(governor.check().is_ok()))
    });
    let (bucket, clock) = (TokenBucket::new(rate()), SystemClock::new());
    group.bench_function("tollgate", |bench| {
        bench.iter(|| black_box(bucket.take(1, clock.now()).is_ok()));
    });
    group.finish();
}

fn keyed(criterion: &mut Criterion) {
    for count in [1_usize, 1_000, 1_000_000] {
        let mut group = criterion.benchmark_group(format!("{count} keys"));
        let keys: Vec<String> = (0..count).map(|index| format!("key-{index:016}")).collect();
        let mut turn = 0;
        let mut next = || {
            turn = (turn + 7_919) % count;
            &keys[turn]
        };
        let governor = RateLimiter::keyed(cells());
        for key in &keys {
            let _ = governor.check_key(key);
        }
        group.bench_function("governor", |bench| {
            bench.iter(|| black_box(governor.check_key(next()).is_ok()));
        });
        drop(governor);
        let (buckets, clock) = (KeyedBuckets::<String>::new(rate()), SystemClock::new());
        for key in &keys {
            let _ = buckets.take(key.as_str(), clock.now());
        }
        group.bench_function("tollgate", |bench| {
            bench.iter(|| black_box(buckets.take(next().as_str(), clock.now()).is_ok()));
        });
        group.finish();
    }
}

fn whole_request(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("five scopes and a quota");
    let keys: Vec<String> = (0..1_000).map(|index| format!("key-{index:016}")).collect();
    let direct = [RateLimiter::direct(cells()), RateLimiter::direct(cells())];
    let keyed = RateLimiter::keyed(cells());
    for key in &keys {
        let _ = keyed.check_key(key);
    }
    let counter = std::sync::atomic::AtomicU64::new(0);
    let mut turn = 0;
    group.bench_function(STACK, |bench| {
        bench.iter(|| {
            turn = (turn + 787) % keys.len();
            let admitted = keyed.check_key(&keys[turn]).is_ok()
                && direct[0].check().is_ok()
                && direct[1].check().is_ok();
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            black_box(admitted)
        });
    });
    let clock = SystemClock::new();
    let bucket = || TokenBucket::new(rate());
    let quota = Quota::new(1 << 40, QuotaPeriod::Month, 0).expect("it has no offset");
    let quota = QuotaLimit::new(quota, Day::of(clock.now()));
    let callers: Vec<_> = keys
        .iter()
        .map(|_| (bucket(), bucket(), QuotaCounter::default()))
        .collect();
    let (method, account, process) = (bucket(), bucket(), bucket());
    group.bench_function("tollgate", |bench| {
        bench.iter(|| {
            turn = (turn + 787) % callers.len();
            let (plan_method, plan, used) = &callers[turn];
            let limits = [
                Some(Limited::Rate(plan_method)),
                Some(Limited::Rate(plan)),
                Some(Limited::Quota(used, &quota)),
                Some(Limited::Rate(&method)),
                Some(Limited::Rate(&account)),
                Some(Limited::Rate(&process)),
            ];
            black_box(take_all(limits, clock.now(), &clock).is_ok())
        });
    });
    group.finish();
}

fn contended(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("two threads on one key");
    let governor = RateLimiter::direct(cells());
    group.bench_function("governor", |bench| {
        bench.iter_custom(|times| two_threads(times, &|| governor.check().is_ok()));
    });
    let (bucket, clock) = (TokenBucket::new(rate()), SystemClock::new());
    group.bench_function("tollgate", |bench| {
        bench.iter_custom(|times| two_threads(times, &|| bucket.take(1, clock.now()).is_ok()));
    });
    group.finish();
}

/// The time that two threads take, each so often.
fn two_threads(times: u64, once: &(dyn Fn() -> bool + Sync)) -> std::time::Duration {
    let clock = SystemClock::new();
    let begun = clock.now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..times {
                    black_box(once());
                }
            });
        }
    });
    clock.now().since(begun)
}

fn ratios(_: &mut Criterion) {
    for group in [
        "one bucket",
        "1 keys",
        "1000 keys",
        "1000000 keys",
        "two threads on one key",
    ] {
        print_ratios(group, "tollgate", &["governor"]);
    }
    print_ratios("five scopes and a quota", "tollgate", &[STACK]);
}

criterion_group!(benches, single, keyed, whole_request, contended, ratios);
criterion_main!(benches);
