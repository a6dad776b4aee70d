#![doc = include_str!("../README.md")]

mod access;
mod authorizer;
mod error;
mod facts;
mod iam;
mod identity_source;
mod limits;
mod path;

pub use access::StageAccess;
pub use authorizer::{
    Authorizer, AuthorizerAnswer, AuthorizerCache, AuthorizerEvent, AuthorizerFunction,
    AuthorizerIdentity, CacheLimits, FunctionError, FunctionResult, InvalidAnswer,
    LambdaAuthorizer, RequestIdentity, TokenIdentity, authorizer_fn,
};
pub use error::InvalidAuthorizer;
pub use iam::{CredentialStore, IamAuthenticator, IamCaller, IamKey, InvalidCaller};
pub use identity_source::{IdentitySource, InvalidIdentitySource};
pub use limits::{
    DEFAULT_CACHE_BYTES, DEFAULT_CACHE_ENTRIES, DEFAULT_TTL_SECONDS, MAX_ANSWER_BYTES,
    MAX_IDENTITY_BYTES, MAX_TTL_SECONDS,
};
