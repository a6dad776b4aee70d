//! The answer of a function behind a proxy integration.

mod members;
mod metadata;
mod stream;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use thiserror::Error;
use tollgate_core::{GatewayResponseType, Rejection, client_header};

pub use self::metadata::MAX_METADATA_BYTES;

use self::members::Members;
use super::integration::{FUNCTION_ERROR, REQUEST_ID};
use super::{MAX_PAYLOAD_BYTES, error_message};

/// What a function says to a client, by way of a proxy integration.
///
/// ```
/// use tollgate_integration::lambda::ProxyResponse;
///
/// let response = ProxyResponse::parse(br#"{"statusCode": 201, "body": "made"}"#)?;
/// let response = response.into_response(false).expect("there is nothing to decode");
/// assert_eq!(response.status(), 201);
/// assert_eq!(response.headers()["content-type"], "application/json");
/// assert_eq!(response.body(), "made");
/// assert!(ProxyResponse::parse(br#"{"cookies": []}"#).is_err());
/// # Ok::<(), tollgate_integration::lambda::MalformedProxyResponse>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    is_base64: bool,
}

/// An answer that is none of a proxy integration: clients get 502.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Malformed Lambda proxy response: {reason}")]
pub struct MalformedProxyResponse {
    reason: String,
}

/// Values of headers that an answer may have; most clients take less.
const MAX_HEADERS: usize = 256;

/// Headers that the gateway adds later: there is room for them.
const ROOM: usize = 4;

/// Base64 as functions write it, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl ProxyResponse {
    /// Reads an answer.
    ///
    /// All of its members may be missing or `null`; others than `statusCode`, `headers`,
    /// `multiValueHeaders`, `body` and `isBase64Encoded` make it malformed (recorded on the service).
    ///
    /// # Errors
    ///
    /// [`MalformedProxyResponse`], also where the answer has more than [`MAX_PAYLOAD_BYTES`].
    pub fn parse(payload: &[u8]) -> Result<Self, MalformedProxyResponse> {
        let malformed = |reason| MalformedProxyResponse { reason };
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(malformed(format!(
                "it has more than {MAX_PAYLOAD_BYTES} bytes"
            )));
        }
        let members = Members::of_answer(payload).map_err(|error| malformed(error.to_string()))?;
        Self::of(members)
    }

    /// The answer that these members make.
    fn of(members: Members) -> Result<Self, MalformedProxyResponse> {
        let malformed = |reason| MalformedProxyResponse { reason };
        let count = members.single.len() + members.multiple.len() + members.cookies.len();
        if count > MAX_HEADERS {
            return Err(malformed(format!("it has {count} headers")));
        }
        let mut headers = HeaderMap::with_capacity(count + ROOM);
        // Recorded on the service: where a name stands in both, its single value comes last.
        for (name, value) in members
            .multiple
            .into_iter()
            .chain(members.single)
            .chain(members.cookies)
        {
            if let Some(name) = passed(name) {
                headers.append(name, value);
            }
        }
        Ok(Self {
            status: members.status.unwrap_or(StatusCode::OK),
            headers,
            body: members.body,
            is_base64: members.is_base64,
        })
    }

    /// Reads the answer of a function that [`Lambda`](super::Lambda) has called.
    ///
    /// # Errors
    ///
    /// 502 where the function failed, or its answer is [malformed](MalformedProxyResponse).
    pub fn of_answer(headers: &HeaderMap, payload: &[u8]) -> Result<Self, Rejection> {
        if headers.contains_key(FUNCTION_ERROR) {
            return Err(function_failed(headers, &error_message(headers, payload)));
        }
        Ok(Self::parse(payload)?)
    }

    /// The client's response. A body in Base64 is decoded if the client accepts bytes: whether the
    /// first item of its `Accept` is among the API's `binaryMediaTypes`. The response's own type has
    /// no say in it (recorded on the service).
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where the body is to be decoded and is no Base64.
    pub fn into_response(self, accepts_bytes: bool) -> Result<Response<Bytes>, Rejection> {
        let body = if self.is_base64 && accepts_bytes {
            let decoded = BASE64.decode(self.body.trim_ascii());
            Bytes::from(decoded.map_err(|error| {
                Rejection::configuration(format!("unable to base64 decode the body: {error}"))
            })?)
        } else {
            Bytes::from(self.body)
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
            .headers_mut()
            .entry(header::CONTENT_TYPE)
            .or_insert(const { HeaderValue::from_static("application/json") });
        Ok(response)
    }
}

/// The name under which a function's header reaches the client; `None` if it does not.
///
/// What frames a message or belongs to a connection is renamed as elsewhere; the service passes more
/// of a function's headers than of those that an API maps.
fn passed(name: HeaderName) -> Option<HeaderName> {
    match name.as_str() {
        "authorization" | "content-md5" | "expect" | "host" | "max-forwards"
        | "proxy-authenticate" | "user-agent" => Some(name),
        "x-amzn-requestid" => {
            Some(const { HeaderName::from_static("x-amzn-remapped-x-amzn-requestid") })
        }
        _ => client_header(name),
    }
}

impl From<MalformedProxyResponse> for Rejection {
    fn from(malformed: MalformedProxyResponse) -> Self {
        bad_gateway(malformed.to_string())
    }
}

/// The refusal of a client whose function failed with this message.
fn function_failed(headers: &HeaderMap, message: &str) -> Rejection {
    let id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    bad_gateway(format!(
        "Lambda execution failed with status 200 due to customer function error: {message}. Lambda \
         request id: {}",
        id.unwrap_or("unknown")
    ))
}

/// The refusal of a client whose function gave no answer.
fn bad_gateway(reason: String) -> Rejection {
    Rejection::new(GatewayResponseType::Default5xx)
        .with_status(StatusCode::BAD_GATEWAY)
        .because(reason)
}

#[cfg(test)]
mod tests;
