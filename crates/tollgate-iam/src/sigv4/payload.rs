//! The hash of a body.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::hex::Hex;

/// The SHA-256 of a request's body, which its signature covers.
///
/// ```
/// use tollgate_iam::sigv4::PayloadHash;
///
/// let empty = PayloadHash::of(b"");
/// assert!(empty.to_string().starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PayloadHash([u8; 32]);

impl PayloadHash {
    /// Hashes a whole body.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }

    /// A hash that was computed while the body went by.
    #[must_use]
    pub const fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    pub(crate) fn hex(&self) -> Hex {
        Hex::of(&self.0)
    }
}

impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.hex().as_str())
    }
}
