//! Functions behind Lambda's own API.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use tollgate_core::{Body, Clock, GatewayResponseType, Rejection, SystemClock, TRACE_HEADER};
use tollgate_iam::sigv4::{Credentials, PayloadHash, SignableRequest, Signer, Timestamp};

use super::integration::{FUNCTION_ERROR, REQUEST_ID};
use super::{
    FunctionError, FunctionName, Invocation, InvocationType, InvokeFailure, Invoked, LambdaFunction,
};
use crate::{Http, HttpClient, IntegrationRequest, IntegrationResponse};

/// Bytes of an error's text that are read.
const MOST_OF_AN_ERROR: usize = 64 * 1024;

/// Lambda's API of a region, or whatever speaks like it: where functions are found by name and called
/// with signed requests (`Invoke` of the Lambda API reference).
///
/// ```
/// use tollgate_iam::sigv4::Credentials;
/// use tollgate_integration::HttpClient;
/// use tollgate_integration::lambda::{LambdaFunctions, RemoteLambda};
///
/// let credentials = || Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
/// let lambda = RemoteLambda::new(HttpClient::default(), "us-east-1", credentials);
/// let functions =
///     LambdaFunctions::new().with_fallback(move |name| Some(lambda.function(name)));
/// assert!(functions.find(&"pets".parse()?).is_some());
/// # Ok::<(), tollgate_integration::lambda::InvalidFunctionName>(())
/// ```
#[derive(Clone)]
pub struct RemoteLambda(Arc<Api>);

#[derive(Clone)]
struct Api {
    client: HttpClient,
    region: Box<str>,
    credentials: Arc<dyn Fn() -> Credentials + Send + Sync>,
    endpoint: Option<(Scheme, Authority)>,
    clock: Arc<dyn Clock>,
}

impl RemoteLambda {
    /// The API of a region, which is that of functions whose names say no other.
    ///
    /// Each request is signed with the credentials of its moment.
    #[must_use]
    pub fn new(
        client: HttpClient,
        region: impl Into<Box<str>>,
        credentials: impl Fn() -> Credentials + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Api {
            client,
            region: region.into(),
            credentials: Arc::new(credentials),
            endpoint: None,
            clock: Arc::new(SystemClock::new()),
        }))
    }

    /// Sends all requests here instead of to Amazon.
    #[must_use]
    pub fn with_endpoint(mut self, scheme: Scheme, authority: Authority) -> Self {
        Arc::make_mut(&mut self.0).endpoint = Some((scheme, authority));
        self
    }

    /// Reads the time of signatures from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        Arc::make_mut(&mut self.0).clock = clock;
        self
    }

    /// The function of this name. Whether there is one is known once it is called.
    #[must_use]
    pub fn function(&self, name: &FunctionName) -> Arc<dyn LambdaFunction> {
        Arc::new(RemoteFunction {
            api: self.0.clone(),
            name: name.clone(),
        })
    }
}

/// A function behind the API.
#[derive(Debug)]
struct RemoteFunction {
    api: Arc<Api>,
    name: FunctionName,
}

#[async_trait]
impl LambdaFunction for RemoteFunction {
    async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeFailure> {
        let unreachable = |error: &dyn fmt::Display| InvokeFailure::Unreachable(error.to_string());
        let (scheme, authority) = self.endpoint().map_err(|error| unreachable(&error))?;
        let (timeout, client) = (invocation.timeout, self.api.client.clone());
        let http = Http::new(client, timeout).with_origin(&scheme, &authority);
        let request = self
            .request(&authority, invocation)
            .map_err(|error| unreachable(&error))?;
        let answer = http.send(request).await.map_err(|rejection| {
            let is_late =
                rejection.response_type() == Some(GatewayResponseType::IntegrationTimeout);
            match is_late {
                true => InvokeFailure::TimedOut(timeout),
                false => InvokeFailure::Unreachable(reason(&rejection)),
            }
        })?;
        self.invoked(answer).await
    }
}

impl RemoteFunction {
    fn region(&self) -> &str {
        self.name.region().unwrap_or(&self.api.region)
    }

    fn endpoint(&self) -> Result<(Scheme, Authority), http::uri::InvalidUri> {
        if let Some(endpoint) = &self.api.endpoint {
            return Ok(endpoint.clone());
        }
        let region = self.region();
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        let host = format!("lambda.{region}.amazonaws.com{suffix}");
        Ok((Scheme::HTTPS, Authority::try_from(host)?))
    }

    /// The signed request of an event.
    fn request(
        &self,
        authority: &Authority,
        invocation: Invocation,
    ) -> Result<IntegrationRequest, tollgate_core::BoxError> {
        // A name has nothing to escape but the colons of an ARN and the dollar sign of `$LATEST`.
        let name = self.name.as_str().replace(':', "%3A").replace('$', "%24");
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let mut headers = HeaderMap::with_capacity(12);
        headers.insert(header::HOST, authority.as_str().parse()?);
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
        let signed = {
            let headers = headers.iter();
            let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
            let request = SignableRequest::new("POST", &path, headers);
            let signer = Signer::new((self.api.credentials)(), self.region(), "lambda");
            let now = Timestamp::from_unix(self.api.clock.now().unix);
            signer.sign(&request, &PayloadHash::of(&invocation.payload), now)?
        };
        for (name, value) in signed.headers() {
            headers.insert(name, value.parse()?);
        }
        let mut request = IntegrationRequest::new(Method::POST, Body::from(invocation.payload));
        request.uri = Uri::from(PathAndQuery::try_from(path)?);
        request.headers = headers;
        Ok(request)
    }

    async fn invoked(&self, answer: IntegrationResponse) -> Result<Invoked, InvokeFailure> {
        let status = match answer.status {
            status @ (200 | 202 | 204) => status.unsigned_abs(),
            status => return Err(self.refused(status, answer.body).await),
        };
        let text = |name: HeaderName| {
            let value = answer.headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let mut invoked = Invoked::new(answer.body);
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

fn reason(rejection: &Rejection) -> String {
    rejection
        .reason()
        .unwrap_or("no reason is known")
        .to_owned()
}

/// Without credentials.
impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RemoteLambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoteLambda").field(&self.0).finish()
    }
}
