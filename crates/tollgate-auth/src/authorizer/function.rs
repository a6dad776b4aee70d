//! What says who calls.

use std::error::Error;
use std::fmt;
use std::future::Future;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use thiserror::Error;

use super::event::AuthorizerEvent;

/// The function of a Lambda authorizer, however it is reached.
///
/// Whoever implements it keeps the time of a call, and answers [`FunctionError::NotRun`] when it is
/// over; 29 seconds is the longest that an API waits for anything.
#[async_trait]
pub trait AuthorizerFunction: Send + Sync + fmt::Debug {
    /// Asks the function about a caller; what it answers is JSON.
    ///
    /// # Errors
    ///
    /// [`FunctionError`] where the function failed, or was not run.
    async fn invoke(&self, event: AuthorizerEvent) -> Result<Bytes, FunctionError>;
}

/// Why the function of an authorizer has no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FunctionError {
    /// It ran, and failed with this message. `Unauthorized`, and nothing else, refuses the caller.
    #[error("the function failed: {message}")]
    Raised {
        /// `errorMessage` of the function's error.
        message: String,
    },
    /// It could not be run, or not in time.
    #[error("the function was not run")]
    NotRun(#[source] Box<dyn Error + Send + Sync>),
}

impl FunctionError {
    /// What a function fails with that does not know its caller.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::Raised {
            message: "Unauthorized".to_owned(),
        }
    }

    /// What a function in this process fails with that panicked.
    pub(super) fn panicked() -> Self {
        Self::NotRun("it panicked".into())
    }
}

/// What a function in this process answers: the object that Lambda functions return.
pub type FunctionResult = Result<Value, FunctionError>;

/// A function in this process.
///
/// ```
/// use serde_json::json;
/// use tollgate_auth::{FunctionError, authorizer_fn};
///
/// let function = authorizer_fn(async |event| match event.authorization_token() {
///     Some("let-me-in") => Ok(json!({
///         "principalId": "alice",
///         "policyDocument": {
///             "Version": "2012-10-17",
///             "Statement": [
///                 {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event.method_arn()}
///             ]
///         }
///     })),
///     _ => Err(FunctionError::unauthorized()),
/// });
/// # let _ = function;
/// ```
pub fn authorizer_fn<F, R>(function: F) -> impl AuthorizerFunction + use<F, R>
where
    F: Fn(AuthorizerEvent) -> R + Send + Sync,
    R: Future<Output = FunctionResult> + Send,
{
    Closure(function)
}

struct Closure<F>(F);

#[async_trait]
impl<F, R> AuthorizerFunction for Closure<F>
where
    F: Fn(AuthorizerEvent) -> R + Send + Sync,
    R: Future<Output = FunctionResult> + Send,
{
    async fn invoke(&self, event: AuthorizerEvent) -> Result<Bytes, FunctionError> {
        Ok(self.0(event).await?.to_string().into())
    }
}

impl<F> fmt::Debug for Closure<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("authorizer_fn(…)")
    }
}
