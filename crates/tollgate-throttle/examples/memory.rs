//! Prints how many bytes a key takes: `cargo run --release --example memory -- tollgate` or `governor`.
#![expect(clippy::print_stdout, reason = "it prints a figure")]

use std::num::NonZeroU32;

use governor::{Quota, RateLimiter};
use tollgate_core::{Clock as _, RateLimit, SystemClock};
use tollgate_throttle::KeyedBuckets;

const KEYS: usize = 1_000_000;

/// Bytes of this process that are in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kibibytes.unwrap_or(0) * 1_024
}

fn key(index: usize) -> String {
    format!("key-{index:016}")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let before = resident();
    let which = std::env::args().nth(1).unwrap_or_default();
    let taken = if which == "governor" {
        let hundred = NonZeroU32::new(100).ok_or("it is not zero")?;
        let limiter = RateLimiter::keyed(Quota::per_second(hundred));
        let taken = (0..KEYS).filter(|index| limiter.check_key(&key(*index)).is_ok());
        let taken = taken.count();
        println!("{which}: {} bytes a key", (resident() - before) / KEYS);
        drop(limiter);
        taken
    } else {
        let clock = SystemClock::new();
        // So slow that none is full again, and forgotten, before all are there.
        let buckets = KeyedBuckets::<Box<str>>::new(RateLimit::new(0.001, 100)?);
        let taken =
            (0..KEYS).filter(|index| buckets.take(key(*index).as_str(), clock.now()).is_ok());
        let taken = taken.count();
        println!("tollgate: {} bytes a key", (resident() - before) / KEYS);
        drop(buckets);
        taken
    };
    println!("{taken} taken");
    Ok(())
}
