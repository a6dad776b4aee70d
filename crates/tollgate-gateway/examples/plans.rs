//! Compiles a document in one process, for `.ci/compile-cost` to count instructions and heap.
//!
//! `plans KIND RESOURCES` compiles the benchmark's document of a kind (0, 1 or 2) and keeps document
//! and plan to the end; `plans KIND RESOURCES document` makes the document only.

use std::hint::black_box;

use tollgate_gateway::Plan;
use tollgate_model::{ApiDocument, Stage};

#[expect(dead_code, reason = "the benchmark's tables of stages are not counted")]
#[path = "../benches/compile/documents.rs"]
mod documents;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const USAGE: &str = "usage: plans 0|1|2 RESOURCES [document]";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([kind, resources] | [kind, resources, _]) = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let kinds = documents::Kind::ALL;
    let kind = kinds.get(kind.parse::<usize>()?).ok_or(USAGE)?;
    let document = documents::document(*kind, resources.parse()?);
    if arguments.len() == 2 {
        std::mem::forget(plans(&document)?);
    }
    // What is counted is what is in use at the end.
    std::mem::forget(black_box(document));
    Ok(())
}

/// What is counted; a function of its own, so that the counter can tell it from the rest.
#[inline(never)]
fn plans(document: &ApiDocument) -> Result<Plan, Box<dyn std::error::Error>> {
    Ok(black_box(Plan::compile(
        document,
        &Stage::new("prod".parse()?),
    )?))
}
