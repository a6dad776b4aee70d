//! From a request to one that a service believes.

use std::fmt::Write as _;

use http::uri::{InvalidUri, PathAndQuery};
use http::{HeaderName, HeaderValue, Uri, header};
use tollgate_core::Rejection;
use tollgate_iam::sigv4::{Credentials, PayloadHash, SignableRequest, Signer, Timestamp};

use super::service::Service;
use crate::IntegrationRequest;
use crate::http::without_connection_headers;

/// What a request to a service is signed for.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) service: Service,
    pub(super) region: Box<str>,
}

impl Scope {
    /// Signs a request, whose body is this.
    ///
    /// # Errors
    ///
    /// `API_CONFIGURATION_ERROR` where the request cannot be signed: it has no host, or a signature
    /// or a hash of its own.
    pub(super) fn sign(
        &self,
        request: &mut IntegrationRequest,
        body: &[u8],
        credentials: Credentials,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        // What is signed must arrive: these would be left out on the way.
        without_connection_headers(&mut request.headers);
        if let Some(host) = host(request) {
            request.headers.insert(header::HOST, host);
        }
        request.uri = self.spelled(&request.uri)?;
        let region = self.service.signing_region(&self.region);
        let mut signer = Signer::new(credentials, region, self.service.signing_name())
            .with_path_style(self.service.path_style());
        if self.service.signs_content() {
            signer = signer.with_content_sha256();
        }
        let signed = {
            let headers = &request.headers;
            let headers = headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_bytes()));
            let target = request
                .uri
                .path_and_query()
                .map_or("/", |target| target.as_str());
            let signable = SignableRequest::new(request.method.as_str(), target, headers);
            signer.sign(&signable, &PayloadHash::of(body), now)
        };
        let signed = signed.map_err(|error| {
            Rejection::configuration(format!("the call cannot be signed: {error}"))
        })?;
        for (name, value) in signed.headers() {
            let value = HeaderValue::from_str(value).map_err(|_| {
                Rejection::configuration("the credentials cannot stand in a header")
            })?;
            request.headers.insert(HeaderName::from_static(name), value);
        }
        Ok(())
    }

    /// A URI that is spelled as it is signed, where it can be, so that services which are not so
    /// thorough as AWS read the same. S3 reads a plus sign in a path in its own way, too.
    fn spelled(&self, uri: &Uri) -> Result<Uri, Rejection> {
        let path = uri.path();
        let mut target = String::with_capacity(path.len() + 64);
        if self.service.signs_content() {
            push_strictly(&mut target, path, b"/");
        } else {
            target.push_str(path);
        }
        if let Some(query) = uri.query() {
            target.push('?');
            push_strictly(&mut target, query, b"&=");
        }
        let invalid = |error: String| {
            Rejection::configuration(format!("invalid endpoint address {target:?}: {error}"))
        };
        let mut parts = uri.clone().into_parts();
        let spelled: Result<PathAndQuery, InvalidUri> = target.parse();
        parts.path_and_query = Some(spelled.map_err(|error| invalid(error.to_string()))?);
        Uri::from_parts(parts).map_err(|error| invalid(error.to_string()))
    }
}

/// Appends a text with all encoded that is neither unreserved (RFC 3986, section 2.3) nor kept.
fn push_strictly(out: &mut String, text: &str, kept: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte) || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes any text");
        }
    }
}

/// The host of a request that names none in its headers.
fn host(request: &IntegrationRequest) -> Option<HeaderValue> {
    if request.headers.contains_key(header::HOST) {
        return None;
    }
    let authority = Uri::authority(&request.uri)?;
    HeaderValue::from_str(authority.as_str()).ok()
}
