//! One suite for all stores, and what each of them has for itself.

#[path = "../support/mod.rs"]
mod support;

mod export;
mod file;
mod kinds;
mod lifecycle;
mod places;
#[cfg(feature = "postgres")]
mod postgres;
mod random;
mod rules;
mod usage;
mod writers;
