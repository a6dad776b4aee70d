//! AWS services: where they are, and requests to them with signatures.
//!
//! An [`AwsClient`] knows endpoints and credentials, and gives a [`ServiceCaller`] for each service
//! that is called: an [`Integration`](crate::Integration) that signs what the mapping made and sends
//! it.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use http::Method;
//! use tollgate_core::Body;
//! use tollgate_iam::sigv4::Credentials;
//! use tollgate_integration::aws::{AwsClient, Endpoints, Identity, Service};
//! use tollgate_integration::{HttpClient, IntegrationRequest};
//!
//! # async fn call() -> Result<(), Box<dyn std::error::Error>> {
//! let endpoints = Endpoints::default().with_all("http://127.0.0.1:4566".parse()?);
//! let client = AwsClient::new(HttpClient::default())
//!     .with_endpoints(endpoints)
//!     .with_credentials(Arc::new(Credentials::new("AKIDEXAMPLE", "secret")));
//! let sqs = client.caller(&Service::new("sqs"), "us-east-1", Duration::from_secs(5));
//! let mut request = IntegrationRequest::new(Method::POST, Body::from("Action=ListQueues"));
//! let endpoint = sqs.endpoint().ok_or("such a service has a host")?;
//! request.uri = format!("{endpoint}/").parse()?;
//! let answer = sqs.send(request).await;
//! # Ok(())
//! # }
//! ```

mod assume_role;
mod caller;
mod client;
mod credentials;
mod endpoint;
mod identity;
mod service;
mod signature;

pub use caller::ServiceCaller;
pub use client::AwsClient;
pub use credentials::{CredentialsError, CredentialsProvider};
pub use endpoint::{Endpoint, Endpoints, InvalidEndpoint};
pub use identity::{Identity, InvalidIdentity, RoleArn};
pub use service::{ActionProtocol, Service};
