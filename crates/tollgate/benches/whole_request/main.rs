//! A whole request without a socket: a gateway beside an axum handler that makes the same body by
//! hand. Prints the ratio of the medians at the end.

use std::path::Path;

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

    if let (Some(ours), Some(theirs)) = (median("tollgate"), median("axum")) {
        #[expect(clippy::print_stdout, reason = "a benchmark prints its ratio")]
        {
            println!(
                "tollgate {ours:.0} ns, axum by hand {theirs:.0} ns, ratio {:.2}",
                ours / theirs
            );
        }
    }
}

fn json(body: &[u8]) -> serde_json::Value {
    serde_json::from_slice(body).expect("both answer JSON")
}

/// The median of a benchmark that has just run, in nanoseconds; `None` if it did not.
fn median(name: &str) -> Option<f64> {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "../../target".into());
    let file = Path::new(&target)
        .join("criterion")
        .join(GROUP)
        .join(name)
        .join("new/estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
