//! Processes that are killed, and disks that are full.
//!
//! `TOLLGATE_STORE_DRILL=COMMITS` makes them longer; `.ci/store-drill` does that.

#[path = "../support/mod.rs"]
mod support;

mod child;
mod disk;
mod killed;
#[cfg(feature = "postgres")]
mod server;
mod speed;

/// Commits that a drill goes on for.
fn commits(usually: u64) -> u64 {
    let told = std::env::var("TOLLGATE_STORE_DRILL").ok();
    told.map_or(usually, |told| told.parse().expect("it is a number"))
}
