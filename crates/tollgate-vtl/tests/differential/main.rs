//! Random templates, rendered by Apache Velocity and by this crate; see the README.

#![cfg(feature = "json")]
#![expect(
    clippy::print_stdout,
    reason = "a test that skips or finds a difference says so"
)]

mod case;
mod differs;
mod explained;
mod generate;
mod oracle;
mod ours;
mod random;
mod shrink;
mod table;

use std::collections::BTreeMap;

use case::{Case, Flavour};
use differs::Difference;
use explained::Classes;
use oracle::Oracle;

/// Cases per flavour unless `TOLLGATE_CASES` says otherwise.
const CASES: usize = 2_000;
/// The seed unless `TOLLGATE_SEED` says otherwise.
const SEED: u64 = 1;
/// Differences that are looked at; should there be more, that alone is a failure.
const SHRUNK: usize = 400;

#[test]
fn agrees_with_velocity_17() {
    compare(Flavour::V17);
}

#[test]
fn agrees_with_velocity_2() {
    compare(Flavour::V2);
}

#[test]
fn agrees_with_the_model_of_api_gateway() {
    compare(Flavour::ApiGateway);
}

fn compare(flavour: Flavour) {
    let Some(oracle) = Oracle::of(flavour) else {
        return;
    };
    let seed = number("TOLLGATE_SEED").unwrap_or(SEED);
    let count = number("TOLLGATE_CASES").unwrap_or(CASES);
    let cases: Vec<Case> = (0..count)
        .map(|index| generate::case(seed, index, flavour))
        .collect();
    let answers = oracle.ask(&cases);
    let total = cases.len();
    let mut differences: Vec<Difference> = cases
        .into_iter()
        .zip(answers)
        .filter_map(|(case, expected)| Difference::of(case, expected, flavour))
        .collect();
    let found = differences.len();
    differences.truncate(number("TOLLGATE_SHRINK").unwrap_or(SHRUNK));
    let classes = Classes::new();
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    for difference in shrink::shrink(differences, &oracle, flavour) {
        match classes.of(&difference, flavour) {
            Some(row) => *explained.entry(row).or_default() += 1,
            None => println!("{difference}"),
        }
    }
    for (row, count) in &explained {
        println!("{count:5} {row}");
    }
    let unexplained = found - explained.values().sum::<usize>();
    println!("{flavour:?}: {found} of {total} cases differ, {unexplained} unexplained");
    assert_eq!(unexplained, 0, "cases on which {flavour:?} differs");
}

fn number<T: std::str::FromStr>(variable: &str) -> Option<T> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse().ok();
    Some(number.unwrap_or_else(|| panic!("{variable} is not a number")))
}
