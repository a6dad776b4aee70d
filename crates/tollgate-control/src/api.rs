//! The operations, a module for each kind of thing.

mod absent;
mod access_association;
mod account;
mod api_key;
mod api_key_import;
mod authorizer;
mod base_path_mapping;
mod client_certificate;
mod credentials;
mod deployment;
mod documentation_part;
mod documentation_version;
mod domain_name;
mod export;
mod gateway_response;
mod import;
mod integration;
mod integration_response;
mod method;
mod method_response;
mod model;
mod naming;
mod parameters;
mod request_validator;
mod resource;
mod rest_api;
mod stage;
mod stage_patch;
mod stage_settings;
mod tag;
pub(crate) mod test_authorizer;
pub(crate) mod test_invoke;
pub(crate) mod usage;
mod usage_plan;
mod usage_plan_key;
mod vpc_link;

use crate::operation::Operation;

/// All operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = [
        absent::OPERATIONS,
        access_association::OPERATIONS,
        account::OPERATIONS,
        api_key::OPERATIONS,
        api_key_import::OPERATIONS,
        authorizer::OPERATIONS,
        base_path_mapping::OPERATIONS,
        client_certificate::OPERATIONS,
        deployment::OPERATIONS,
        documentation_part::OPERATIONS,
        documentation_version::OPERATIONS,
        domain_name::OPERATIONS,
        export::OPERATIONS,
        gateway_response::OPERATIONS,
        import::OPERATIONS,
        integration::OPERATIONS,
        integration_response::OPERATIONS,
        method::OPERATIONS,
        method_response::OPERATIONS,
        model::OPERATIONS,
        request_validator::OPERATIONS,
        resource::OPERATIONS,
        rest_api::OPERATIONS,
        stage::OPERATIONS,
        tag::OPERATIONS,
        test_authorizer::OPERATIONS,
        test_invoke::OPERATIONS,
        usage::OPERATIONS,
        usage_plan::OPERATIONS,
        usage_plan_key::OPERATIONS,
        vpc_link::OPERATIONS,
    ];
    all.into_iter().flatten()
}
