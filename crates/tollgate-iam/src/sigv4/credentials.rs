//! Keys, and where they are looked up.

use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

use subtle::ConstantTimeEq as _;

use super::principal::{Authenticated, Principal};
use super::timestamp::Timestamp;

/// Bytes that a session token may have: what API Gateway allows all headers together.
pub const MAX_SESSION_TOKEN_BYTES: usize = 10_240;

/// An access key: its id, its secret and, if it is temporary, its session token and end.
///
/// `Debug` shows neither the secret nor the token.
#[derive(Clone, Debug)]
pub struct Credentials {
    access_key_id: Arc<str>,
    secret: SecretAccessKey,
    session_token: Option<SessionToken>,
    expires: Option<Timestamp>,
}

impl Credentials {
    /// A long-term key.
    #[must_use]
    pub fn new(access_key_id: impl Into<Arc<str>>, secret_access_key: &str) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret: SecretAccessKey::new(secret_access_key),
            session_token: None,
            expires: None,
        }
    }

    /// The token that goes with a temporary key.
    #[must_use]
    pub fn with_session_token(mut self, token: impl Into<Arc<str>>) -> Self {
        self.session_token = Some(SessionToken(token.into()));
        self
    }

    /// The moment from which on the key is of no use.
    #[must_use]
    pub const fn with_expiry(mut self, expires: Timestamp) -> Self {
        self.expires = Some(expires);
        self
    }

    /// The public part.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// From when on the key is of no use; `None`: never.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    pub(crate) const fn secret(&self) -> &SecretAccessKey {
        &self.secret
    }

    pub(crate) const fn session_token(&self) -> Option<&SessionToken> {
        self.session_token.as_ref()
    }
}

/// A key as it was issued to a principal: what a verifier's store holds.
#[derive(Clone, Debug)]
pub struct IssuedKey {
    credentials: Credentials,
    /// Who uses the key, at hand for every request.
    caller: Authenticated,
}

impl IssuedKey {
    /// Joins a key and whose it is.
    #[must_use]
    pub fn new(credentials: Credentials, principal: Principal) -> Self {
        let caller = Authenticated::new(Arc::clone(&credentials.access_key_id), principal);
        Self {
            credentials,
            caller,
        }
    }

    /// The key.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Whose key it is.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        self.caller.principal()
    }

    pub(crate) const fn caller(&self) -> &Authenticated {
        &self.caller
    }
}

/// Where a `SigV4Layer` looks up keys.
///
/// The look-up is not async: a data plane holds its keys in memory, so that it serves when its
/// store is away. Who must call out for a key composes [`Verifier::claim`](super::Verifier::claim)
/// and [`Verifier::verify`](super::Verifier::verify), and awaits between them.
pub trait CredentialsSource: Send + Sync {
    /// The key with this id, if there is one.
    fn find(&self, access_key_id: &str) -> Option<Arc<IssuedKey>>;
}

impl<S: BuildHasher + Send + Sync> CredentialsSource for HashMap<String, Arc<IssuedKey>, S> {
    fn find(&self, access_key_id: &str) -> Option<Arc<IssuedKey>> {
        self.get(access_key_id).cloned()
    }
}

impl<F> CredentialsSource for F
where
    F: Fn(&str) -> Option<Arc<IssuedKey>> + Send + Sync,
{
    fn find(&self, access_key_id: &str) -> Option<Arc<IssuedKey>> {
        self(access_key_id)
    }
}

/// A secret access key.
#[derive(Clone)]
pub(crate) struct SecretAccessKey {
    /// After the `AWS4` that key derivation puts before it.
    prefixed: Arc<str>,
}

impl SecretAccessKey {
    pub(crate) fn new(secret: &str) -> Self {
        Self {
            prefixed: format!("AWS4{secret}").into(),
        }
    }

    pub(crate) fn prefixed(&self) -> &[u8] {
        self.prefixed.as_bytes()
    }

    /// Whether two secrets of the server are one. Clients have no part in either of them.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.prefixed, &other.prefixed) || self.prefixed == other.prefixed
    }
}

impl fmt::Debug for SecretAccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretAccessKey(…)")
    }
}

/// The token of a temporary key.
#[derive(Clone)]
pub(crate) struct SessionToken(Arc<str>);

impl SessionToken {
    pub(crate) fn new(token: &str) -> Self {
        Self(token.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let credentials = Credentials::new("AKIDEXAMPLE", "hush").with_session_token("whisper");
        let key = IssuedKey::new(credentials, Principal::new("arn:aws:iam::1:user/a"));
        let shown = format!("{key:?}");
        assert!(shown.contains("AKIDEXAMPLE"), "{shown}");
        assert!(
            !shown.contains("hush") && !shown.contains("whisper"),
            "{shown}"
        );
    }
}
