//! One public key, with the one algorithm that it is for.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

/// A key that verifies signatures.
#[derive(Debug)]
pub(super) struct Key {
    /// The name of its algorithm in the headers of tokens.
    algorithm: &'static str,
    key: ParsedPublicKey,
}

/// A key as JSON (RFC 7517, RFC 7518, RFC 8037).
#[derive(Deserialize)]
pub(super) struct Jwk {
    kty: String,
    pub(super) kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    public_use: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Bytes of the modulus of an RSA key: 2,048 to 8,192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

impl Key {
    /// The key, if it is one that verifies signatures of tokens.
    ///
    /// The key alone says by which algorithm: an RSA key by `RS256`, unless its `alg` names another
    /// one of RSA; an elliptic curve by its own. A secret (`oct`) is never one: what an issuer
    /// publishes is no secret.
    pub(super) fn new(jwk: &Jwk) -> Option<Self> {
        let is_of_signatures = jwk.public_use.as_deref().is_none_or(|it| it == "sig");
        let ops = jwk.key_ops.as_deref();
        let verifies = ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !is_of_signatures || !verifies {
            return None;
        }
        let key = match jwk.kty.as_str() {
            "RSA" => Self::rsa(jwk),
            "EC" => Self::elliptic(jwk),
            "OKP" => Self::edwards(jwk),
            _ => None,
        }?;
        let agrees = jwk.alg.as_deref().is_none_or(|alg| alg == key.algorithm);
        agrees.then_some(key)
    }

    fn rsa(jwk: &Jwk) -> Option<Self> {
        let (algorithm, parameters): (_, &'static RsaParameters) = match jwk.alg.as_deref() {
            None | Some("RS256") => ("RS256", &RSA_PKCS1_2048_8192_SHA256),
            Some("RS384") => ("RS384", &RSA_PKCS1_2048_8192_SHA384),
            Some("RS512") => ("RS512", &RSA_PKCS1_2048_8192_SHA512),
            Some("PS256") => ("PS256", &RSA_PSS_2048_8192_SHA256),
            Some("PS384") => ("PS384", &RSA_PSS_2048_8192_SHA384),
            Some("PS512") => ("PS512", &RSA_PSS_2048_8192_SHA512),
            Some(_) => return None,
        };
        let (n, e) = (number(jwk.n.as_deref()?)?, number(jwk.e.as_deref()?)?);
        if !RSA_BYTES.contains(&n.len()) {
            return None;
        }
        let components = RsaPublicKeyComponents { n, e };
        let key = components.to_parsed_public_key(parameters).ok()?;
        Some(Self { algorithm, key })
    }

    fn elliptic(jwk: &Jwk) -> Option<Self> {
        let (algorithm, length, parameters): (_, _, &'static dyn VerificationAlgorithm) =
            match jwk.crv.as_deref()? {
                "P-256" => ("ES256", 32, &ECDSA_P256_SHA256_FIXED),
                "P-384" => ("ES384", 48, &ECDSA_P384_SHA384_FIXED),
                "P-521" => ("ES512", 66, &ECDSA_P521_SHA512_FIXED),
                _ => return None,
            };
        let (x, y) = (bytes(jwk.x.as_deref()?)?, bytes(jwk.y.as_deref()?)?);
        if x.len() != length || y.len() != length {
            return None;
        }
        // The point without compression (SEC 1, section 2.3.3).
        let point = [&[4], &x[..], &y[..]].concat();
        let key = ParsedPublicKey::new(parameters, point).ok()?;
        Some(Self { algorithm, key })
    }

    fn edwards(jwk: &Jwk) -> Option<Self> {
        let x = bytes(jwk.x.as_deref()?)?;
        if jwk.crv.as_deref() != Some("Ed25519") || x.len() != 32 {
            return None;
        }
        let key = ParsedPublicKey::new(&ED25519, x).ok()?;
        Some(Self {
            algorithm: "EdDSA",
            key,
        })
    }

    pub(super) const fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Whether the signature is of this message, by this key.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// An integer without leading zeros; some issuers write one.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec())
}
