#![doc = include_str!("../README.md")]

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "http")]
mod http;
mod integration;
pub mod lambda;
#[cfg(feature = "tower")]
mod layer;
mod mock;
#[cfg(any(feature = "http", feature = "lambda"))]
mod patience;
#[cfg(feature = "tower")]
mod service;

#[cfg(feature = "http")]
pub use self::http::{
    AddressFilter, ClientCertificate, Http, HttpClient, HttpClientBuilder, InvalidCertificates,
    InvalidClientCertificate,
};
pub use integration::{AnswerError, Integration, IntegrationRequest, IntegrationResponse};
#[cfg(feature = "tower")]
pub use layer::{Integrated, IntegratedFuture, IntegrationLayer};
pub use mock::Mock;
#[cfg(feature = "tower")]
pub use service::{IntegrationFuture, IntegrationService};
