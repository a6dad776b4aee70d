//! The string to sign.

use super::ALGORITHM;
use super::canonical::CanonicalRequest;
use super::key::SigningKey;
use super::signature::Signature;
use super::timestamp::TimestampText;

/// Algorithm, time, scope and the hash of the canonical request, a line each.
pub(crate) struct StringToSign(String);

impl StringToSign {
    pub(crate) fn new(time: &TimestampText, scope: &str, request: &CanonicalRequest) -> Self {
        let (time, hash) = (time.as_str(), request.hash());
        Self([ALGORITHM, "\n", time, "\n", scope, "\n", hash.as_str()].concat())
    }

    pub(crate) fn sign(&self, key: SigningKey) -> Signature {
        key.sign(self.0.as_bytes())
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
