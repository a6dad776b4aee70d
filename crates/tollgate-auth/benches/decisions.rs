//! What it takes to decide about one request: a caller who signs, by policies of 1 and of 50
//! statements of which the last one allows the call; a caller whom a Lambda authorizer knows already,
//! beside the judgement of the kept policy alone; and the bearer of a token, beside the verification of
//! its signature alone, which is all of the cost that cannot be left out.

use criterion::Criterion;

#[path = "decisions/workload.rs"]
mod workload;

const GROUP: &str = "auth";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    for (name, mut decide) in workload::cases() {
        group.bench_function(name, |bencher| bencher.iter(&mut decide));
    }
    group.finish();
    criterion.final_summary();

    tollgate_bench::print_ratios(GROUP, "iam-50", &["iam-1"]);
    tollgate_bench::print_ratios(GROUP, "authorizer-kept", &["policy-alone"]);
    tollgate_bench::print_ratios(GROUP, "jwt-rs256", &["signature-alone"]);
}
