//! A signature on its way to being verified.

use super::canonical::CanonicalRequest;
use super::credential::Credential;
use super::credentials::SessionToken;
use super::signature::Signature;
use super::timestamp::{Timestamp, TimestampText};

/// A signature that was read and fits this service and time, but is not verified, and the canonical
/// form of what it should cover, all but the body.
///
/// Nothing in it may be believed yet: the id tells which key to look up, no more.
#[derive(Clone, Debug)]
pub struct Claim {
    pub(crate) credential: Credential,
    /// `None` where what stands for one is wrong whatever the key.
    pub(crate) signature: Option<Signature>,
    pub(crate) time: TimestampText,
    pub(crate) session_token: Option<SessionToken>,
    /// The hash that the client states of the body, and signs.
    pub(crate) stated_hash: Option<Box<[u8]>>,
    pub(crate) request: CanonicalRequest,
    /// The time at which the claim was looked at.
    pub(crate) now: Timestamp,
}

impl Claim {
    /// The id of the key that is said to have signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.credential.access_key_id()
    }

    /// When the request is said to have been signed.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.time.moment()
    }
}
