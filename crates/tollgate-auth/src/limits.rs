//! How much of a stranger's bytes is looked at, and how long results are kept.

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
