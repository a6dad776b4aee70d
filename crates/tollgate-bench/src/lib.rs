#![doc = include_str!("../README.md")]

use std::path::PathBuf;

/// Prints the medians of a criterion group that has just run, and ours over each peer's.
///
/// `ours` and `peers` are names of benchmarks in the `group`. Those that did not run, as when a
/// filter was given, are left out. To be called from a benchmark, whose working directory is its
/// crate's.
pub fn print_ratios(group: &str, ours: &str, peers: &[&str]) {
    let Some(our_median) = median(group, ours) else {
        return;
    };
    for peer in peers {
        let Some(their_median) = median(group, peer) else {
            continue;
        };
        #[expect(clippy::print_stdout, reason = "a benchmark prints its ratio")]
        {
            println!(
                "{group}: {ours} {our_median:.1} ns, {peer} {their_median:.1} ns, ratio {:.2}",
                our_median / their_median
            );
        }
    }
}

/// The median of a benchmark in nanoseconds; `None` if it did not run.
fn median(group: &str, name: &str) -> Option<f64> {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "../../target".into());
    // Criterion puts `_` where a name has a slash.
    let folder = |name: &str| name.replace('/', "_");
    let file: PathBuf = [
        target,
        "criterion".into(),
        folder(group).into(),
        folder(name).into(),
        "new/estimates.json".into(),
    ]
    .iter()
    .collect();
    let estimates: serde_json::Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
