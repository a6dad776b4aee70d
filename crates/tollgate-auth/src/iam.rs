//! Callers who sign: `AWS_IAM`.

mod authenticator;
mod caller;
mod store;

pub use authenticator::IamAuthenticator;
pub use caller::{IamCaller, InvalidCaller};
pub use store::{CredentialStore, IamKey};
