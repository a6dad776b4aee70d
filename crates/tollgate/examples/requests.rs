//! Answers a number of requests in one process, for `.ci/cost` to count what each of them takes.
//!
//! `requests tollgate COUNT` runs them through a gateway, `requests axum COUNT` through an axum
//! router whose handler makes the same body by hand, and `requests none COUNT` only makes them.

use std::error::Error;
use std::hint::black_box;

#[path = "../benches/whole_request/pets.rs"]
mod pets;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments
        .next()
        .ok_or("usage: requests tollgate|axum|none COUNT")?;
    let count: u32 = arguments
        .next()
        .ok_or("usage: requests tollgate|axum|none COUNT")?
        .parse()?;
    match kind.as_str() {
        "tollgate" => requests(count, &pets::gateway(), pets::answer),
        "axum" => requests(count, &pets::axum_app(), pets::answer),
        "none" => requests(count, &(), |()| pets::request()),
        other => return Err(format!("unknown kind {other:?}").into()),
    }
    Ok(())
}

/// What is counted; a function of its own, so that the counter can tell it from starting up.
#[inline(never)]
fn requests<S: Clone, R>(count: u32, service: &S, answer: impl Fn(S) -> R) {
    for _ in 0..count {
        black_box(answer(service.clone()));
    }
}
