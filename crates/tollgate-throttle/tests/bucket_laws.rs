//! Laws of buckets, for any course of requests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tollgate_core::{Clock, ManualClock, RateLimit, SystemClock};
use tollgate_throttle::{Limited, TokenBucket, Tokens, take_all};

/// A bucket in exact fractions: its level in `1 / (denominator * 10^9)` of a token.
struct Model {
    numerator: u128,
    denominator: u128,
    burst: u128,
    level: u128,
}

impl Model {
    fn new(numerator: u32, denominator: u32, burst: u32) -> Self {
        let mut model = Self {
            numerator: numerator.into(),
            denominator: denominator.into(),
            burst: burst.into(),
            level: 0,
        };
        model.level = model.token() * model.burst;
        model
    }

    fn token(&self) -> u128 {
        self.denominator * 1_000_000_000
    }

    fn pass(&mut self, nanos: u64) {
        let brought = u128::from(nanos) * self.numerator;
        self.level = (self.level + brought).min(self.token() * self.burst);
    }

    fn take(&mut self, tokens: u32) -> bool {
        let wanted = self.token() * u128::from(tokens);
        let has = self.level >= wanted;
        if has {
            self.level -= wanted;
        }
        has
    }
}

#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    Take(u32),
    GiveBack(usize),
}

fn steps(gives_back: bool) -> impl Strategy<Value = Vec<Step>> {
    let nanos = prop_oneof![0..2_000_u64, 0..2_000_000_000_u64, 0..100_000_000_000_u64];
    let pass = nanos.prop_map(Step::Pass);
    let take = (1..4_u32).prop_map(Step::Take);
    let step = if gives_back {
        prop_oneof![2 => pass, 4 => take, 2 => (0..8_usize).prop_map(Step::GiveBack)].boxed()
    } else {
        prop_oneof![1 => pass, 2 => take].boxed()
    };
    prop::collection::vec(step, 1..80)
}

/// Rates whose denominators are powers of two, so that a float holds them exactly.
fn rates() -> impl Strategy<Value = (u32, u32)> {
    let numerators = prop_oneof![1..20_u32, 1..2_000_000_u32];
    (numerators, (0..8_u32).prop_map(|shift| 1 << shift))
}

fn bucket((numerator, denominator): (u32, u32), burst: u32) -> TokenBucket {
    let rate = f64::from(numerator) / f64::from(denominator);
    TokenBucket::new(RateLimit::new(rate, burst).expect("it is a rate"))
}

proptest! {
    /// It admits what exact fractions admit, but for what a nanosecond or two bring.
    #[test]
    fn buckets_are_exact(rate in rates(), burst in 1..50_u32, steps in steps(false)) {
        let clock = ManualClock::default();
        let bucket = bucket(rate, burst);
        let mut model = Model::new(rate.0, rate.1, burst);
        for step in steps {
            match step {
                Step::Pass(nanos) => {
                    clock.advance(Duration::from_nanos(nanos));
                    model.pass(nanos);
                }
                Step::Take(tokens) => {
                    let admitted = bucket.take(tokens, clock.now()).is_ok();
                    // Its units are rounded, so that it may have one more or one less.
                    let level = model.level;
                    let allowed = model.take(tokens);
                    let wanted = model.token() * u128::from(tokens);
                    let unit = 2 * model.numerator + 2;
                    if admitted && !allowed {
                        let lacking = wanted - level;
                        prop_assert!(lacking <= unit, "too much: {lacking} of {}", model.token());
                        model.level = 0;
                    }
                    if allowed && !admitted {
                        let spare = level - wanted;
                        prop_assert!(spare <= unit, "too little: {spare} of {}", model.token());
                        model.level = level;
                    }
                }
                Step::GiveBack(_) => {}
            }
        }
    }

    /// Between any two moments no more is used than the burst and what the rate brings.
    #[test]
    fn never_more_than_the_limit(rate in rates(), burst in 1..20_u32, steps in steps(true)) {
        let clock = ManualClock::default();
        let bucket = bucket(rate, burst);
        let mut used: Vec<(u128, u32)> = Vec::new();
        let mut out: Vec<(usize, Tokens)> = Vec::new();
        for step in steps {
            match step {
                Step::Pass(nanos) => clock.advance(Duration::from_nanos(nanos)),
                Step::Take(tokens) => {
                    if let Ok(taken) = bucket.take(tokens, clock.now()) {
                        out.push((used.len(), taken));
                        used.push((clock.now().monotonic().as_nanos(), tokens));
                    }
                }
                Step::GiveBack(which) => {
                    if which < out.len() {
                        let (place, taken) = out.swap_remove(which);
                        bucket.give_back(taken, &clock);
                        used[place].1 = 0;
                    }
                }
            }
        }
        let token = u128::from(rate.1) * 1_000_000_000;
        for (index, (begin, _)) in used.iter().enumerate() {
            let mut sum = 0;
            for (end, tokens) in &used[index..] {
                sum += u128::from(*tokens);
                let brought = (end - begin) * u128::from(rate.0);
                prop_assert!(sum * token <= u128::from(burst) * token + brought + 2 * u128::from(rate.0));
            }
        }
    }

    /// What is refused by one limit costs the others nothing; what is admitted costs each one.
    #[test]
    fn all_or_nothing(
        bursts in prop::array::uniform4(1..6_u32),
        passes in prop::collection::vec(0..400_000_000_u64, 1..40),
    ) {
        let clock = ManualClock::default();
        let buckets = bursts.map(|burst| bucket((1, 1), burst));
        for nanos in passes {
            clock.advance(Duration::from_nanos(nanos));
            let now = clock.now();
            let before = buckets.each_ref().map(|bucket| bucket.tokens(now));
            let outcome = take_all(buckets.each_ref().map(|one| Some(Limited::Rate(one))), now, &clock);
            let after = buckets.each_ref().map(|bucket| bucket.tokens(now));
            match outcome {
                Ok(()) => prop_assert_eq!(after, before.map(|tokens| tokens - 1)),
                Err(refused) => {
                    prop_assert_eq!(after, before);
                    prop_assert_eq!(before.iter().position(|tokens| *tokens == 0), Some(refused.index));
                }
            }
        }
    }

    /// A wait is enough, and not more than a little too long.
    #[test]
    fn waits_are_right(rate in rates(), burst in 1..5_u32) {
        let clock = ManualClock::default();
        let bucket = bucket(rate, burst);
        while bucket.take(1, clock.now()).is_ok() {}
        let wait = bucket.take(1, clock.now()).expect_err("it is empty");
        let wait = wait.duration().expect("it comes");
        clock.advance(wait.saturating_sub(Duration::from_nanos(3)));
        prop_assert!(wait.as_nanos() <= 3 || bucket.take(1, clock.now()).is_err());
        clock.advance(Duration::from_nanos(4));
        prop_assert!(bucket.take(1, clock.now()).is_ok());
    }

    /// A limit that changes takes along what is there.
    #[test]
    fn limits_change(burst in 1..50_u32, taken in 0..50_u32, other in 1..50_u32, rate in rates()) {
        let clock = ManualClock::default();
        let before = bucket((1, 1), burst);
        let taken = taken.min(burst);
        prop_assert!(taken == 0 || before.take(taken, clock.now()).is_ok());
        let limit = RateLimit::new(f64::from(rate.0), other).expect("it is a rate");
        let after = before.with_limit(limit, clock.now());
        prop_assert_eq!(after.tokens(clock.now()), (burst - taken).min(other));
    }
}

#[test]
fn threads_get_no_more_than_there_is() {
    let clock = SystemClock::new();
    let limits = [(100_000.0, 50), (50_000.0, 5), (80_000.0, 1)];
    let limits = limits.map(|(rate, burst)| RateLimit::new(rate, burst).expect("it is a rate"));
    let buckets = limits.map(TokenBucket::new);
    let admitted = AtomicU64::new(0);
    let begin = clock.now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50_000 {
                    let limits = buckets.each_ref().map(|one| Some(Limited::Rate(one)));
                    if take_all(limits, clock.now(), &clock).is_ok() {
                        admitted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let elapsed = clock.now().since(begin).as_secs_f64();
    let admitted = admitted.into_inner();
    let most = 50_000.0 * elapsed + 5.0;
    assert!(admitted as f64 <= most, "{admitted} in {elapsed} s");
    assert!(admitted > 0);
}
