//! What is wrong with an authorizer's configuration.

use thiserror::Error;
use tollgate_regex::PatternError;

use crate::InvalidIdentitySource;
use crate::limits::MAX_TTL_SECONDS;

/// An authorizer that cannot be as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidAuthorizer {
    /// Something that identifies nobody.
    #[error(transparent)]
    IdentitySource(#[from] InvalidIdentitySource),
    /// A token that is not to be found in a header.
    #[error("identity source {0:?} of a token, expected one method.request.header.…")]
    NotOneHeader(String),
    /// Results are kept, but for nobody.
    #[error("no identity source, where results are cached")]
    NoIdentitySource,
    /// A validation expression that is none.
    #[error("identity validation expression {expression:?}")]
    ValidationExpression {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        #[source]
        error: PatternError,
    },
    /// A time that results cannot be kept for.
    #[error("results are cached for {0} seconds, expected at most {MAX_TTL_SECONDS}")]
    Ttl(u32),
}
