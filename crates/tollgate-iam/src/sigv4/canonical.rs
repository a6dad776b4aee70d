//! The canonical request: one spelling for all requests that mean the same.

mod headers;
mod path;
mod query;

use std::fmt;

pub use path::PathStyle;

use super::hex::Hex;
use super::payload::PayloadHash;
use super::request::SignableRequest;
use super::signed_headers::SignedHeaders;

/// What of a request goes into its canonical form, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form<'a> {
    pub(crate) path_style: PathStyle,
    pub(crate) signed_headers: &'a SignedHeaders<'a>,
    /// A parameter of the query to leave out, besides the signature.
    pub(crate) without: Option<&'static str>,
}

/// A canonical request, of which the last line, the hash of the body, may still be missing.
#[derive(Clone)]
pub(crate) struct CanonicalRequest {
    /// Headers need not be text.
    bytes: Vec<u8>,
    has_all_headers: bool,
}

impl CanonicalRequest {
    pub(crate) fn new(request: &SignableRequest<'_>, form: Form<'_>) -> Self {
        let mut out = Vec::with_capacity(512);
        out.extend_from_slice(request.method().as_bytes());
        out.push(b'\n');
        path::write(&mut out, request.path(), form.path_style);
        out.push(b'\n');
        query::write(&mut out, request.query(), form.without);
        out.push(b'\n');
        let has_all_headers = headers::write(&mut out, request, form.signed_headers);
        out.push(b'\n');
        out.extend_from_slice(form.signed_headers.as_str().as_bytes());
        out.push(b'\n');
        Self {
            bytes: out,
            has_all_headers,
        }
    }

    /// Whether every header that is signed is there.
    pub(crate) const fn has_all_headers(&self) -> bool {
        self.has_all_headers
    }

    /// Appends the last line and hashes it all.
    pub(crate) fn finish(&mut self, payload: &PayloadHash) -> Hex {
        self.bytes.extend_from_slice(payload.hex().as_bytes());
        PayloadHash::of(&self.bytes).hex()
    }

    pub(crate) fn into_text(self) -> String {
        String::from_utf8(self.bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl fmt::Debug for CanonicalRequest {
    /// Headers and queries may hold credentials, and are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalRequest").finish_non_exhaustive()
    }
}
