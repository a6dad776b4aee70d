//! Judging one request by policies of 1, 10 and 100 statements, the last of which allows it; and
//! beside them, parsing a policy of 10 statements for each request.
//!
//! Criterion's throughput is in statements. What is allocated, `examples/evaluate.rs` counts.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use tollgate_iam::policy::{Decision, Policy, PolicyKind};

#[path = "policy/workload.rs"]
mod workload;

const GROUP: &str = "policy";

fn main() {
    let context = workload::context();
    let request = workload::request(&context);
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    for statements in [1, 10, 100] {
        let policies = workload::policies(statements);
        let decide = || Policy::evaluate_all(black_box(&policies), black_box(&request));
        assert!(matches!(decide(), Decision::Allow { .. }));
        group.throughput(Throughput::Elements(statements as u64));
        group.bench_function(format!("statements-{statements}"), |bencher| {
            bencher.iter(decide);
        });
    }
    let text = workload::text(10);
    group.bench_function("parsed-each-time-10", |bencher| {
        bencher.iter(|| {
            let policy = Policy::parse(black_box(&text), PolicyKind::Identity);
            policy.is_ok_and(|policy| policy.evaluate(&request).is_allow())
        });
    });
    group.finish();
    criterion.final_summary();

    tollgate_bench::print_ratios(GROUP, "statements-100", &["statements-1", "statements-10"]);
    tollgate_bench::print_ratios(GROUP, "statements-10", &["parsed-each-time-10"]);
}
