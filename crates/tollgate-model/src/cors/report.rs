//! What was added to a document, and what could not be.

use std::fmt;

use tollgate_core::{Diagnostics, GatewayResponseType};

use crate::HttpMethod;

/// What [`ApiDocument::add_cors`](crate::ApiDocument::add_cors) did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CorsReport {
    /// What has been added, in the order of the document.
    pub added: Vec<CorsAddition>,
    /// What was left as it was though it may keep pages out, by JSON pointers into the document.
    pub remarks: Diagnostics,
}

/// A part of a document that has been made, or has got headers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorsAddition {
    /// A method OPTIONS that answers preflights.
    Preflight {
        /// The resource's path.
        path: String,
    },
    /// Headers of one response of a method.
    Response {
        /// The resource's path.
        path: String,
        /// The method.
        verb: HttpMethod,
        /// The status of the response.
        status: String,
    },
    /// Headers of what the gateway itself answers.
    GatewayResponse(GatewayResponseType),
}

/// One clause for people: what now has what.
impl fmt::Display for CorsAddition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preflight { path } => write!(f, "OPTIONS {path}"),
            Self::Response { path, verb, status } => {
                write!(f, "headers of the response {status} of {verb} {path}")
            }
            Self::GatewayResponse(kind) => write!(f, "headers of the gateway response {kind}"),
        }
    }
}
