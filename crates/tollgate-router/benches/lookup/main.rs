//! Lookups in three tables, hits and misses, beside wayfind and matchit. Those find a path alone;
//! ours finds a path and a verb. Prints the ratios of the medians at the end.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use tollgate_router::Verb;

mod tables;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut groups = Vec::new();
    for workload in tables::Workload::all() {
        for (outcome, paths) in [("hits", &workload.hits), ("misses", &workload.misses)] {
            let name = format!("lookup, {}, {outcome}", workload.name);
            let (tollgate, wayfind, matchit) =
                (workload.tollgate(), workload.wayfind(), workload.matchit());
            for path in paths {
                let found = tollgate.find(Verb::Get, path).map(|found| *found.value());
                assert_eq!(
                    found,
                    wayfind.search(path).map(|found| *found.data()),
                    "{path}"
                );
                assert_eq!(
                    found,
                    matchit.at(path).ok().map(|found| *found.value),
                    "{path}"
                );
            }
            let mut group = criterion.benchmark_group(&name);
            group.throughput(Throughput::Elements(paths.len() as u64));
            group.bench_function("tollgate", |bencher| {
                bencher.iter(|| each(paths, |path| tollgate.find(Verb::Get, path)));
            });
            group.bench_function("wayfind", |bencher| {
                bencher.iter(|| each(paths, |path| wayfind.search(path)));
            });
            group.bench_function("matchit", |bencher| {
                bencher.iter(|| each(paths, |path| matchit.at(path)));
            });
            group.finish();
            groups.push(name);
        }
    }
    criterion.final_summary();
    for group in groups {
        tollgate_bench::print_ratios(&group, "tollgate", &["wayfind", "matchit"]);
    }
}

/// Looks every path up once.
fn each<'p, F>(paths: &'p [String], find: impl Fn(&'p str) -> F) {
    for path in paths {
        black_box(find(black_box(path)));
    }
}
