//! What can go wrong between the gateway and an endpoint.

use std::error::Error as _;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use thiserror::Error;
use tollgate_core::{GatewayResponseType, Rejection};

/// Why an endpoint gave no answer.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("the URI of the call names no host")]
    NoHost,
    #[error("its name cannot be resolved: {0}")]
    Unresolvable(io::Error),
    #[error(
        "its address {0} is not public, and its name does not stand in the document word for word"
    )]
    Forbidden(IpAddr),
    #[error("encryption is not available: {0}")]
    NoTls(rustls::Error),
    #[error("it cannot be connected: {0}")]
    Connect(io::Error),
    #[error("no connection within {} ms", .0.as_millis())]
    ConnectTimeout(Duration),
    #[error("no answer within {} ms", .0.as_millis())]
    AnswerTimeout(Duration),
    #[error("no whole answer within {} ms", .0.as_millis())]
    BodyTimeout(Duration),
    #[error("nothing of its answer for {} ms", .0.as_millis())]
    Idle(Duration),
    #[error("it does not speak HTTP as expected: {}", told(.0))]
    Exchange(hyper::Error),
    #[error("it answered with the status 101, to a request that asked for no other protocol")]
    SwitchedProtocols,
}

/// The error and what caused it, which its own text leaves out.
fn told(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

impl Failure {
    /// What the client is told of it.
    pub(super) fn to_rejection(&self, endpoint: &str) -> Rejection {
        let response_type = match self {
            // The service logs these as "Invalid endpoint address".
            Self::NoHost | Self::Unresolvable(_) | Self::Forbidden(_) => {
                return Rejection::configuration(format!(
                    "invalid endpoint address {endpoint}: {self}"
                ));
            }
            Self::NoTls(_) | Self::Connect(_) | Self::Exchange(_) | Self::SwitchedProtocols => {
                GatewayResponseType::IntegrationFailure
            }
            Self::ConnectTimeout(_)
            | Self::AnswerTimeout(_)
            | Self::BodyTimeout(_)
            | Self::Idle(_) => GatewayResponseType::IntegrationTimeout,
        };
        Rejection::new(response_type).because(format!("endpoint {endpoint}: {self}"))
    }
}
