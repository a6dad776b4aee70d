//! Lambda authorizers: a function says who calls, and by which policy.

mod answer;
mod cache;
mod call;
mod event;
mod flight;
mod function;
mod identity;
mod key;
mod settings;

pub use answer::{AuthorizerAnswer, InvalidAnswer};
pub use cache::{AuthorizerCache, CacheLimits};
pub use call::{AuthorizerTrial, LambdaAuthorizer};
pub use event::AuthorizerEvent;
pub use function::{AuthorizerFunction, FunctionError, FunctionResult, authorizer_fn};
pub use identity::{RequestIdentity, TokenIdentity};
pub(crate) use identity::{sole_header, unauthorized};
pub use settings::{Authorizer, AuthorizerIdentity};
