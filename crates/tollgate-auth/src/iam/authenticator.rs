//! Who signed.

use std::fmt;
use std::sync::Arc;

use tollgate_core::{Moment, Rejection};
use tollgate_iam::sigv4::{
    Claim, PayloadHash, SignableRequest, SignatureError, Timestamp, Verifier,
};

use super::store::{CredentialStore, IamKey};

/// Finds out who signed a request, in two steps with the body between them, as
/// [`Verifier`] has them; whether the caller may call,
/// [`StageAccess::authorize_caller`](crate::StageAccess::authorize_caller) says.
pub struct IamAuthenticator {
    verifier: Verifier,
    keys: Box<dyn CredentialStore>,
}

impl IamAuthenticator {
    /// Verifies signatures with the keys of this store.
    pub fn new(verifier: Verifier, keys: impl CredentialStore + 'static) -> Self {
        Self {
            verifier,
            keys: Box::new(keys),
        }
    }

    /// Reads the signature of a request, and refuses what needs no secret to be refused.
    ///
    /// # Errors
    ///
    /// 403: `MISSING_AUTHENTICATION_TOKEN` for a request without a signature, `INVALID_SIGNATURE` for
    /// one that is malformed, of another region or service, or too old.
    pub fn claim(&self, request: &SignableRequest<'_>, now: Moment) -> Result<Claim, Rejection> {
        let now = Timestamp::from_unix(now.unix());
        Ok(self.verifier.claim(request, now)?)
    }

    /// Looks the key up and verifies the signature.
    ///
    /// An unknown key costs as much as a wrong signature.
    ///
    /// # Errors
    ///
    /// 403: `INVALID_SIGNATURE` for an unknown key, another session token or a signature of something
    /// else; `EXPIRED_TOKEN` for a session that is over.
    pub fn authenticate(
        &self,
        claim: Claim,
        payload: &PayloadHash,
    ) -> Result<Arc<IamKey>, Rejection> {
        let key = self.keys.find(claim.access_key_id());
        let issued = key.as_deref().map(|key| &**key.issued());
        // What comes back says whose the key is, which the key itself says, too.
        self.verifier.verify(claim, payload, issued)?;
        key.ok_or_else(|| SignatureError::UnknownAccessKey.into())
    }
}

impl fmt::Debug for IamAuthenticator {
    /// A store of keys need not be printable, and had better not be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IamAuthenticator")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}
