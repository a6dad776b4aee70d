//! A whole request without a socket: a gateway beside an axum handler that makes the same body by
//! hand. Prints the ratio of the medians at the end.

use criterion::Criterion;

mod pets;

const GROUP: &str = "whole_request";

fn main() {
    let gateway = pets::gateway();
    let app = pets::axum_app();
    assert_eq!(
        json(&pets::answer(gateway.clone())),
        json(&pets::answer(app.clone()))
    );

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    group.bench_function("tollgate", |bencher| {
        bencher.iter(|| pets::answer(gateway.clone()))
    });
    group.bench_function("axum", |bencher| bencher.iter(|| pets::answer(app.clone())));
    group.finish();
    criterion.final_summary();

    tollgate_bench::print_ratios(GROUP, "tollgate", &["axum"]);
}

fn json(body: &[u8]) -> serde_json::Value {
    serde_json::from_slice(body).expect("both answer JSON")
}
