//! The integration that calls a function.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::Instant;
use tollgate_core::{Body, BoxError, Context, GatewayResponseType, Rejection};

use super::handler::failed;
use super::timed::Timed;
use super::{
    FunctionError, Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction,
    MAX_PAYLOAD_BYTES,
};
use crate::patience::Patience;
use crate::{AnswerError, Integration, IntegrationRequest, IntegrationResponse};

/// The header that says whether the caller waits.
const INVOCATION_TYPE: HeaderName = HeaderName::from_static("x-amz-invocation-type");
/// The header with what the function's context shows of its client.
const CLIENT_CONTEXT: HeaderName = HeaderName::from_static("x-amz-client-context");
/// The header that says that a function failed, and how.
pub(super) const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");
/// The header with the id under which the function ran.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// What Lambda says of an answer that is too large.
const ANSWER_TOO_LARGE: &str =
    "Response payload size exceeded maximum allowed payload size (6291556 bytes).";

/// The integration that sends the request's body to a function, and answers with its answer as it is.
///
/// The answer has the headers of Lambda's own API: `X-Amz-Function-Error` says whether the function
/// failed, `X-Amzn-RequestId` under which id it ran. Of the request's headers
/// `X-Amz-Invocation-Type` and `X-Amz-Client-Context` count.
///
/// An answer is read whole, and has at most [`MAX_PAYLOAD_BYTES`], unless it
/// [streams](Self::with_streaming).
#[derive(Clone, Debug)]
pub struct Lambda {
    function: Arc<dyn LambdaFunction>,
    timeout: Duration,
    /// How long a streamed answer may stand still; `None`: answers are read whole.
    idle_timeout: Option<Duration>,
}

impl Lambda {
    /// Calls a function, which may take so long from the call to the last byte of its answer.
    #[must_use]
    pub const fn new(function: Arc<dyn LambdaFunction>, timeout: Duration) -> Self {
        Self {
            function,
            timeout,
            idle_timeout: None,
        }
    }

    /// Passes answers on as they arrive, of any size; one of which nothing arrives for `idle_timeout`
    /// breaks off. Errors of the function are still read whole, where it has not begun to answer.
    ///
    /// [`ProxyResponse::of_stream`](super::ProxyResponse::of_stream) reads such an answer.
    #[must_use]
    pub const fn with_streaming(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// Sends an event that is no client's request, and waits for the whole answer, within the time of
    /// this integration.
    ///
    /// # Errors
    ///
    /// As for [`LambdaFunction::invoke`].
    pub async fn invoke(&self, payload: impl Into<Bytes>) -> Result<Invoked, InvokeFailure> {
        self.within_time(Invocation::new(payload, self.timeout))
            .await
    }

    async fn within_time(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let ran = tokio::time::timeout(self.timeout, self.run(invocation)).await;
        ran.unwrap_or(Err(InvokeFailure::TimedOut(self.timeout)))
    }

    /// Why an answer ended before its end.
    fn broken_off(&self, error: &BoxError) -> InvokeFailure {
        let rejection = error.downcast_ref().map(AnswerError::to_rejection);
        let response_type = rejection.and_then(|rejection| rejection.response_type());
        match response_type {
            Some(GatewayResponseType::IntegrationTimeout) => InvokeFailure::TimedOut(self.timeout),
            _ => InvokeFailure::Unreachable(format!("its answer broke off: {error}")),
        }
    }

    /// Calls the function; an answer that is not streamed is read to its end.
    async fn run(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let mut invoked = self.function.invoke(invocation).await?;
        if self.streams(&invoked) {
            return Ok(invoked);
        }
        let answer = std::mem::take(&mut invoked.payload);
        match collected(answer).await {
            Ok(answer) => {
                invoked.payload = Body::from(answer);
                Ok(invoked)
            }
            Err(Uncollected::TooLarge) => {
                let failed = failed("Function.ResponseSizeTooLarge", &ANSWER_TOO_LARGE);
                invoked.function_error = failed.function_error;
                invoked.payload = failed.payload;
                Ok(invoked)
            }
            Err(Uncollected::Broken(error)) => Err(self.broken_off(&error)),
        }
    }

    const fn streams(&self, invoked: &Invoked) -> bool {
        self.idle_timeout.is_some() && invoked.function_error.is_none()
    }
}

#[async_trait]
impl Integration for Lambda {
    async fn call(
        &self,
        context: &Context,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let payload = collected(request.body).await.map_err(|error| match error {
            Uncollected::TooLarge => InvokeFailure::PayloadTooLarge.into(),
            Uncollected::Broken(error) => {
                Rejection::configuration(format!("the event cannot be read: {error}"))
            }
        })?;
        // What is no event at all is an empty one to Lambda.
        let payload = if payload.is_empty() {
            Bytes::from_static(b"{}")
        } else {
            payload
        };
        let mut invocation = Invocation::new(payload, self.timeout);
        invocation.invocation_type = invocation_type(&request.headers)?;
        invocation.trace_id = Some(context.trace_id().into_owned());
        let client_context = request.headers.get(CLIENT_CONTEXT);
        let client_context = client_context.and_then(|value| value.to_str().ok());
        invocation.client_context = client_context.map(str::to_owned);
        invocation.is_streamed = self.idle_timeout.is_some();
        #[cfg(feature = "aws")]
        {
            invocation.caller = request.caller;
        }
        let called = Instant::now();
        let invoked = self.within_time(invocation).await?;
        let streams = self.streams(&invoked);
        let mut response = IntegrationResponse::new(invoked.status.into());
        response.headers = headers(&invoked);
        response.body = match invoked.payload.try_into_bytes() {
            Err(answer) if streams => {
                let patience = Patience::after_head(self.timeout, called, self.idle_timeout);
                Body::stream(Timed::new(answer, patience))
            }
            Err(answer) => answer,
            Ok(answer) => Body::from(answer),
        };
        Ok(response)
    }
}

/// # Errors
///
/// `API_CONFIGURATION_ERROR` where there is no such type.
fn invocation_type(headers: &HeaderMap) -> Result<InvocationType, Rejection> {
    let Some(said) = headers.get(INVOCATION_TYPE) else {
        return Ok(InvocationType::default());
    };
    match said.as_bytes() {
        b"RequestResponse" => Ok(InvocationType::RequestResponse),
        b"Event" => Ok(InvocationType::Event),
        b"DryRun" => Ok(InvocationType::DryRun),
        _ => Err(Rejection::configuration(format!(
            "there is no invocation type {said:?}"
        ))),
    }
}

fn headers(invoked: &Invoked) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(3);
    let json = const { HeaderValue::from_static("application/json") };
    headers.insert(header::CONTENT_TYPE, json);
    if let Some(error) = invoked.function_error {
        let error = match error {
            FunctionError::Handled => "Handled",
            FunctionError::Unhandled => "Unhandled",
        };
        headers.insert(FUNCTION_ERROR, HeaderValue::from_static(error));
    }
    let request_id = invoked.request_id.as_deref();
    // An id that cannot stand in a header is of no use to anybody.
    if let Some(id) = request_id.and_then(|id| HeaderValue::from_str(id).ok()) {
        headers.insert(REQUEST_ID, id);
    }
    headers
}

pub(super) enum Uncollected {
    TooLarge,
    Broken(BoxError),
}

/// A payload, read whole.
pub(super) async fn collected(body: Body) -> Result<Bytes, Uncollected> {
    let body = match body.try_into_bytes() {
        Ok(whole) if whole.len() <= MAX_PAYLOAD_BYTES => return Ok(whole),
        Ok(_) => return Err(Uncollected::TooLarge),
        Err(stream) => stream,
    };
    let whole = Limited::new(body, MAX_PAYLOAD_BYTES).collect().await;
    whole.map(|whole| whole.to_bytes()).map_err(|error| {
        match error.downcast_ref::<LengthLimitError>() {
            Some(_) => Uncollected::TooLarge,
            None => Uncollected::Broken(error),
        }
    })
}
