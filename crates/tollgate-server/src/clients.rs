//! What calls endpoints.

use std::sync::Arc;

use ipnet::IpNet;
use tollgate::integration::aws::{AwsClient, Endpoints};
use tollgate::integration::{AddressFilter, HttpClient};

use crate::site::Site;

/// What calls endpoints, and what it was made for: deployments share it, so that connections outlive
/// them.
#[derive(Debug)]
pub(crate) struct Clients {
    http: HttpClient,
    aws: AwsClient,
    reachable: Vec<IpNet>,
    endpoints: Endpoints,
}

impl Clients {
    /// What calls HTTP endpoints and AWS services of a site.
    pub(crate) fn of(site: &Site) -> Self {
        let addresses = AddressFilter::public_and(site.reachable.iter().copied());
        let http = HttpClient::builder().address_filter(addresses).build();
        let mut aws = AwsClient::new(http.clone()).with_endpoints(site.endpoints.clone());
        if let Some(credentials) = &site.credentials {
            aws = aws.with_credentials(Arc::new(credentials.clone()));
        }
        Self {
            http,
            aws,
            reachable: site.reachable.clone(),
            endpoints: site.endpoints.clone(),
        }
    }

    /// Whether they are those of a site. Credentials are the environment's, which does not change.
    pub(crate) fn are_for(&self, site: &Site) -> bool {
        self.reachable == site.reachable && self.endpoints == site.endpoints
    }

    /// A clone of each, which shares its connections.
    pub(crate) fn both(&self) -> (HttpClient, AwsClient) {
        (self.http.clone(), self.aws.clone())
    }
}
