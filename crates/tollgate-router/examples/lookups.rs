//! Looks paths up in one process, for `.ci/cost` to count instructions and heap.
//!
//! `lookups ROUTER TABLE hits|misses ROUNDS` looks every path of the benchmark's table (0, 1 or 2)
//! up so many times; ROUTER is `tollgate`, `wayfind`, `matchit` or `none`, which only walks the
//! paths. Prints how many lookups there were.

use std::hint::black_box;

use tollgate_router::Verb;

#[path = "../benches/lookup/tables.rs"]
mod tables;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const USAGE: &str = "usage: lookups tollgate|wayfind|matchit|none TABLE hits|misses ROUNDS";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [router, table, outcome, rounds] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let workload = tables::Workload::all()
        .into_iter()
        .nth(table.parse()?)
        .ok_or(USAGE)?;
    let paths = match outcome.as_str() {
        "hits" => &workload.hits,
        "misses" => &workload.misses,
        _ => return Err(USAGE.into()),
    };
    let rounds: u32 = rounds.parse()?;
    match router.as_str() {
        "tollgate" => {
            let table = workload.tollgate();
            lookups(rounds, paths, |path| {
                black_box(table.find(Verb::Get, path));
            });
            keep(table);
        }
        "wayfind" => {
            let router = workload.wayfind();
            lookups(rounds, paths, |path| {
                black_box(router.search(path));
            });
            keep(router);
        }
        "matchit" => {
            let router = workload.matchit();
            lookups(rounds, paths, |path| {
                let _ = black_box(router.at(path));
            });
            keep(router);
        }
        "none" => lookups(rounds, paths, |path| {
            black_box(path);
        }),
        _ => return Err(USAGE.into()),
    }
    #[expect(clippy::print_stdout, reason = "the counter divides by it")]
    {
        println!(
            "{}: {} lookups",
            workload.name,
            rounds as usize * paths.len()
        );
    }
    Ok(())
}

/// What is counted; a function of its own, so that the counter can tell it from starting up.
#[inline(never)]
fn lookups(rounds: u32, paths: &[String], find: impl Fn(&str)) {
    for _ in 0..rounds {
        for path in paths {
            find(black_box(path));
        }
    }
}

/// Leaves a router where it is, so that what it holds shows as in use at the end.
fn keep<R>(router: R) {
    std::mem::forget(router);
}
