//! Lambda: functions that events are sent to.
//!
//! A [`LambdaFunction`] runs an event. [`LambdaFunctions`] knows functions by name: handlers in this
//! process, and whatever else implements the trait. [`Lambda`] is the integration that calls one, and
//! [`ProxyEvent`] and [`ProxyResponse`] are what a proxy integration says to it and hears from it.

#[cfg(feature = "lambda")]
mod background;
#[cfg(any(feature = "lambda", feature = "lambda-runtime"))]
mod backlog;
#[cfg(feature = "lambda")]
mod begun;
#[cfg(feature = "lambda")]
mod error_message;
#[cfg(all(feature = "aws", feature = "lambda"))]
mod event_stream;
#[cfg(feature = "lambda")]
mod failure;
mod function;
#[cfg(feature = "lambda")]
mod function_name;
#[cfg(feature = "lambda")]
mod functions;
#[cfg(feature = "lambda")]
mod handler;
#[cfg(feature = "lambda")]
mod integration;
#[cfg(feature = "lambda")]
mod json;
#[cfg(feature = "lambda")]
mod payload;
#[cfg(feature = "lambda")]
mod proxy_event;
#[cfg(feature = "lambda")]
mod proxy_response;
#[cfg(all(feature = "aws", feature = "lambda"))]
mod remote;
#[cfg(feature = "lambda-runtime")]
mod runtime;
#[cfg(all(feature = "lambda", feature = "tower"))]
mod service;
#[cfg(feature = "lambda")]
mod service_function;
#[cfg(any(feature = "lambda", feature = "lambda-runtime"))]
mod stream_failure;
#[cfg(feature = "lambda")]
mod timed;

#[cfg(feature = "lambda")]
pub use error_message::{error_message, raised_message};
#[cfg(all(feature = "aws", feature = "lambda"))]
pub use event_stream::EventStream;
pub use function::{
    FunctionError, Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction,
};
#[cfg(feature = "lambda")]
pub use function_name::{FunctionName, InvalidFunctionName};
#[cfg(feature = "lambda")]
pub use functions::LambdaFunctions;
#[cfg(feature = "lambda")]
pub use handler::LambdaEvent;
#[cfg(feature = "lambda")]
pub use integration::Lambda;
#[cfg(feature = "lambda")]
pub use payload::MAX_PAYLOAD_BYTES;
#[cfg(feature = "lambda")]
pub use proxy_event::ProxyEvent;
#[cfg(feature = "lambda")]
pub use proxy_response::{MAX_METADATA_BYTES, MalformedProxyResponse, ProxyResponse};
#[cfg(all(feature = "aws", feature = "lambda"))]
pub use remote::RemoteFunction;
#[cfg(feature = "lambda-runtime")]
pub use runtime::{
    FunctionLog, FunctionSettings, InvalidSettings, LocalFunction, LogLine, LogSource,
};
#[cfg(all(feature = "lambda", feature = "tower"))]
pub use service::{LambdaService, LambdaServiceFuture};
#[cfg(feature = "lambda")]
pub use service_function::ServiceFunction;
#[cfg(any(feature = "lambda", feature = "lambda-runtime"))]
pub use stream_failure::StreamFailure;
