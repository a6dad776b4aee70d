//! Issuers of tokens, and their keys.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};
use tollgate_auth::{JwksSource, JwtIssuer, MAX_JWKS_BYTES};
use tollgate_core::ManualClock;

use crate::requests::NOW;

pub(crate) const POOL_ARN: &str =
    "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEf";
pub(crate) const POOL: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf";
pub(crate) const CLIENT: &str = "client-1";

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A private key, and how it is published.
pub(crate) enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Pair {
    pub(crate) fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Rsa(pair) => {
                // `RSAPublicKey` of RFC 8017: a sequence of the modulus, whose 256 bytes stand behind a
                // zero, and the exponent 65,537.
                let public = pair.public_key().as_ref();
                let modulus = &public[public.len() - 5 - 256..public.len() - 5];
                json!({"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig",
                       "n": encoded(modulus), "e": "AQAB"})
            }
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "kid": kid, "crv": "P-256",
                       "x": encoded(&point[1..33]), "y": encoded(&point[33..])})
            }
            Self::Ed(pair) => json!({"kty": "OKP", "kid": kid, "crv": "Ed25519",
                                     "x": encoded(pair.public_key())}),
        }
    }

    /// The signature by this algorithm, whatever the key is published for.
    pub(crate) fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    "RS384" => &RSA_PKCS1_SHA384,
                    "PS256" => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Self::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        let message = format!(
            "{}.{}",
            encoded(header.to_string()),
            encoded(claims.to_string())
        );
        let algorithm = header["alg"].as_str().unwrap_or_default();
        let signature = self.sign(algorithm, message.as_bytes());
        format!("{message}.{}", encoded(signature))
    }
}

/// The RSA key of all tests, which takes a while to make.
pub(crate) fn rsa() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(Pair::rsa)
}

/// Another one, which nobody publishes.
pub(crate) fn stranger() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(Pair::rsa)
}

pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "kid": "key-1"})
}

/// Claims of an ID token.
pub(crate) fn id_claims() -> Value {
    json!({
        "iss": POOL, "aud": CLIENT, "token_use": "id", "sub": "alice",
        "iat": NOW - 60, "exp": NOW + 3_600, "cognito:groups": ["a", "b"], "email_verified": true
    })
}

/// Claims of an access token.
pub(crate) fn access_claims() -> Value {
    json!({
        "iss": POOL, "client_id": CLIENT, "token_use": "access", "sub": "alice",
        "scope": "pets/read pets/write", "iat": NOW - 60, "exp": NOW + 3_600
    })
}

/// These claims with another one; `null` takes it away.
pub(crate) fn with(mut claims: Value, name: &str, value: Value) -> Value {
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

/// A place where keys are published.
#[derive(Debug, Default)]
pub(crate) struct Published {
    /// What is there; `None`: nobody answers.
    keys: Mutex<Option<String>>,
    fetches: AtomicUsize,
}

impl Published {
    pub(crate) fn new(keys: &[Value]) -> Arc<Self> {
        let published = Self::default();
        published.publish(keys);
        Arc::new(published)
    }

    pub(crate) fn publish(&self, keys: &[Value]) {
        self.publish_text(Some(json!({"keys": keys}).to_string()));
    }

    pub(crate) fn publish_text(&self, text: Option<String>) {
        *self.keys.lock().unwrap() = text;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl JwksSource for Published {
    async fn fetch(&self, url: &str) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        assert_eq!(url, format!("{POOL}/.well-known/jwks.json"));
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let keys = self.keys.lock().unwrap().clone();
        let keys = keys.ok_or("nobody answers")?;
        assert!(keys.len() <= MAX_JWKS_BYTES + 1);
        Ok(keys.into())
    }
}

pub(crate) fn pool(published: &Arc<Published>, clock: &Arc<ManualClock>) -> Arc<JwtIssuer> {
    JwtIssuer::user_pool(POOL_ARN, published.clone(), clock.clone()).unwrap()
}
