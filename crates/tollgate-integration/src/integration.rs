//! The trait that every kind of integration implements.

use std::fmt;

use async_trait::async_trait;
use http::{HeaderMap, Method};
use tollgate_core::{Body, Rejection};

/// How a method reaches its endpoint.
#[async_trait]
pub trait Integration: Send + Sync + fmt::Debug {
    /// Calls the endpoint.
    ///
    /// # Errors
    ///
    /// A [`Rejection`] when there is no answer: `INTEGRATION_FAILURE` when the endpoint cannot be
    /// reached, `INTEGRATION_TIMEOUT` when it is too slow, `API_CONFIGURATION_ERROR` when the call
    /// cannot be made as configured. An answer with an error status is an answer.
    async fn call(&self, request: IntegrationRequest) -> Result<IntegrationResponse, Rejection>;
}

/// A request to an endpoint, after all mapping.
#[derive(Debug)]
#[non_exhaustive]
pub struct IntegrationRequest {
    /// The verb of the call.
    pub method: Method,
    /// The headers of the call.
    pub headers: HeaderMap,
    /// The body of the call.
    pub body: Body,
}

impl IntegrationRequest {
    /// A request without headers.
    #[must_use]
    pub fn new(method: Method, body: Body) -> Self {
        Self {
            method,
            headers: HeaderMap::new(),
            body,
        }
    }
}

/// An endpoint's answer, before any mapping.
#[derive(Debug)]
#[non_exhaustive]
pub struct IntegrationResponse {
    /// The endpoint's status, which integration responses are selected by. A mock may say any
    /// number, so this is more than an HTTP status.
    pub status: i64,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body of the answer.
    pub body: Body,
}

impl IntegrationResponse {
    /// An answer with this status and nothing else.
    #[must_use]
    pub fn new(status: i64) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Body::empty(),
        }
    }
}
