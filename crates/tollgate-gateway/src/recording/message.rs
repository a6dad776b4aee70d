//! The messages of a recorded exchange.

use std::net::SocketAddr;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode, Uri, Version};
use serde::{Deserialize, Serialize};
use tollgate_core::{
    Body, EncryptedConnection, GatewayResponseType, OriginalHeaders, PeerAddress, RawRejection,
    Rejection,
};
use tollgate_integration::{IntegrationRequest, IntegrationResponse};

use super::wire::{HeaderLine, octets, text, version};

/// A client's request, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The verb.
    #[serde(with = "text")]
    pub method: Method,
    /// Path and query as sent.
    #[serde(with = "text")]
    pub target: PathAndQuery,
    /// The version of HTTP.
    #[serde(with = "version")]
    pub version: Version,
    /// The lines of the head, in their order.
    pub headers: Vec<HeaderLine>,
    /// Whether names are spelled as the client did it; templates then compare them exactly.
    pub is_spelled: bool,
    /// The body.
    #[serde(with = "octets")]
    pub body: Bytes,
    /// The other end of the connection.
    pub peer: Option<SocketAddr>,
    /// Whether the connection is encrypted.
    pub is_encrypted: bool,
}

impl RecordedRequest {
    /// A request over HTTP/1.1 without headers.
    #[must_use]
    pub const fn new(method: Method, target: PathAndQuery, body: Bytes) -> Self {
        Self {
            method,
            target,
            version: Version::HTTP_11,
            headers: Vec::new(),
            is_spelled: false,
            body,
            peer: None,
            is_encrypted: false,
        }
    }

    /// The request as a server hands it to a gateway.
    #[must_use]
    pub fn to_request(&self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.clone().into();
        *request.version_mut() = self.version;
        *request.headers_mut() = HeaderLine::headers(&self.headers);
        let extensions = request.extensions_mut();
        if self.is_spelled {
            let names = self.headers.iter().map(|line| &line.spelled);
            extensions.insert(OriginalHeaders::from_iter(names));
        }
        if let Some(peer) = self.peer {
            extensions.insert(PeerAddress(peer));
        }
        if self.is_encrypted {
            extensions.insert(EncryptedConnection);
        }
        request
    }
}

/// A call of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedCall {
    /// What the endpoint was sent.
    pub request: RecordedOutgoing,
    /// What came of it.
    pub outcome: RecordedOutcome,
}

/// A request to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedOutgoing {
    /// The verb.
    #[serde(with = "text")]
    pub method: Method,
    /// What was called.
    #[serde(with = "text")]
    pub uri: Uri,
    /// The lines of the head.
    pub headers: Vec<HeaderLine>,
    /// The body.
    #[serde(with = "octets")]
    pub body: Bytes,
}

impl RecordedOutgoing {
    pub(super) fn of(request: &IntegrationRequest, body: Bytes) -> Self {
        Self {
            method: request.method.clone(),
            uri: request.uri.clone(),
            headers: HeaderLine::of(&request.headers),
            body,
        }
    }
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RecordedOutcome {
    /// The endpoint answered.
    Answer {
        /// Its status.
        status: i64,
        /// The lines of its head.
        headers: Vec<HeaderLine>,
        /// Its body.
        #[serde(with = "octets")]
        body: Bytes,
    },
    /// There was no answer, or none to its end: the gateway refused.
    Failure {
        /// The type of the refusal, or how the front door would call it.
        kind: FailureKind,
        /// The status of the refusal.
        status: u16,
        /// What the client is told.
        message: Option<String>,
        /// What the operator is told.
        reason: Option<String>,
    },
}

/// How a refusal is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// With a gateway response of this type.
    GatewayResponse(GatewayResponseType),
    /// As the front door does it: 403.
    Forbidden,
    /// As the front door does it: 400.
    BadRequest,
    /// As the front door does it: 413, with this limit in bytes.
    ContentTooLarge(u64),
}

impl RecordedOutcome {
    pub(super) fn of(outcome: &Result<(i64, Vec<HeaderLine>, Bytes), Rejection>) -> Self {
        match outcome {
            Ok((status, headers, body)) => Self::Answer {
                status: *status,
                headers: headers.clone(),
                body: body.clone(),
            },
            Err(rejection) => Self::Failure {
                kind: match (rejection.response_type(), rejection.raw_rejection()) {
                    (Some(response_type), _) => FailureKind::GatewayResponse(response_type),
                    (None, Some(RawRejection::ContentTooLarge { limit })) => {
                        FailureKind::ContentTooLarge(limit)
                    }
                    (None, Some(RawRejection::BadRequest)) => FailureKind::BadRequest,
                    (None, _) => FailureKind::Forbidden,
                },
                status: rejection.status().as_u16(),
                message: rejection.message().map(str::to_owned),
                reason: rejection.reason().map(str::to_owned),
            },
        }
    }

    /// The same outcome once more.
    pub(super) fn play(&self) -> Result<IntegrationResponse, Rejection> {
        let (kind, status, message, reason) = match self {
            Self::Answer {
                status,
                headers,
                body,
            } => {
                let mut answer = IntegrationResponse::new(*status);
                answer.headers = HeaderLine::headers(headers);
                answer.body = Body::from(body.clone());
                return Ok(answer);
            }
            Self::Failure {
                kind,
                status,
                message,
                reason,
            } => (*kind, *status, message, reason),
        };
        let mut rejection = match kind {
            FailureKind::GatewayResponse(response_type) => Rejection::new(response_type),
            FailureKind::Forbidden => Rejection::raw(RawRejection::Forbidden),
            FailureKind::BadRequest => Rejection::raw(RawRejection::BadRequest),
            FailureKind::ContentTooLarge(limit) => {
                Rejection::raw(RawRejection::ContentTooLarge { limit })
            }
        };
        // A recording that was written by hand may have a status that there is not.
        if let Ok(status) = StatusCode::from_u16(status) {
            rejection = rejection.with_status(status);
        }
        if let Some(message) = message {
            rejection = rejection.with_message(message.clone());
        }
        if let Some(reason) = reason {
            rejection = rejection.because(reason.clone());
        }
        Err(rejection)
    }
}

/// A response to a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedResponse {
    /// The status.
    pub status: u16,
    /// The lines of the head.
    pub headers: Vec<HeaderLine>,
    /// The body.
    #[serde(with = "octets")]
    pub body: Bytes,
}

impl RecordedResponse {
    pub(super) fn of(response: &Response<Bytes>) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: HeaderLine::of(response.headers()),
            body: response.body().clone(),
        }
    }
}
