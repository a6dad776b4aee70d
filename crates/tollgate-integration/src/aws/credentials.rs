//! Where the keys come from that calls are signed with.

use std::fmt;

use async_trait::async_trait;
use thiserror::Error;
use tollgate_core::Rejection;
use tollgate_iam::sigv4::Credentials;

/// Gives the keys that calls are signed with: the gateway's own.
///
/// It is asked for every call, so one that fetches its keys keeps them.
#[async_trait]
pub trait CredentialsProvider: Send + Sync + fmt::Debug {
    /// A key that is good at present.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`] where there is none.
    async fn credentials(&self) -> Result<Credentials, CredentialsError>;
}

/// Always the same key.
#[async_trait]
impl CredentialsProvider for Credentials {
    async fn credentials(&self) -> Result<Self, CredentialsError> {
        Ok(self.clone())
    }
}

/// Why there is no key to sign a call with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Nobody gave the gateway a key.
    #[error("there are no credentials to sign the call with")]
    None,
    /// Whoever gives keys has none now.
    #[error("there are no credentials at present: {0}")]
    Unavailable(String),
    /// The call is to be signed with the caller's own key, and the caller showed none.
    #[error("the caller's credentials are to be passed on, and there are none")]
    NoCaller,
    /// The role was not given; the service's own words for its log.
    #[error("API Gateway does not have permission to assume the provided role {role}: {reason}")]
    Role {
        /// The role.
        role: String,
        /// What came in the way.
        reason: String,
    },
}

impl CredentialsError {
    /// What the client is told: nothing but 500.
    pub(super) fn to_rejection(&self) -> Rejection {
        Rejection::configuration(self.to_string())
    }
}
