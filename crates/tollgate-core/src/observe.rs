//! What happens to a request, step by step, for whoever wants to know.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::{Context, Rejection};

/// One step of a request, with what it decided.
///
/// Events borrow from the request in flight: an observer that keeps something copies it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A resource and method were chosen.
    Routed {
        /// The resource's path as configured.
        resource: &'a str,
        /// The method as configured, perhaps `ANY`.
        method: &'a str,
    },
    /// The integration request is ready.
    IntegrationRequest {
        /// The body after transformations.
        body: &'a [u8],
    },
    /// The endpoint answered.
    IntegrationResponse {
        /// Its status; a mock may answer any number.
        status: i64,
        /// The body before transformations.
        body: &'a [u8],
        /// How long it took.
        latency: Duration,
    },
    /// The method response is ready.
    MethodResponse {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
    },
    /// The response is on its way; always the last event.
    Completed {
        /// Its status.
        status: StatusCode,
        /// Bytes of its body, where that is known.
        length: Option<u64>,
        /// From the request's arrival until now.
        latency: Duration,
        /// Why it is the gateway's own answer, if it is.
        rejection: Option<&'a Rejection>,
    },
}

/// Watches requests: access logs, metrics and traces are observers.
///
/// Observers run on the request's own path, so they must be quick; whatever they do, the request
/// goes on.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Something happened to the request with this context.
    fn observe(&self, context: &Context, event: &Event<'_>);
}
