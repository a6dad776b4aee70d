//! Judges a number of requests in one process, so that valgrind can count what each of them takes.
//!
//! ```sh
//! cargo build --release -p tollgate-iam --example evaluate
//! for count in 1000 3000; do
//!     valgrind target/release/examples/evaluate 10 "$count" 2>&1 | grep 'heap usage'
//! done
//! ```
//!
//! The two runs differ by what 2,000 requests allocate: nothing.

use std::error::Error;
use std::hint::black_box;

use tollgate_iam::policy::{Policy, Request};

#[path = "../benches/policy/workload.rs"]
mod workload;

const USAGE: &str = "usage: evaluate STATEMENTS COUNT";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let statements = arguments.next().ok_or(USAGE)?.parse()?;
    let count = arguments.next().ok_or(USAGE)?.parse()?;
    let context = workload::context();
    evaluations(
        count,
        &workload::policies(statements),
        &workload::request(&context),
    );
    Ok(())
}

/// What is counted; a function of its own, so that the counter can tell it from starting up.
#[inline(never)]
fn evaluations(count: u32, policies: &[Policy], request: &Request<'_>) {
    for _ in 0..count {
        black_box(Policy::evaluate_all(policies, black_box(request)));
    }
}
