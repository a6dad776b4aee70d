//! What happens to a request, step by step, for whoever wants to know.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, Uri};

use crate::{Context, Rejection};

/// One step of a request, with what it decided.
///
/// Events borrow from the request in flight: an observer that keeps something copies it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The request arrived; always the first event. The context holds its head.
    Received,
    /// A resource and method were chosen. The context holds the path parameters.
    Routed {
        /// The resource's path as configured.
        resource: &'a str,
        /// The method as configured, perhaps `ANY`.
        method: &'a str,
    },
    /// A mapping template is rendered.
    TemplateRendered {
        /// Which body it made.
        side: MappingSide,
        /// The key that the template stands under, such as `application/json`.
        media_type: &'a str,
        /// The template's text.
        template: &'a str,
        /// The body before.
        input: &'a [u8],
        /// The body after.
        output: &'a [u8],
    },
    /// The integration request is ready.
    IntegrationRequest {
        /// Its verb.
        method: &'a Method,
        /// What is called; `/` where nothing is.
        uri: &'a Uri,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body; `None` where it is passed on as it arrives.
        body: Option<&'a [u8]>,
    },
    /// The endpoint answered.
    IntegrationResponse {
        /// Its status; a mock may answer any number.
        status: i64,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body before transformations; `None` where it is passed on as it arrives.
        body: Option<&'a [u8]>,
        /// How long it took.
        latency: Duration,
    },
    /// One of the method's integration responses is for the endpoint's answer.
    IntegrationResponseSelected {
        /// Its selection pattern; `None`: it is the default one.
        pattern: Option<&'a str>,
        /// The status that it gives to the client.
        status: StatusCode,
    },
    /// The method response is ready.
    MethodResponse {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body; `None` where it is passed on as it arrives.
        body: Option<&'a [u8]>,
    },
    /// The gateway refuses, and its own response is ready.
    Refused {
        /// Why, and what the client may know of it.
        rejection: &'a Rejection,
        /// The response's status.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body.
        body: Option<&'a [u8]>,
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

/// Between client and endpoint there are two mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingSide {
    /// From method request to integration request.
    Request,
    /// From integration response to method response.
    Response,
}

/// Watches requests: access logs, metrics and traces are observers.
///
/// Observers run on the request's own path, so they must be quick; whatever they do, the request
/// goes on.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Something happened to the request with this context.
    fn observe(&self, context: &Context, event: &Event<'_>);

    /// Whether events must tell of bodies.
    ///
    /// Bodies that nothing else needs whole are then collected before they are passed on.
    fn wants_bodies(&self) -> bool {
        false
    }
}
