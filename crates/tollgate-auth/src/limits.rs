//! How much of a stranger's bytes is looked at, and how long results are kept.

use std::time::Duration;

/// Seconds for which a policy is kept, where an authorizer does not say: 300 (API Gateway API
/// reference, `authorizerResultTtlInSeconds`).
pub const DEFAULT_TTL_SECONDS: u32 = 300;

/// The most of them: 3,600 (API Gateway API reference, `authorizerResultTtlInSeconds`).
pub const MAX_TTL_SECONDS: u32 = 3_600;

/// Bytes of what an authorizer's function answers: 8,192. The service has this limit for WebSocket
/// APIs (API Gateway Developer Guide, "Amazon API Gateway quotas"); that it holds here too is a
/// decision of ours.
pub const MAX_ANSWER_BYTES: usize = 8_192;

/// Bytes that the values of all identity sources of a request may have together: 10,240, as much as
/// the service allows all headers. Past it the caller is unauthorized; a decision of ours.
pub const MAX_IDENTITY_BYTES: usize = 10_240;

/// Policies that an [`AuthorizerCache`](crate::AuthorizerCache) keeps, where nothing else is set:
/// 65,536.
pub const DEFAULT_CACHE_ENTRIES: u64 = 65_536;

/// Bytes that they may take, as estimated, where nothing else is set: 64 MiB.
pub const DEFAULT_CACHE_BYTES: u64 = 64 << 20;

/// Bytes of a set of public keys: 150,000, as the service has it for its other kind of APIs (API
/// Gateway Developer Guide, "Quotas for configuring and running an HTTP API").
pub const MAX_JWKS_BYTES: usize = 150_000;

/// How long a set of public keys may take to be fetched: 1.5 seconds, from the same page. Whoever
/// implements [`JwksSource`](crate::JwksSource) keeps it.
pub const JWKS_TIMEOUT: Duration = Duration::from_millis(1_500);

/// How long a set of public keys is good for before it is fetched again because of a key that it does
/// not have: 5 minutes.
pub const JWKS_REFRESH_INTERVAL: Duration = Duration::from_secs(300);

/// How long after a failure a set of public keys is asked for again: 10 seconds; a decision of ours.
pub const JWKS_RETRY_INTERVAL: Duration = Duration::from_secs(10);

/// How long a set of public keys is used before it is fetched again: 2 hours, as long as the service
/// keeps keys for its other kind of APIs (API Gateway Developer Guide, "Control access to HTTP APIs
/// with JWT authorizers"). Where it cannot be had, the old one goes on.
pub const JWKS_MAX_AGE: Duration = Duration::from_secs(7_200);

/// How far the clock of an issuer may differ, unless something else is set: 30 seconds; a decision of
/// ours.
pub const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);
