//! What a Lambda authorizer is configured with.

use std::time::Duration;

use super::identity::{RequestIdentity, TokenIdentity};
use crate::limits::{DEFAULT_TTL_SECONDS, MAX_TTL_SECONDS};
use crate::{IdentitySource, InvalidAuthorizer};

/// A Lambda authorizer of a REST API, without its function.
#[derive(Clone, Debug)]
pub struct Authorizer {
    pub(super) id: Box<str>,
    pub(super) version: Box<str>,
    pub(super) identity: AuthorizerIdentity,
    pub(super) ttl: Option<Duration>,
}

/// How an authorizer tells callers apart.
#[derive(Clone, Debug)]
pub enum AuthorizerIdentity {
    /// `TOKEN`.
    Token(TokenIdentity),
    /// `REQUEST`.
    Request(RequestIdentity),
}

impl AuthorizerIdentity {
    /// Where it looks.
    #[must_use]
    pub fn sources(&self) -> &[IdentitySource] {
        match self {
            Self::Token(identity) => std::slice::from_ref(identity.source()),
            Self::Request(identity) => identity.sources(),
        }
    }
}

impl From<TokenIdentity> for AuthorizerIdentity {
    fn from(identity: TokenIdentity) -> Self {
        Self::Token(identity)
    }
}

impl From<RequestIdentity> for AuthorizerIdentity {
    fn from(identity: RequestIdentity) -> Self {
        Self::Request(identity)
    }
}

impl Authorizer {
    /// An authorizer with this id, whose results are kept for so many seconds, 300 where nothing is
    /// said, and not at all for zero.
    ///
    /// # Errors
    ///
    /// [`InvalidAuthorizer::Ttl`] for more than an hour;
    /// [`InvalidAuthorizer::NoIdentitySource`] where results are kept and no caller can be told from
    /// another.
    pub fn new(
        id: &str,
        identity: impl Into<AuthorizerIdentity>,
        ttl_seconds: Option<u32>,
    ) -> Result<Self, InvalidAuthorizer> {
        let seconds = ttl_seconds.unwrap_or(DEFAULT_TTL_SECONDS);
        if seconds > MAX_TTL_SECONDS {
            return Err(InvalidAuthorizer::Ttl(seconds));
        }
        let identity = identity.into();
        if seconds > 0 && identity.sources().is_empty() {
            return Err(InvalidAuthorizer::NoIdentitySource);
        }
        Ok(Self {
            id: id.into(),
            version: Box::default(),
            identity,
            ttl: (seconds > 0).then(|| Duration::from_secs(seconds.into())),
        })
    }

    /// Tells this authorizer from one that had its id before, such as by the address of its function:
    /// what was kept for another version does not count for this one.
    #[must_use]
    pub fn with_version(mut self, version: &str) -> Self {
        self.version = version.into();
        self
    }

    /// How it tells callers apart.
    #[must_use]
    pub const fn identity(&self) -> &AuthorizerIdentity {
        &self.identity
    }

    /// How long results are kept; `None`: not at all.
    #[must_use]
    pub const fn ttl(&self) -> Option<Duration> {
        self.ttl
    }
}
