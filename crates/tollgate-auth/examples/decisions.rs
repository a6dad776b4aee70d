//! Decides about a number of requests in one process, so that valgrind can count what each takes:
//! `.ci/auth-cost`.

use std::error::Error;
use std::hint::black_box;

#[path = "../benches/decisions/workload.rs"]
mod workload;

const USAGE: &str = "usage: decisions CASE COUNT";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or(USAGE)?;
    let count = arguments.next().ok_or(USAGE)?.parse()?;
    let mut cases = workload::cases().into_iter();
    let (_, mut decide) = cases.find(|(case, _)| *case == name).ok_or(USAGE)?;
    decisions(count, &mut decide);
    Ok(())
}

/// What is counted; a function of its own, so that the counter can tell it from starting up.
#[inline(never)]
fn decisions(count: u32, decide: &mut workload::Decide) {
    for _ in 0..count {
        black_box(decide());
    }
}
