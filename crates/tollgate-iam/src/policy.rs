//! IAM policy documents: parsed once, with every fault named; evaluated without allocating.
//!
//! [`Policy::parse`] takes the JSON text of an identity policy, a resource policy or the policy of a
//! Lambda authorizer and refuses what AWS refuses. [`Policy::evaluate`] judges one [`Request`] by
//! one policy; [`authorize`] combines the policies that have a say in a call of an API, by the
//! method's authorization type. Both name the statement that decided.
//!
//! ```
//! use tollgate_iam::policy::{Context, Decision, Policy, PolicyKind, Principal, Request};
//!
//! let policy = Policy::parse(
//!     r#"{
//!         "Version": "2012-10-17",
//!         "Statement": [
//!             {
//!                 "Sid": "OwnPets",
//!                 "Effect": "Allow",
//!                 "Action": "execute-api:Invoke",
//!                 "Resource": "arn:aws:execute-api:*:*:a1b2c3d4e5/prod/GET/pets/${aws:username}/*"
//!             }
//!         ]
//!     }"#,
//!     PolicyKind::Identity,
//! )?;
//!
//! let mut context = Context::new();
//! context.set("aws:username", "alice");
//! let request = Request {
//!     principal: Principal::from_arn("arn:aws:iam::123456789012:user/alice")?,
//!     action: "execute-api:Invoke",
//!     resource: "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/pets/alice/7",
//!     context: &context,
//! };
//! let Decision::Allow { statement: Some(statement) } = policy.evaluate(&request) else {
//!     panic!("expected an allow");
//! };
//! assert_eq!(statement.sid, Some("OwnPets"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arn;
mod authorize;
mod condition;
mod context;
mod decision;
mod denial;
mod document;
mod error;
mod execute_api;
mod glob;
mod key;
mod limits;
mod parse;
mod place;
mod principal;
mod statement;
mod template;

pub use authorize::{Authorization, authorize, denied_before_authorizer};
pub use context::{Context, RequestContext, Values};
pub use decision::{Decision, StatementRef};
pub use denial::{Denial, denial};
pub use document::PolicyDocument;
pub use error::{ArnFault, Fault, FaultKind, InvalidPolicy, ValueFamily, VariableFault};
pub use execute_api::{ApiArn, MethodArnTooLong};
pub use key::{ConditionKey, OtherKey};
pub use limits::{
    MAX_AUTHORIZER_POLICY_SIZE, MAX_AUTHORIZER_RESOURCE_LEN, MAX_DEPTH, MAX_FAULTS,
    MAX_IDENTITY_POLICY_SIZE, MAX_METHOD_ARN_LEN, MAX_RESOURCE_POLICY_SIZE, MAX_TEXT_LEN,
};
pub use principal::{CallerArn, InvalidCallerArn, Principal};
pub use statement::{Policy, PolicyKind, Request};
