//! Where an issuer says that its keys are.

use bytes::Bytes;
use serde::Deserialize;

use crate::limits::MAX_JWKS_BYTES;

/// What of an issuer's metadata plays a part here (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// Where the metadata of an issuer is (OpenID Connect Discovery 1.0, section 4.1).
pub(super) fn metadata_url(issuer: &str) -> String {
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    format!("{base}/.well-known/openid-configuration")
}

/// Where the keys are that the metadata of this issuer names; the error says why they are nowhere.
///
/// The metadata has to name the issuer itself (section 4.3): else one could speak for another. And keys
/// that came unencrypted could be anybody's.
pub(super) fn keys_url(issuer: &str, metadata: &Bytes) -> Result<String, String> {
    if metadata.len() > MAX_JWKS_BYTES {
        return Err(format!("its metadata has more than {MAX_JWKS_BYTES} bytes"));
    }
    let metadata: Metadata =
        serde_json::from_slice(metadata).map_err(|error| format!("its metadata: {error}"))?;
    if metadata.issuer != issuer {
        return Err(format!("its metadata is of {:?}", metadata.issuer));
    }
    if !metadata.jwks_uri.starts_with("https://") {
        let found = metadata.jwks_uri;
        return Err(format!("its keys are at {found:?}, expected https://…"));
    }
    Ok(metadata.jwks_uri)
}
