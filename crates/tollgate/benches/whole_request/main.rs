//! A whole request without a socket: a gateway beside an axum handler that makes the same body by
//! hand; and one whose body is validated and read by templates, beside the parse of that body. Prints
//! the ratios of the medians at the end.

use criterion::Criterion;

mod pets;

const GROUP: &str = "whole_request";
const CREATION: &str = "validated_request";

fn main() {
    let gateway = pets::gateway();
    let app = pets::axum_app();
    assert_eq!(
        json(&pets::answer(gateway.clone(), pets::request())),
        json(&pets::answer(app.clone(), pets::request()))
    );

    let created = json(&pets::answer(gateway.clone(), pets::creation()));
    assert_eq!(created["tags"], pets::parse()["tags"]);

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    group.bench_function("tollgate", |bencher| {
        bencher.iter(|| pets::answer(gateway.clone(), pets::request()))
    });
    group.bench_function("axum", |bencher| {
        bencher.iter(|| pets::answer(app.clone(), pets::request()))
    });
    group.finish();
    let mut group = criterion.benchmark_group(CREATION);
    group.bench_function("tollgate", |bencher| {
        bencher.iter(|| pets::answer(gateway.clone(), pets::creation()))
    });
    group.bench_function("traced", |bencher| {
        bencher.iter(|| pets::answer(pets::traced(gateway.clone()), pets::creation()))
    });
    group.bench_function("parse", |bencher| bencher.iter(pets::parse));
    group.finish();
    criterion.final_summary();

    tollgate_bench::print_ratios(GROUP, "tollgate", &["axum"]);
    tollgate_bench::print_ratios(CREATION, "tollgate", &["parse", "traced"]);
}

fn json(body: &[u8]) -> serde_json::Value {
    serde_json::from_slice(body).expect("both answer JSON")
}
