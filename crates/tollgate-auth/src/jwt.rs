//! JSON Web Tokens: of Amazon Cognito user pools, and of any other issuer.

mod authorizer;
mod checks;
mod claims;
mod discovery;
mod issuer;
mod key;
mod key_set;
mod source;
mod token;
mod trusted;

pub use authorizer::{InvalidJwtAuthorizer, JwtAuthorizer};
pub use claims::Claims;
pub use issuer::JwtIssuer;
pub use key_set::{InvalidJwkSet, JwkSet};
pub use source::JwksSource;
pub use trusted::{ClaimRule, TrustedIssuer};
