//! Streams of functions that end too early.

use thiserror::Error;

/// Why a streamed answer has broken off. It is the error of its [`Body`](tollgate_core::Body).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the function's answer broke off: {error_type}: {error_body}")]
#[non_exhaustive]
pub struct StreamFailure {
    /// The kind of error, such as `Sandbox.Timedout`, or what the function calls it.
    pub error_type: String,
    /// What more is said of it: a text, or the function's own JSON.
    pub error_body: String,
}

impl StreamFailure {
    /// What breaks off the stream of a function of your own.
    #[must_use]
    pub fn new(error_type: impl Into<String>, error_body: impl Into<String>) -> Self {
        Self {
            error_type: error_type.into(),
            error_body: error_body.into(),
        }
    }
}
