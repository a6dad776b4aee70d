//! AWS Signature Version 4: verified on the way in, made on the way out.
//!
//! A server verifies in two steps, with the look-up of the key between them:
//!
//! 1. [`Verifier::claim`] reads the signature's parameters from the `Authorization` header or from
//!    the query, and refuses what needs no secret to be refused: a malformed or doubled parameter, a
//!    scope that is not this service's, a time outside the window.
//! 2. The caller looks up [`Claim::access_key_id`], and reads the body.
//! 3. [`Verifier::verify`] computes the signature from what arrived and compares it.
//!
//! A client calls [`Signer::sign`] or [`Signer::presign`]; both sides share one canonical form.
//! [`SigV4Layer`] does the server's part for any tower HTTP service.
//!
//! Nothing here reads a clock or a socket.
//!
//! ```
//! use tollgate_iam::sigv4::{
//!     Credentials, IssuedKey, PayloadHash, Principal, SignableRequest, Signer, Timestamp, Verifier,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now: Timestamp = "20260301T120000Z".parse()?;
//! let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
//! let body = PayloadHash::of(b"");
//!
//! let host = [("Host", "api.example.com".as_bytes())];
//! let request = SignableRequest::new("GET", "/prod/pets?type=dog", host);
//! let signer = Signer::new(credentials.clone(), "us-east-1", "execute-api");
//! let presigned = signer.presign(&request, &body, now, 300)?;
//!
//! let request = SignableRequest::new("GET", presigned.target(), host);
//! let verifier = Verifier::new("us-east-1");
//! let claim = verifier.claim(&request, now)?;
//! assert_eq!(claim.access_key_id(), "AKIDEXAMPLE");
//! let alice = Principal::new("arn:aws:iam::123456789012:user/alice");
//! let key = IssuedKey::new(credentials, alice);
//! let caller = verifier.verify(claim, &body, Some(&key))?;
//! assert_eq!(caller.principal().account_id(), Some("123456789012"));
//! # Ok(())
//! # }
//! ```

mod authorization;
mod canonical;
mod claim;
mod credential;
mod credentials;
mod error;
mod header_parameters;
mod hex;
mod key;
mod key_cache;
mod parameters;
mod payload;
mod percent;
mod presigned;
mod principal;
mod request;
mod signature;
mod signed_headers;
mod signer;
mod split;
mod string_to_sign;
mod timestamp;
mod verifier;

#[cfg(feature = "tower")]
mod future;
#[cfg(feature = "tower")]
mod layer;
#[cfg(feature = "tower")]
mod reading;
#[cfg(feature = "tower")]
mod refusal;
#[cfg(feature = "rejection")]
mod rejection;
#[cfg(feature = "tower")]
mod service;

pub use authorization::MAX_AUTHORIZATION_BYTES;
pub use canonical::PathStyle;
pub use claim::Claim;
pub use credential::MAX_CREDENTIAL_BYTES;
pub use credentials::{Credentials, CredentialsSource, IssuedKey, MAX_SESSION_TOKEN_BYTES};
pub use error::{Mismatch, ScopeFaults, SignatureError, SigningError};
#[cfg(feature = "tower")]
pub use future::ResponseFuture;
pub use key_cache::MAX_CACHED_KEYS;
#[cfg(feature = "tower")]
pub use layer::{MAX_BODY_BYTES, SigV4Layer};
pub use parameters::MAX_TARGET_BYTES;
pub use payload::PayloadHash;
pub use presigned::{MAX_EXPIRES_SECONDS, MIN_EXPIRES_SECONDS};
pub use principal::{Authenticated, Principal};
pub use request::SignableRequest;
#[cfg(feature = "tower")]
pub use service::SigV4;
pub use signed_headers::MAX_SIGNED_HEADERS;
pub use signer::{Presigned, Signed, Signer};
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use verifier::{ALLOWED_SKEW, Verifier};

/// The algorithm's name, in headers, in queries and in the string to sign.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The last part of every credential scope.
pub(crate) const TERMINATOR: &str = "aws4_request";
