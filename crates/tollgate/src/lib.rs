#![doc = include_str!("../README.md")]

mod document;
mod openapi_gateway;

pub use document::Document;
pub use openapi_gateway::{DEFAULT_STAGE, from_openapi, plan_from_openapi};
pub use tollgate_auth as auth;
#[cfg(feature = "control")]
pub use tollgate_control as control;
pub use tollgate_core as core;
pub use tollgate_deploy as deploy;
pub use tollgate_gateway as gateway;
pub use tollgate_gateway::{Gateway, Gateways, Plan};
pub use tollgate_iam as iam;
pub use tollgate_integration as integration;
pub use tollgate_jsonpath as jsonpath;
pub use tollgate_mapping as mapping;
pub use tollgate_model as model;
pub use tollgate_node as node;
pub use tollgate_openapi as openapi;
#[cfg(feature = "redis")]
pub use tollgate_redis as redis;
pub use tollgate_regex as regex;
pub use tollgate_router as router;
pub use tollgate_store as store;
pub use tollgate_throttle as throttle;
pub use tollgate_validate as validate;
pub use tollgate_vtl as vtl;
