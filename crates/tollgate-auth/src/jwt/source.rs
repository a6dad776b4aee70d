//! Where public keys come from.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

/// Fetches the public keys of issuers, and what they say of where those are.
///
/// Callers may go while they wait, and others wait on later for the same fetch, so it should not stand still
/// meanwhile: a task of its own is best, which ends by itself. The URL may be one that an issuer named: whoever
/// has something to hide in its own network looks at where it leads.
///
/// Whoever implements it gives up after [`JWKS_TIMEOUT`](crate::JWKS_TIMEOUT), reads at most
/// [`MAX_JWKS_BYTES`](crate::MAX_JWKS_BYTES) and one more, and goes to no other place than the URL
/// says.
#[async_trait]
pub trait JwksSource: Send + Sync + fmt::Debug {
    /// Fetches the JSON at this URL: a key set, or the metadata of an issuer.
    ///
    /// # Errors
    ///
    /// Whatever stood in the way. It is told to the operator, and to no client.
    async fn fetch(&self, url: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>>;
}
