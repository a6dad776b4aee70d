//! Keys, and whose they are.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use tollgate_core::Signer;
use tollgate_iam::sigv4::{Credentials, IssuedKey};

use super::caller::IamCaller;

/// An access key with its secret and, if it is temporary, its session token and end; and whose it is.
///
/// `Debug` shows neither the secret nor the token.
#[derive(Clone, Debug)]
pub struct IamKey {
    issued: Arc<IssuedKey>,
    caller: Arc<IamCaller>,
    signer: Arc<Signer>,
}

impl IamKey {
    /// Joins a key and the caller that it was issued to.
    #[must_use]
    pub fn new(credentials: Credentials, caller: Arc<IamCaller>) -> Self {
        Self {
            signer: Arc::new(caller.signer(credentials.access_key_id())),
            issued: Arc::new(IssuedKey::new(credentials, caller.principal().clone())),
            caller,
        }
    }

    /// The key, as signatures are verified with it.
    #[must_use]
    pub const fn issued(&self) -> &Arc<IssuedKey> {
        &self.issued
    }

    /// Whose it is.
    #[must_use]
    pub const fn caller(&self) -> &Arc<IamCaller> {
        &self.caller
    }

    /// The same, as `$context.identity` shows it.
    #[must_use]
    pub const fn signer(&self) -> &Arc<Signer> {
        &self.signer
    }
}

/// Where the keys of callers are looked up.
///
/// The look-up is not async: a gateway holds its keys in memory, so that it serves when the place is
/// away that they come from. A map of keys by their ids is one, and so is a closure.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// use tollgate_auth::{CredentialStore, IamKey};
///
/// let keys: HashMap<String, Arc<IamKey>> = HashMap::new();
/// assert!(keys.find("AKIDEXAMPLE").is_none());
///
/// let nobody = |_: &str| None::<Arc<IamKey>>;
/// assert!(nobody.find("AKIDEXAMPLE").is_none());
/// ```
pub trait CredentialStore: Send + Sync {
    /// The key with this id, if there is one.
    fn find(&self, access_key_id: &str) -> Option<Arc<IamKey>>;
}

impl<S: BuildHasher + Send + Sync> CredentialStore for HashMap<String, Arc<IamKey>, S> {
    fn find(&self, access_key_id: &str) -> Option<Arc<IamKey>> {
        self.get(access_key_id).cloned()
    }
}

impl<S: CredentialStore + ?Sized> CredentialStore for Arc<S> {
    fn find(&self, access_key_id: &str) -> Option<Arc<IamKey>> {
        (**self).find(access_key_id)
    }
}

impl<F> CredentialStore for F
where
    F: Fn(&str) -> Option<Arc<IamKey>> + Send + Sync,
{
    fn find(&self, access_key_id: &str) -> Option<Arc<IamKey>> {
        self(access_key_id)
    }
}
