//! The key that signs, derived from the secret for one day, region and service.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::TERMINATOR;
use super::credentials::SecretAccessKey;
use super::hex::Hex;

/// A derived key, with the work of keying the HMAC already done.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Secret → day → region → service → terminator.
    pub(crate) fn derive(
        secret: &SecretAccessKey,
        date: &str,
        region: &str,
        service: &str,
    ) -> Self {
        let mut key = keyed(secret.prefixed());
        for part in [date, region, service, TERMINATOR] {
            key.update(part.as_bytes());
            let derived: [u8; 32] = key.finalize().into_bytes().into();
            key = keyed(&derived);
        }
        Self(key)
    }

    /// The signature of a text, which comes in parts.
    pub(crate) fn sign(mut self, parts: &[&[u8]]) -> Hex {
        for part in parts {
            self.0.update(part);
        }
        Hex::of(&self.0.finalize().into_bytes().into())
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}
