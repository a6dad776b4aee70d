//! The trait that every kind of integration implements.

use std::fmt;

use async_trait::async_trait;
use http::{HeaderMap, Method, Uri};
use thiserror::Error;
use tollgate_core::{Body, Context, Rejection};

/// How a method reaches its endpoint.
#[async_trait]
pub trait Integration: Send + Sync + fmt::Debug {
    /// Calls the endpoint for the client's request that the context tells of.
    ///
    /// # Errors
    ///
    /// A [`Rejection`] when there is no answer: `INTEGRATION_FAILURE` when the endpoint cannot be
    /// reached, `INTEGRATION_TIMEOUT` when it is too slow, `API_CONFIGURATION_ERROR` when the call
    /// cannot be made as configured. An answer with an error status is an answer.
    async fn call(
        &self,
        context: &Context,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection>;
}

/// A request to an endpoint, after all mapping.
#[derive(Debug)]
#[non_exhaustive]
pub struct IntegrationRequest {
    /// The verb of the call.
    pub method: Method,
    /// What is called; `/` where there is nothing to call.
    pub uri: Uri,
    /// The headers of the call.
    pub headers: HeaderMap,
    /// The body of the call.
    pub body: Body,
    /// The key of whoever calls the gateway, where the call is to be made with it.
    #[cfg(feature = "aws")]
    pub caller: Option<tollgate_iam::sigv4::Credentials>,
}

impl IntegrationRequest {
    /// A request without headers, to nobody.
    #[must_use]
    pub fn new(method: Method, body: Body) -> Self {
        Self {
            method,
            uri: Uri::default(),
            headers: HeaderMap::new(),
            body,
            #[cfg(feature = "aws")]
            caller: None,
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

/// Why the body of an answer broke off: the error of a [`Body`] that an integration gave.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", rejection.reason().unwrap_or("the answer broke off"))]
pub struct AnswerError {
    rejection: Rejection,
}

impl AnswerError {
    /// An error that a client is told of in this way, if it can still be told.
    #[must_use]
    pub const fn new(rejection: Rejection) -> Self {
        Self { rejection }
    }

    /// What a client is told that has got nothing of the answer yet.
    #[must_use]
    pub fn to_rejection(&self) -> Rejection {
        self.rejection.clone()
    }
}
