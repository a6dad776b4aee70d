//! Calls to one service.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use tokio::time::timeout;
use tollgate_core::{Body, Context, GatewayResponseType, Rejection};
use tollgate_iam::sigv4::{Credentials, Timestamp};

use super::client::AwsClient;
use super::credentials::CredentialsError;
use super::endpoint::Endpoint;
use super::identity::Identity;
use super::service::Service;
use super::signature::Scope;
use crate::{Http, Integration, IntegrationRequest, IntegrationResponse};

/// Bytes that the body of a call may have: it is hashed before it is sent. A client's request has no
/// more.
const LONGEST_BODY: usize = 10_485_760;

/// The integration that calls an AWS service in a region, with signatures.
#[derive(Clone, Debug)]
pub struct ServiceCaller {
    client: AwsClient,
    http: Http,
    scope: Scope,
    /// `None` where the service's name makes no host.
    endpoint: Option<Endpoint>,
    identity: Identity,
    timeout: Duration,
}

impl ServiceCaller {
    pub(super) fn new(
        client: AwsClient,
        service: &Service,
        region: &str,
        timeout: Duration,
    ) -> Self {
        let endpoint = client.endpoint(service, region);
        let mut http = Http::new(client.http.clone(), timeout);
        if let Some(endpoint) = &endpoint {
            http = http.with_origin(endpoint.scheme(), endpoint.authority());
        }
        Self {
            client,
            http,
            scope: Scope {
                service: service.clone(),
                region: region.into(),
            },
            endpoint,
            identity: Identity::Gateway,
            timeout,
        }
    }

    /// Calls the service as somebody else.
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }

    /// Lets the [`AddressFilter`](crate::AddressFilter) judge the address of the service: its name
    /// came from a stage variable. Endpoints that the operator set are not judged.
    #[must_use]
    pub fn with_filtered_addresses(mut self) -> Self {
        if !self.client.is_redirected(&self.scope.service) {
            self.http = self.http.with_requested_hosts();
        }
        self
    }

    /// Where requests go: the URI of each should begin so.
    ///
    /// `None` where the service's name makes no host; requests are then refused.
    #[must_use]
    pub const fn endpoint(&self) -> Option<&Endpoint> {
        self.endpoint.as_ref()
    }

    /// Signs a request and sends it.
    ///
    /// # Errors
    ///
    /// As [`Integration::call`]; `API_CONFIGURATION_ERROR` where there is no key to sign with. A key
    /// that is not there in time is `INTEGRATION_TIMEOUT`, like an answer that is not.
    pub async fn send(
        &self,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let credentials = self.credentials(request.caller.as_ref());
        let credentials = timeout(self.timeout, credentials).await;
        let credentials = credentials.map_err(|_| self.late())?;
        let credentials = credentials.map_err(|error| error.to_rejection())?;
        self.send_with(credentials, request).await
    }

    /// The same service within another time.
    #[cfg(feature = "lambda")]
    pub(crate) fn within(&self, timeout: Duration) -> Self {
        Self {
            http: self.http.within(timeout),
            timeout,
            ..self.clone()
        }
    }

    /// Signs a request with this key and sends it.
    pub(super) async fn send_with(
        &self,
        credentials: Credentials,
        mut request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        let body = whole(std::mem::take(&mut request.body)).await?;
        let now = Timestamp::from_unix(self.client.clock.now().unix());
        self.scope.sign(&mut request, &body, credentials, now)?;
        request.body = Body::from(body);
        self.http.send(request).await
    }

    fn late(&self) -> Rejection {
        let millis = self.timeout.as_millis();
        Rejection::new(GatewayResponseType::IntegrationTimeout)
            .because(format!("no key to sign the call with within {millis} ms"))
    }

    async fn credentials(
        &self,
        caller: Option<&Credentials>,
    ) -> Result<Credentials, CredentialsError> {
        match &self.identity {
            Identity::Gateway => self.client.credentials().await,
            Identity::Role(role) => self.client.assume(role, &self.scope.region).await,
            Identity::Caller => caller.cloned().ok_or(CredentialsError::NoCaller),
        }
    }
}

#[async_trait]
impl Integration for ServiceCaller {
    async fn call(
        &self,
        _: &Context,
        request: IntegrationRequest,
    ) -> Result<IntegrationResponse, Rejection> {
        self.send(request).await
    }
}

/// A body, read whole.
async fn whole(body: Body) -> Result<Bytes, Rejection> {
    let body = match body.try_into_bytes() {
        Ok(bytes) => return Ok(bytes),
        Err(body) => body,
    };
    let whole = Limited::new(body, LONGEST_BODY).collect().await;
    let whole = whole.map_err(|error| {
        Rejection::new(GatewayResponseType::IntegrationFailure)
            .because(format!("the body of the call cannot be read: {error}"))
    })?;
    Ok(whole.to_bytes())
}
