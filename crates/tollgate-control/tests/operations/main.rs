//! What operations answer, and in which words.

#[path = "../support/mod.rs"]
mod support;

mod account;
mod api_keys;
mod authorizers;
mod client_certificates;
mod credentials;
mod deployments;
mod documentation;
mod documents;
mod domain_names;
mod errors;
mod gateway_responses;
mod models;
mod properties;
mod resources;
mod responses;
mod rest_apis;
mod round_trips;
mod stages;
mod tags;
mod test_authorizers;
mod test_invoke;
mod usage;
mod usage_plans;
mod vpc_links;
