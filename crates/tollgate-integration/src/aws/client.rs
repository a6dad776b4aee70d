//! What all calls of AWS services share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tollgate_core::{Clock, SystemClock};
use tollgate_iam::sigv4::Credentials;

use super::assume_role::Roles;
use super::caller::ServiceCaller;
use super::credentials::{CredentialsError, CredentialsProvider};
use super::endpoint::{Endpoint, Endpoints};
use super::service::Service;
use crate::HttpClient;

/// Calls AWS services: connections, endpoints, the gateway's key, and the roles that it assumed.
///
/// It is cheap to clone, and clones share the roles. Without credentials, calls fail with 500. See
/// the [module's page](super) for an example.
#[derive(Clone)]
pub struct AwsClient {
    pub(super) http: HttpClient,
    pub(super) endpoints: Arc<Endpoints>,
    pub(super) credentials: Option<Arc<dyn CredentialsProvider>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) roles: Arc<Roles>,
}

impl AwsClient {
    /// Calls services at their own addresses, without credentials.
    #[must_use]
    pub fn new(http: HttpClient) -> Self {
        Self {
            http,
            endpoints: Arc::default(),
            credentials: None,
            clock: Arc::new(SystemClock::new()),
            roles: Arc::default(),
        }
    }

    /// Calls services there.
    #[must_use]
    pub fn with_endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = Arc::new(endpoints);
        self
    }

    /// Signs with these keys, and assumes roles with them.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Arc<dyn CredentialsProvider>) -> Self {
        self.credentials = Some(credentials);
        // What one key was given is not another's.
        self.roles = Arc::default();
        self
    }

    /// Whether calls can be signed.
    #[must_use]
    pub const fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// The gateway's own key.
    pub(super) async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        match &self.credentials {
            Some(provider) => provider.credentials().await,
            None => Err(CredentialsError::None),
        }
    }

    /// Reads the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where services are called instead of at their own address.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Where a service is called in a region; `None` where its name makes no host.
    pub(super) fn endpoint(&self, service: &Service, region: &str) -> Option<Endpoint> {
        let configured = self.endpoints.for_service(service.name()).cloned();
        configured.or_else(|| format!("https://{}", service.host(region)).parse().ok())
    }

    /// Whether a service is called somewhere else than at its own address.
    #[must_use]
    pub fn is_redirected(&self, service: &Service) -> bool {
        self.endpoints.for_service(service.name()).is_some()
    }

    /// What calls a service in a region, as the gateway itself.
    ///
    /// The service may take `timeout` from the call to the last byte of its answer.
    #[must_use]
    pub fn caller(&self, service: &Service, region: &str, timeout: Duration) -> ServiceCaller {
        ServiceCaller::new(self.clone(), service, region, timeout)
    }
}

/// A client that calls services at their own addresses, without credentials.
impl Default for AwsClient {
    fn default() -> Self {
        Self::new(HttpClient::default())
    }
}

/// Clients are equal where they share their connections and roles, and call the same endpoints.
impl PartialEq for AwsClient {
    fn eq(&self, other: &Self) -> bool {
        self.http == other.http
            && Arc::ptr_eq(&self.roles, &other.roles)
            && self.endpoints == other.endpoints
    }
}

impl Eq for AwsClient {}

impl fmt::Debug for AwsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsClient")
            .field("endpoints", &self.endpoints)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
