#![doc = include_str!("../README.md")]

mod access;
mod authorizer;
mod error;
mod facts;
mod iam;
mod identity_source;
mod jwt;
#[cfg(feature = "tower")]
mod layer;
mod limits;
mod path;

pub use access::StageAccess;
pub use authorizer::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, AuthorizerEvent, AuthorizerFunction,
    AuthorizerIdentity, AuthorizerTrial, CacheLimits, FunctionError, FunctionResult, InvalidAnswer,
    LambdaAuthorizer, RequestIdentity, TokenIdentity, authorizer_fn,
};
pub use error::InvalidAuthorizer;
pub use iam::{CredentialStore, IamAuthenticator, IamCaller, IamKey, InvalidCaller};
pub use identity_source::{IdentitySource, InvalidIdentitySource};
pub use jwt::{
    ClaimRule, Claims, InvalidJwkSet, InvalidJwtAuthorizer, JwkSet, JwksSource, JwtAuthorizer,
    JwtIssuer, TrustedIssuer,
};
#[cfg(feature = "tower")]
pub use layer::{AuthorizerLayer, Gated, GatedFuture, IamLayer, JwtLayer};
pub use limits::{
    DEFAULT_CACHE_BYTES, DEFAULT_CACHE_ENTRIES, DEFAULT_LEEWAY, DEFAULT_TTL_SECONDS, JWKS_MAX_AGE,
    JWKS_REFRESH_INTERVAL, JWKS_RETRY_INTERVAL, JWKS_TIMEOUT, MAX_ANSWER_BYTES, MAX_IDENTITY_BYTES,
    MAX_JWKS_BYTES, MAX_TTL_SECONDS,
};
