//! Functions behind Lambda's own API.

use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use http_body_util::{BodyExt as _, Limited};
use tollgate_core::{
    Body, BoxError, GatewayResponseType, Rejection, TRACE_HEADER, first_media_type,
};

use super::event_stream::{EventStream, MEDIA_TYPE};
use super::integration::{FUNCTION_ERROR, REQUEST_ID};
use super::{
    FunctionError, FunctionName, Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction,
};
use crate::aws::{AwsClient, Identity, Service, ServiceCaller};
use crate::{IntegrationRequest, IntegrationResponse};

/// Bytes of an error's text that are read.
const MOST_OF_AN_ERROR: usize = 64 * 1024;

/// A function behind Lambda's own API, or whatever speaks like it: it is called with signed requests
/// (`Invoke` and `InvokeWithResponseStream` of the Lambda API reference). Whether there is one is known
/// once it is called.
///
/// ```
/// use tollgate_integration::aws::AwsClient;
/// use tollgate_integration::lambda::{LambdaFunctions, RemoteFunction};
///
/// let mut functions = LambdaFunctions::new();
/// let remote = RemoteFunction::new(&AwsClient::default(), "pets:live".parse()?, "us-east-1");
/// functions.insert("pets", std::sync::Arc::new(remote));
/// # Ok::<(), tollgate_integration::lambda::InvalidFunctionName>(())
/// ```
#[derive(Clone, Debug)]
pub struct RemoteFunction {
    name: FunctionName,
    caller: ServiceCaller,
}

impl RemoteFunction {
    /// The function of this name, in this region if the name says no other.
    #[must_use]
    pub fn new(client: &AwsClient, name: FunctionName, default_region: &str) -> Self {
        // Each event comes with a timeout of its own.
        let region = name.region().unwrap_or(default_region);
        let caller = client.caller(&Service::new("lambda"), region, Duration::ZERO);
        Self { name, caller }
    }

    /// Calls it as somebody else.
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.caller = self.caller.with_identity(identity);
        self
    }
}

#[async_trait]
impl LambdaFunction for RemoteFunction {
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let timeout = invocation.timeout;
        let is_streamed = streams(&invocation);
        let caller = invocation.caller.clone();
        let mut request = self
            .request(invocation)
            .map_err(|error| InvokeFailure::Unreachable(error.to_string()))?;
        request.caller = caller;
        let answer = self.caller.within(timeout).send(request).await;
        let answer = answer.map_err(|rejection| failure(&rejection, timeout))?;
        self.invoked(answer, is_streamed).await
    }
}

impl RemoteFunction {
    /// The request of an event.
    fn request(&self, invocation: Invocation) -> Result<IntegrationRequest, BoxError> {
        // A name has nothing to escape but the colons of an ARN and the dollar sign of `$LATEST`.
        let name = self.name.as_str().replace(':', "%3A").replace('$', "%24");
        let endpoint = self.caller.endpoint().ok_or("Lambda has no host there")?;
        let action = if streams(&invocation) {
            format!("2021-11-15/functions/{name}/response-streaming-invocations")
        } else {
            format!("2015-03-31/functions/{name}/invocations")
        };
        let uri = format!("{endpoint}/{action}");
        let mut headers = HeaderMap::with_capacity(12);
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        let invocation_type = match invocation.invocation_type {
            InvocationType::RequestResponse => "RequestResponse",
            InvocationType::Event => "Event",
            InvocationType::DryRun => "DryRun",
        };
        headers.insert(
            "x-amz-invocation-type",
            HeaderValue::from_static(invocation_type),
        );
        for (name, value) in [
            (TRACE_HEADER, invocation.trace_id),
            (
                const { HeaderName::from_static("x-amz-client-context") },
                invocation.client_context,
            ),
        ] {
            if let Some(value) = value {
                headers.insert(name, value.parse()?);
            }
        }
        let mut request = IntegrationRequest::new(Method::POST, Body::from(invocation.payload));
        request.uri = uri.parse()?;
        request.headers = headers;
        Ok(request)
    }

    async fn invoked(
        &self,
        answer: IntegrationResponse,
        is_streamed: bool,
    ) -> Result<Invoked, InvokeFailure> {
        let status = match answer.status {
            status @ (200 | 202 | 204) => status.unsigned_abs(),
            status => return Err(self.refused(status, answer.body).await),
        };
        let body = if is_streamed {
            let content_type = answer.headers.get(header::CONTENT_TYPE);
            if content_type.is_none_or(|value| first_media_type(value.as_bytes()) != MEDIA_TYPE) {
                let reason = format!("a stream of the type {content_type:?}");
                return Err(InvokeFailure::InvalidAnswer(reason));
            }
            Body::stream(EventStream::new(answer.body))
        } else {
            answer.body
        };
        let text = |name: HeaderName| {
            let value = answer.headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let mut invoked = Invoked::new(body);
        invoked.status = u16::try_from(status).unwrap_or(200);
        invoked.function_error = text(FUNCTION_ERROR).map(|error| match error.as_str() {
            "Handled" => FunctionError::Handled,
            _ => FunctionError::Unhandled,
        });
        invoked.request_id = text(REQUEST_ID);
        Ok(invoked)
    }

    async fn refused(&self, status: i64, body: Body) -> InvokeFailure {
        let text = match Limited::new(body, MOST_OF_AN_ERROR).collect().await {
            Ok(text) => String::from_utf8_lossy(&text.to_bytes()).into_owned(),
            Err(error) => format!("its text cannot be read: {error}"),
        };
        match status {
            403 => InvokeFailure::AccessDenied(text),
            404 => InvokeFailure::NotFound(self.name.as_str().to_owned()),
            413 => InvokeFailure::PayloadTooLarge,
            429 => InvokeFailure::Throttled,
            _ => InvokeFailure::InvalidAnswer(format!("status {status}: {text}")),
        }
    }
}

/// Whether the answer to an event comes as a stream: only that of one whose sender waits for it.
fn streams(invocation: &Invocation) -> bool {
    invocation.is_streamed && invocation.invocation_type == InvocationType::RequestResponse
}

/// Why a call was not answered.
fn failure(rejection: &Rejection, timeout: Duration) -> InvokeFailure {
    let reason = rejection.reason().unwrap_or("no reason is known");
    match rejection.response_type() {
        Some(GatewayResponseType::IntegrationTimeout) => InvokeFailure::TimedOut(timeout),
        // There is no key to sign with.
        Some(GatewayResponseType::ApiConfigurationError) => {
            InvokeFailure::AccessDenied(reason.to_owned())
        }
        _ => InvokeFailure::Unreachable(reason.to_owned()),
    }
}
