//! The operations, a module for each kind of thing.

mod integration;
mod method;
mod parameters;
mod resource;
mod rest_api;
mod rest_api_policy;

use crate::operation::Operation;

/// All operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = [
        integration::OPERATIONS,
        method::OPERATIONS,
        resource::OPERATIONS,
        rest_api::OPERATIONS,
    ];
    all.into_iter().flatten()
}
