//! A request between its two steps.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, request};
use http_body_util::LengthLimitError;
use tollgate_core::{Body, BoxError, RawRejection};
use tower_service::Service;

use super::claim::Claim;
use super::layer::{MAX_BODY_BYTES, Settings};
use super::payload::PayloadHash;
use super::refusal::Refusal;

/// The answer to a body over the limit.
pub(crate) const TOO_LARGE: RawRejection = RawRejection::ContentTooLarge {
    limit: MAX_BODY_BYTES as u64,
};

/// A request whose body is being read.
pub(crate) struct Reading<S> {
    pub(crate) inner: S,
    pub(crate) settings: Arc<Settings>,
    pub(crate) parts: request::Parts,
    pub(crate) claim: Claim,
}

impl<S: Service<Request<Body>>> Reading<S> {
    /// Calls the inner service if the signature is right.
    pub(crate) fn finish(mut self, body: Result<Bytes, BoxError>) -> Result<S::Future, Refusal> {
        let body = body.map_err(|error| {
            let too_large = error.is::<LengthLimitError>();
            Refusal::Body(if too_large {
                TOO_LARGE
            } else {
                RawRejection::BadRequest
            })
        })?;
        let settings = &self.settings;
        let claim = self.claim;
        let key = settings.credentials.find(claim.access_key_id());
        let payload = PayloadHash::of(&body);
        let verifier = &settings.verifier;
        let caller = verifier.verify(claim, &payload, key.as_deref())?;
        self.parts.extensions.insert(caller);
        let request = Request::from_parts(self.parts, Body::from(body));
        Ok(self.inner.call(request))
    }
}
