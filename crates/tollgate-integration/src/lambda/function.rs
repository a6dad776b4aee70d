//! What runs a function, however it is reached.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;
use tollgate_core::Body;

/// A function that events can be sent to: one in this process, in a process beside it, or behind
/// Lambda's own API.
#[async_trait]
pub trait LambdaFunction: Send + Sync + fmt::Debug {
    /// Sends an event and waits for what the function makes of it, or, if it is asynchronous, until
    /// it is accepted.
    ///
    /// # Errors
    ///
    /// [`InvokeFailure`] where the function could not be run, or not to its end. A function that ran
    /// and failed has answered: see [`Invoked::function_error`].
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure>;
}

/// An event on its way to a function (`Invoke` of the Lambda API reference).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Invocation {
    /// The event.
    pub payload: Bytes,
    /// Whether the caller waits for the function.
    pub invocation_type: InvocationType,
    /// What `X-Amzn-Trace-Id` says of the request that led here.
    pub trace_id: Option<String>,
    /// `X-Amz-Client-Context`: Base64 of a JSON object for the function's context.
    pub client_context: Option<String>,
    /// How long the caller waits.
    pub timeout: Duration,
    /// Whether the caller takes the answer as it arrives (`InvokeWithResponseStream` of the Lambda API
    /// reference). What the function gives then is [`Invoked::payload`] as it gives it; a function
    /// that does not stream answers as usual.
    ///
    /// Behind a proxy integration that streams, it should begin with its status and headers: a JSON
    /// object with `statusCode`, `headers`, `multiValueHeaders` and `cookies`, then eight NUL bytes.
    pub is_streamed: bool,
    /// The key of whoever calls the gateway, where the function is to be called with it.
    #[cfg(feature = "aws")]
    pub caller: Option<tollgate_iam::sigv4::Credentials>,
}

impl Invocation {
    /// An event whose sender waits so long for the answer.
    #[must_use]
    pub fn new(payload: impl Into<Bytes>, timeout: Duration) -> Self {
        Self {
            payload: payload.into(),
            invocation_type: InvocationType::default(),
            trace_id: None,
            client_context: None,
            timeout,
            is_streamed: false,
            #[cfg(feature = "aws")]
            caller: None,
        }
    }
}

/// `X-Amz-Invocation-Type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvocationType {
    /// The caller waits for the function's answer.
    #[default]
    RequestResponse,
    /// The event is accepted, and the function runs when it can.
    Event,
    /// Only whether the function could be run is found out.
    DryRun,
}

/// What became of an event.
#[derive(Debug)]
#[non_exhaustive]
pub struct Invoked {
    /// The status of the call: 200, 202 for an asynchronous one, 204 for a dry run.
    pub status: u16,
    /// Whether the payload is an error of the function.
    pub function_error: Option<FunctionError>,
    /// What the function answered; one that streams does so here. A stream that cannot be whole ends
    /// with an error, such as a [`StreamFailure`](super::StreamFailure): its caller is then cut off.
    pub payload: Body,
    /// The id under which the function ran, for logs.
    pub request_id: Option<String>,
}

impl Invoked {
    /// The answer of a function that succeeded.
    #[must_use]
    pub fn new(payload: impl Into<Body>) -> Self {
        Self {
            status: 200,
            function_error: None,
            payload: payload.into(),
            request_id: None,
        }
    }
}

/// `X-Amz-Function-Error`: how a function failed that was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionError {
    /// It answered with an error.
    Handled,
    /// It threw, crashed or ran out of time.
    Unhandled,
}

/// Why a function was not run, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvokeFailure {
    /// There is no such function.
    #[error("there is no function {0:?}")]
    NotFound(String),
    /// The caller may not call it.
    #[error("access denied: {0}")]
    AccessDenied(String),
    /// It runs as often as it may already.
    #[error("the function is called too often")]
    Throttled,
    /// The event is larger than functions take.
    #[error("the event is too large")]
    PayloadTooLarge,
    /// The caller's time is over.
    #[error("the function did not answer within {0:?}")]
    TimedOut(Duration),
    /// Whatever runs functions cannot be reached.
    #[error("the function cannot be reached: {0}")]
    Unreachable(String),
    /// What came back is no answer of a function.
    #[error("the answer is none of a function: {0}")]
    InvalidAnswer(String),
}
