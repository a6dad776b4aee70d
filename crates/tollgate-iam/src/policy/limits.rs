//! How large a policy may be.

/// Characters of an identity policy, white space between its tokens left out: 10,240.
///
/// The most that AWS grants any such policy, the inline policies of a role; a managed policy has
/// 6,144 (IAM User Guide, "IAM and AWS STS quotas").
pub const MAX_IDENTITY_POLICY_SIZE: usize = 10_240;

/// Characters of an API's resource policy, white space between its tokens left out: 8,192
/// (API Gateway Developer Guide, "Amazon API Gateway quotas").
pub const MAX_RESOURCE_POLICY_SIZE: usize = 8_192;

/// Characters of the policy that a Lambda authorizer returns: 8,192, as its whole result may have
/// 8 KB (API Gateway Developer Guide, "Amazon API Gateway quotas").
pub const MAX_AUTHORIZER_POLICY_SIZE: usize = 8_192;

/// Characters of a resource in the policy of a Lambda authorizer: 512 (API Gateway Developer
/// Guide, "Output from an API Gateway Lambda authorizer").
pub const MAX_AUTHORIZER_RESOURCE_LEN: usize = 512;

/// Bytes of a method ARN: 1,600 (API Gateway Developer Guide, "Output from an API Gateway Lambda
/// authorizer"); past it the client is answered 414.
pub const MAX_METHOD_ARN_LEN: usize = 1_600;

/// Bytes of the JSON text of a policy with its white space: 65,536, our own limit.
pub const MAX_TEXT_LEN: usize = 65_536;

/// Objects and lists within each other: 16, our own limit; the grammar needs 7.
pub const MAX_DEPTH: usize = 16;

/// Faults of a document that are told: 100, our own limit. Each has a pointer as long as the names
/// on the way to it.
pub const MAX_FAULTS: usize = 100;
