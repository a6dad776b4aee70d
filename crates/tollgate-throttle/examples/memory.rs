//! Prints how many bytes a key takes: `cargo run --release --example memory -- tollgate 1000000`, or
//! `governor`.
#![expect(clippy::print_stdout, reason = "it prints a figure")]

use std::num::NonZeroU32;

use governor::{Quota, RateLimiter};
use tollgate_core::{Clock as _, RateLimit, SystemClock};
use tollgate_throttle::KeyedBuckets;

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
    let mut args = std::env::args().skip(1);
    let which = args.next().unwrap_or_default();
    let keys: usize = args.next().ok_or("how many keys?")?.parse()?;
    let taken = if which == "governor" {
        let hundred = NonZeroU32::new(100).ok_or("it is not zero")?;
        let limiter = RateLimiter::keyed(Quota::per_second(hundred));
        let taken = (0..keys).filter(|index| limiter.check_key(&key(*index)).is_ok());
        let taken = taken.count();
        println!("{which}: {} bytes a key", (resident() - before) / keys);
        drop(limiter);
        taken
    } else {
        let clock = SystemClock::new();
        // So slow that none is full again, and forgotten, before all are there.
        let buckets = KeyedBuckets::<String>::new(RateLimit::new(0.001, 100)?).with_most_keys(keys);
        let taken =
            (0..keys).filter(|index| buckets.take(key(*index).as_str(), clock.now()).is_ok());
        let taken = taken.count();
        println!("tollgate: {} bytes a key", (resident() - before) / keys);
        drop(buckets);
        taken
    };
    println!("{taken} taken");
    Ok(())
}
