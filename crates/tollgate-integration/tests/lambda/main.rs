//! Lambda functions as their callers see them.

#[path = "../http/endpoint.rs"]
mod endpoint;
mod event;
mod functions;
mod remote;
mod service;
mod streaming;
